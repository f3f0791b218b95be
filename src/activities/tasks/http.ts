/**
 * One HTTP request to Todoist or Microsoft Graph: with a time limit, cancellable, sent once. Whoever asks decides whether to ask again.
 *
 * Node's own fetch keeps connections alive. Redirects are not followed: a token must not travel to another host.
 */
import { ServiceError, type ServiceName } from '../../policies/service-error.ts';
import { withTimeLimit } from '../linked-signal.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface AskOptions {
  readonly service: ServiceName;
  /** As sentences name it, without ids or text of tasks: `GET /me/todo/lists`. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** As probes and the AWS clients name us. */
export const USER_AGENT = 'switchyard';

/** Nothing was sent: the name did not resolve, nobody listened, or the certificate was refused. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/**
 * Sends one request and reads its whole answer, whatever its status.
 *
 * @throws ServiceError `unavailable` where there is no answer; it says whether the request may have been obeyed. Rethrows the reason of
 * `signal` when that ended it.
 */
export async function askHttp(request: HttpRequest, options: AskOptions): Promise<HttpAnswer> {
  const { service, name, signal, timeoutMs } = options;
  let limited: AbortSignal | undefined;
  try {
    return await withTimeLimit(signal, timeoutMs, async (limit) => {
      limited = limit;
      const { method, url, headers, body } = request;
      const response = await fetch(url, {
        method,
        headers: { 'user-agent': USER_AGENT, ...headers },
        redirect: 'manual',
        signal: limit,
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const code = limited?.aborted === true ? 'TIMEOUT' : codeOf(cause);
    const outcome = NEVER_SENT.test(code) ? ('not-run' as const) : ('unknown' as const);
    throw new ServiceError({
      service,
      kind: 'unavailable',
      request: name,
      outcome,
      status: null,
      code,
      retryAfterMs: null,
    });
  }
}

function codeOf(cause: unknown): string {
  // Not by `instanceof`: errors of fetch are made in another realm where tests run.
  for (let error = cause; typeof error === 'object' && error !== null;) {
    const { code, cause: deeper } = error as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && code !== '') return code;
    error = deeper;
  }
  return 'NO_ANSWER';
}

const LONGEST_PAUSE_MS = 60 * 60_000;

/** `Retry-After` in seconds or as an HTTP date, in milliseconds from `now`, at most an hour; null where there is none. */
export function retryAfterMs(header: string | null | undefined, now: number): number | null {
  if (header === null || header === undefined || header.trim() === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, ms)) : null;
}
