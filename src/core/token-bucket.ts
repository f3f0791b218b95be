/** How many requests may come at once, and how many a second in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface TokenBucket {
  readonly tokens: number;
  /** Milliseconds, by the clock of whoever asks. */
  readonly at: number;
}

export function fullBucket({ burst }: Rate, now: number): TokenBucket {
  return { tokens: burst, at: now };
}

/** How many tokens it holds at `now`. A clock that goes back fills nothing. */
export function tokensIn(bucket: TokenBucket, { burst, perSecond }: Rate, now: number): number {
  return Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1_000) * perSecond);
}

/** The bucket without one token; null where it holds none at `now`. */
export function takeToken(bucket: TokenBucket, rate: Rate, now: number): TokenBucket | null {
  const tokens = tokensIn(bucket, rate, now);
  return tokens < 1 ? null : { tokens: tokens - 1, at: now };
}

/** Milliseconds from `now` until it holds a token; Infinity where it never fills. */
export function msUntilToken(bucket: TokenBucket, rate: Rate, now: number): number {
  return Math.max(0, Math.ceil(((1 - tokensIn(bucket, rate, now)) / rate.perSecond) * 1_000));
}
