/** One request to Graph in its turn, with a token that is accepted. */
import { ServiceError } from '../../policies/service-error.ts';
import type { Tokens } from '../../sign-in/tokens.ts';
import { garbled, graphError, notRun } from './graph-error.ts';
import type { Gate } from './graph-gate.ts';
import { askHttp, type HttpAnswer } from './http.ts';
import { parseJson } from './parse-json.ts';
import type { CountRequest } from './services.ts';

export interface GraphOptions {
  /** The root, without a final slash: `https://graph.microsoft.com/v1.0`. */
  readonly url: string;
  /** `/me`, or `/users/` and the encoded id. */
  readonly mailbox: string;
  readonly tokens: Tokens;
  /** Requests of one mailbox, in whatever run, wait here for their turn. */
  readonly gate: Gate;
  readonly count: CountRequest;
  /** Asked right before each write leaves; false: it is not sent (S1). */
  readonly mayWrite: () => boolean;
  readonly now: () => number;
  readonly timeouts: { readonly readMs: number; readonly writeMs: number };
}

export interface GraphRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly name: string;
  readonly timeoutMs: number;
}

/** Sends, and reads what comes back. @throws ServiceError, or the reason of the signal. */
export type Send = (request: GraphRequest, signal: AbortSignal) => Promise<GraphAnswer>;

export interface GraphAnswer {
  /** JSON; null where there is none. */
  readonly content: unknown;
  /** With which it was asked: single steps of a batch may refuse it all the same. */
  readonly token: string;
}

/** A request that met 401 has not run: it is sent once more, with another token. */
export function createSender(options: GraphOptions): Send {
  return async (request, signal) => {
    const token = await options.tokens.accessToken(signal);
    const answer = await sendWith(options, { request, token }, signal);
    if (answer.status !== 401) return { content: contentOf(answer, request, options), token };
    const other = await options.tokens.accessToken(signal, { refused: token });
    const again = await sendWith(options, { request, token: other }, signal);
    return { content: contentOf(again, request, options), token: other };
  };
}

function sendWith(
  { gate, count, mayWrite }: GraphOptions,
  { request, token }: { readonly request: GraphRequest; readonly token: string },
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { method, url, headers, body, name, timeoutMs } = request;
  const authorized = { accept: 'application/json', authorization: `Bearer ${token}`, ...headers };
  const content =
    body === undefined
      ? { headers: authorized }
      : { headers: { ...authorized, 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return gate(() => {
    signal.throwIfAborted();
    if (method !== 'GET' && !mayWrite()) throw new ServiceError(notRun('unavailable', name, 'NOT_SENT'));
    count('todo');
    return askHttp({ method, url, ...content }, { service: 'Microsoft To Do', name, signal, timeoutMs });
  });
}

function contentOf({ status, headers, text }: HttpAnswer, { name }: GraphRequest, { now }: GraphOptions): unknown {
  const body = parseJson(text);
  if (status < 200 || status >= 300)
    throw graphError({ status, body, retryAfter: headers.get('retry-after') }, { name, now: now(), step: false });
  if (status === 204) return null;
  if (body === undefined) throw garbled(name);
  return body;
}
