import { randomUUID } from 'node:crypto';
import type { Reply } from '../faulted-server.ts';
import type { Refusal } from './refusal.ts';

/** What an operation answers, before it becomes an HTTP reply or a step's answer in a `$batch`. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Undefined: no body, as after a DELETE. */
  readonly body?: unknown;
}

/** In Graph's error shape. https://learn.microsoft.com/graph/errors */
export function refusalAnswer({ status, code, message, more }: Refusal): Answer {
  const id = randomUUID();
  const inner = { ...(more.inner && { code: more.inner }), date: new Date().toISOString().slice(0, 19) };
  const innerError = { ...inner, 'request-id': id, 'client-request-id': id };
  const wait = more.retryAfterSeconds;
  return {
    status,
    headers: wait === undefined ? {} : { 'Retry-After': String(wait) },
    body: { error: { code, message, innerError } },
  };
}

export function replyOf({ status, headers, body }: Answer): Reply {
  const shared = { 'request-id': randomUUID(), ...headers };
  if (body === undefined) return { status, headers: shared, body: '' };
  return { status, headers: { 'content-type': 'application/json', ...shared }, body: JSON.stringify(body) };
}
