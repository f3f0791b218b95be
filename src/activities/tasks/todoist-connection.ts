/**
 * One request to Todoist's API v1 and its answer as JSON: every other ending is a ServiceError.
 *
 * - A1 Of an error only Todoist's own code is kept, never its words: they may quote what was sent.
 */
import { isMembers } from '../../core/tasks/is-members.ts';
import { retryAfterMs } from '../../policies/retry-after.ts';
import { ServiceError, type ServiceErrorFacts, type ServiceErrorKind } from '../../policies/service-error.ts';
import { askHttp, type HttpAnswer, type HttpRequest } from './http.ts';
import { parseJson } from './parse-json.ts';
import type { CountRequest } from './services.ts';

export interface TodoistOptions {
  /** Root of the API v1, without a final slash: `https://api.todoist.com/api/v1`. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly count: CountRequest;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly timeouts: { readonly readMs: number; readonly writeMs: number };
}

export interface TodoistCall {
  readonly method: 'GET' | 'POST';
  /** Below the root: `/tasks/filter?query=...`. */
  readonly path: string;
  /** As sentences name it, without ids or text: `GET /tasks/filter`. */
  readonly name: string;
  readonly form?: Readonly<Record<string, string>>;
  /** A write that got no proper answer may have been obeyed all the same. */
  readonly writes: boolean;
  readonly signal: AbortSignal;
}

export type Json = Readonly<Record<string, unknown>>;

/**
 * Sends a request once.
 *
 * @throws ServiceError; rethrows the reason of the signal.
 */
export async function askTodoist(options: TodoistOptions, call: TodoistCall): Promise<Json> {
  const request = await requestOf(options, call);
  options.count('todoist');
  const timeoutMs = call.writes ? options.timeouts.writeMs : options.timeouts.readMs;
  const answer = await askHttp(request, { service: 'Todoist', name: call.name, signal: call.signal, timeoutMs });
  if (answer.status < 200 || answer.status > 299) throw refusal(call, { answer, now: options.now() });
  const body = parseJson(answer.text);
  if (isMembers(body)) return body;
  throw unreadableAnswer(call, answer.status);
}

/** Not JSON, or not what the API promises: a proxy's page, half an answer, another version. */
export function unreadableAnswer(call: Pick<TodoistCall, 'name' | 'writes'>, status: number | null): ServiceError {
  return errorOf(call, { kind: 'unavailable', status, code: 'UNREADABLE_ANSWER' });
}

export interface Judged {
  readonly kind: ServiceErrorKind;
  readonly status: number | null;
  readonly code: string | null;
  readonly retryAfterMs?: number | null;
  readonly next?: string;
}

/** Only what is unavailable may have been obeyed all the same, and only where it was a write. */
export function errorOf({ name, writes }: Pick<TodoistCall, 'name' | 'writes'>, judged: Judged): ServiceError {
  const outcome: ServiceErrorFacts['outcome'] = writes && judged.kind === 'unavailable' ? 'unknown' : 'not-run';
  return new ServiceError({ service: 'Todoist', request: name, outcome, retryAfterMs: null, ...judged });
}

/** What an error object of the API says: as the body of an answer, or as the status of one command. */
export function judgedBy(
  body: unknown,
  status: number,
): Omit<Judged, 'retryAfterMs'> & { retryAfterMs: number | null } {
  const { error_tag: tag, error_code: code, error_extra: extra } = isMembers(body) ? body : {};
  const seconds = isMembers(extra) ? extra['retry_after'] : null;
  return {
    kind: kindOf(status),
    status,
    code: codeOf(tag) ?? codeOf(code),
    retryAfterMs: typeof seconds === 'number' ? retryAfterMs(String(seconds), 0) : null,
  };
}

async function requestOf({ url, token }: TodoistOptions, { method, path, form }: TodoistCall): Promise<HttpRequest> {
  const authorization = `Bearer ${await token()}`;
  if (form === undefined) return { method, url: `${url}${path}`, headers: { authorization } };
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return { method, url: `${url}${path}`, headers, body: new URLSearchParams(form).toString() };
}

function refusal(call: TodoistCall, { answer, now }: { answer: HttpAnswer; now: number }): ServiceError {
  const judged = judgedBy(parseJson(answer.text), answer.status);
  const asked = retryAfterMs(answer.headers.get('retry-after'), now);
  return errorOf(call, { ...judged, retryAfterMs: asked ?? judged.retryAfterMs });
}

const KINDS: Readonly<Record<number, ServiceErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  408: 'unavailable',
  409: 'conflict',
  412: 'conflict',
  425: 'unavailable',
  429: 'throttled',
};

function kindOf(status: number): ServiceErrorKind {
  return KINDS[status] ?? (status >= 400 && status < 500 ? 'invalid' : 'unavailable');
}

/** A code is a short word or a number; anything else might be somebody's text (A1). */
function codeOf(value: unknown): string | null {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  return typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value) ? value : null;
}
