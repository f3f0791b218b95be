import { ServiceError } from '../policies/service-error.ts';
import type { Tokens } from './tokens.ts';
import { unlessAborted } from './unless-aborted.ts';

/** An access token. */
export interface Token {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenSource {
  readonly now: () => number;
  /** Gets a token that is good, and is none that the service has refused, whatever it says of itself. */
  readonly renew: (isRefused: IsRefused) => Promise<Token>;
  /** Whether what was read is still what stands there. */
  readonly isCurrent: () => Promise<boolean>;
}

export type IsRefused = (token: string) => boolean;

/** A token that ends sooner is renewed: a chunk of work must not outlive it. As MSAL. */
export const LEAST_REST_MS = 5 * 60_000;

/**
 * Keeps a token while it is good, gets a new one once for all who wait, and asks nobody while Microsoft wants to be left alone.
 * Who stops waiting does not stop the renewal: its answer may hold the only refresh token that is still good.
 */
export function keepToken(source: TokenSource): Tokens {
  const memory: Memory = { token: null, refused: new Set(), renewal: null, pause: null };
  return {
    accessToken: async (signal, { refused } = {}) => {
      signal.throwIfAborted();
      // Until there is another one, a refused token stays refused: where it is kept it still looks good.
      if (refused !== undefined) memory.refused.add(refused);
      const { token } = memory;
      // One that was fetched since the refused one was given out will do: many requests may be refused at once.
      if (token !== null && isUsable(token, memory, source.now()) && (await source.isCurrent())) return token.value;
      memory.renewal ??= renewed(source, memory).finally(() => (memory.renewal = null));
      return (await unlessAborted(memory.renewal, signal)).value;
    },
  };
}

interface Memory {
  token: Token | null;
  readonly refused: Set<string>;
  renewal: Promise<Token> | null;
  pause: { readonly until: number; readonly error: ServiceError } | null;
}

const isUsable = (token: Token, { refused }: Memory, now: number): boolean =>
  isGood(token, now) && !refused.has(token.value);

export const isGood = ({ expiresAt }: Token, now: number): boolean => expiresAt - now > LEAST_REST_MS;

async function renewed({ now, renew }: TokenSource, memory: Memory): Promise<Token> {
  try {
    if (memory.pause !== null && memory.pause.until > now()) throw stillPaused(memory.pause, now());
    const token = await renew((value) => memory.refused.has(value));
    memory.refused.clear();
    return (memory.token = token);
  } catch (cause) {
    if (cause instanceof ServiceError && cause.facts.retryAfterMs !== null)
      memory.pause = { until: now() + cause.facts.retryAfterMs, error: cause };
    throw cause;
  }
}

function stillPaused({ until, error }: NonNullable<Memory['pause']>, now: number): ServiceError {
  return new ServiceError({ ...error.facts, retryAfterMs: until - now });
}
