/**
 * One HTTP request to Todoist or Microsoft Graph: with a time limit, cancellable, sent once. Whoever asks decides whether to ask again.
 *
 * Node's own fetch keeps connections alive. Redirects are not followed: a token must not travel to another host. What is unpacked counts
 * against the limit, so that a small answer cannot fill the memory.
 */
import { wasNeverSent, type NetworkError } from '../../policies/never-sent.ts';
import { ServiceError, type ServiceName } from '../../policies/service-error.ts';
import { USER_AGENT } from '../../user-agent.ts';
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
      return { status: response.status, headers: response.headers, text: await textOf(response) };
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const failed = limited?.aborted === true ? TIMED_OUT : networkErrorIn(cause);
    throw new ServiceError({
      service,
      kind: 'unavailable',
      request: name,
      outcome: wasNeverSent(failed) ? 'not-run' : 'unknown',
      status: null,
      code: failed.code,
      retryAfterMs: null,
    });
  }
}

/** A hundred thousand tasks of Todoist come in one answer. */
const MOST_BYTES = 128 * 1_024 * 1_024;

async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw Object.assign(new Error(`more than ${MOST_BYTES} bytes`), { code: 'TOO_LONG' });
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** The limit ends what hangs, at whatever it hangs. */
const TIMED_OUT: FoundError = { code: 'TIMEOUT' };

interface FoundError extends NetworkError {
  readonly code: string;
}

/** The error of the network that lies below the one of fetch. */
function networkErrorIn(cause: unknown): FoundError {
  // Not by `instanceof`: errors of fetch are made in another realm where tests run.
  for (let error = cause; typeof error === 'object' && error !== null;) {
    const { code, cause: deeper, syscall, errors } = error as NetworkError & { cause?: unknown };
    if (typeof code === 'string' && code !== '') return { code, syscall, errors };
    error = deeper;
  }
  return { code: 'NO_ANSWER' };
}
