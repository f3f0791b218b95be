/** How many requests may come at once, and how many a second in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface TokenBucket {
  readonly tokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function fullBucket({ burst }: Rate, now: number): TokenBucket {
  return { tokens: burst, at: now };
}

/** The bucket without one token; null where it holds none at `now`. A clock that goes back fills nothing. */
export function takeToken(bucket: TokenBucket, { burst, perSecond }: Rate, now: number): TokenBucket | null {
  const gained = (Math.max(0, now - bucket.at) / 1_000) * perSecond;
  const tokens = Math.min(burst, bucket.tokens + gained);
  return tokens < 1 ? null : { tokens: tokens - 1, at: now };
}
