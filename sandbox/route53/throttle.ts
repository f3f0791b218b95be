/**
 * The request limits of Route 53: a token bucket for the account, and one for each action.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
 */

export interface Rate {
  /** How many requests may come at once. */
  readonly burst: number;
  readonly refillPerSecond: number;
}

export interface Limits {
  readonly account: Rate;
  /** For actions that are not in `actions`. */
  readonly action: Rate;
  readonly actions: Readonly<Record<string, Rate>>;
}

export const PUBLISHED_LIMITS: Limits = {
  account: { burst: 50, refillPerSecond: 10 },
  action: { burst: 50, refillPerSecond: 10 },
  actions: {
    GetHealthCheckStatus: { burst: 4, refillPerSecond: 1 },
    GetHealthCheckLastFailureReason: { burst: 4, refillPerSecond: 1 },
    CreateHealthCheck: { burst: 50, refillPerSecond: 0.5 },
  },
};

/** Says whether a request of this action may pass now; a request that may not takes no token. */
export function createThrottle(limits: Limits): (action: string, now?: number) => boolean {
  const buckets = new Map<string, Bucket>();
  return (action, now = Date.now()) => {
    const rates = { '*': limits.account, [action]: limits.actions[action] ?? limits.action };
    const filled = Object.entries(rates).map(([name, rate]) => fill(buckets, { name, rate, now }));
    if (filled.some((bucket) => bucket.tokens < 1)) return false;
    for (const bucket of filled) bucket.tokens -= 1;
    return true;
  };
}

interface Bucket {
  tokens: number;
  at: number;
}

function fill(buckets: Map<string, Bucket>, of: { name: string; rate: Rate; now: number }): Bucket {
  const { name, rate, now } = of;
  const bucket = buckets.get(name) ?? { tokens: rate.burst, at: now };
  const refilled = bucket.tokens + ((now - bucket.at) / 1000) * rate.refillPerSecond;
  bucket.tokens = Math.min(rate.burst, refilled);
  bucket.at = now;
  buckets.set(name, bucket);
  return bucket;
}
