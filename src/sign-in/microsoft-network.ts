/**
 * How MSAL reaches Microsoft: with a time limit (its own client has none for tokens), trusting the authorities of the worker's configuration,
 * and with a memory of the last answer, because MSAL's errors leave out status and `Retry-After` (measured).
 */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';
import type { INetworkModule, NetworkResponse } from '@azure/msal-node';
import { retryAfterMs } from '../policies/retry-after.ts';
import { USER_AGENT } from '../user-agent.ts';

/** What the last request came to; without a token and without anything that a person wrote (A1). */
export interface LastAnswer {
  /** Null: there was no answer. */
  readonly status: number | null;
  /** OAuth's own word (`invalid_grant`), or the system's (`ECONNRESET`, `TIMEOUT`, `GARBLED`); null where all is well. */
  readonly code: string | null;
  /** The number of `AADSTS50173`. */
  readonly number: number | null;
  /** What `Retry-After` asked for, in milliseconds. */
  readonly retryAfterMs: number | null;
}

export interface MicrosoftNetwork extends INetworkModule {
  /** Null before the first request. */
  readonly last: () => LastAnswer | null;
}

export interface NetworkOptions {
  /** PEM that is trusted beside the runtime's own authorities; null for none. */
  readonly ca: string | null;
  /** Milliseconds; 15,000 unless told otherwise. */
  readonly timeoutMs?: number;
}

export function openMicrosoftNetwork({ ca, timeoutMs = TIMEOUT_MS }: NetworkOptions): MicrosoftNetwork {
  const agent = agentFor(ca);
  let last: LastAnswer | null = null;
  const send = async <T>(asked: Asked): Promise<NetworkResponse<T>> => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await ask(asked, agent, signal);
      last = whatCame(answer);
      return { ...answer, body: readable(answer.text) as T };
    } catch (cause) {
      last ??= NO_ANSWER;
      if (!(cause instanceof SyntaxError))
        last = { ...NO_ANSWER, code: signal.aborted ? 'TIMEOUT' : systemCode(cause) };
      throw cause;
    }
  };
  return {
    last: () => last,
    sendGetRequestAsync: (url, options) => send({ method: 'GET', url, ...options }),
    sendPostRequestAsync: (url, options) => send({ method: 'POST', url, ...options }),
  };
}

const TIMEOUT_MS = 15_000;
const MOST_BYTES = 1_000_000;
const NO_ANSWER: LastAnswer = { status: null, code: 'NO_ANSWER', number: null, retryAfterMs: null };

const agents = new Map<string | null, Agent>();

/** One for each set of authorities: reading the runtime's own ones takes longer than most requests. */
function agentFor(ca: string | null): Agent {
  const known = agents.get(ca);
  if (known !== undefined) return known;
  const trust = ca === null ? {} : { secureContext: createSecureContext({ ca: [...rootCertificates, ca] }) };
  const agent = new Agent({ keepAlive: false, ...trust });
  agents.set(ca, agent);
  return agent;
}

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
}

/** Redirects are not followed: what is sent must not travel to another host. */
async function ask({ method, url, headers, body }: Asked, agent: Agent, signal: AbortSignal): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = httpsRequest(
      url,
      { method, agent, signal, headers: { ...headers, 'user-agent': USER_AGENT } },
      resolve,
    );
    sent.once('error', reject).end(body);
  });
  const text = await textOf(response);
  const named = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(named), text };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new SyntaxError('an answer without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Without `refresh_in`: MSAL would renew such a token beside us, outside the lock, and lose the refresh token that it gets. */
function readable(text: string): unknown {
  const body: unknown = JSON.parse(text);
  if (typeof body !== 'object' || body === null) throw new SyntaxError('no JSON object');
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== 'refresh_in'));
}

function whatCame({ status, headers, text }: Answer): LastAnswer {
  const pause = retryAfterMs(headers['retry-after'], Date.now());
  try {
    const { error, error_codes: numbers } = readable(text) as { error?: unknown; error_codes?: unknown };
    const code = typeof error === 'string' && /^[A-Za-z_]{1,60}$/.test(error) ? error : null;
    const number: unknown = Array.isArray(numbers) ? numbers[0] : null;
    return { status, code, number: typeof number === 'number' ? number : null, retryAfterMs: pause };
  } catch {
    return { status, code: 'GARBLED', number: null, retryAfterMs: pause };
  }
}

function systemCode(cause: unknown): string {
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : 'NO_ANSWER';
}
