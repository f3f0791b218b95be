import { setTimeout as delay } from 'node:timers/promises';
import { fullBucket, msUntilToken, takeToken, tokensIn, type Rate } from './core/token-bucket.ts';

/** The requests that one account has, shared by all who talk to it from this process. */
export interface RequestBudget {
  /** Fulfilled when a request may go out: at once while there are tokens, then in the order of asking. */
  turn(): Promise<void>;
  /**
   * Whether a look that can wait may be taken now; one that may not takes nothing. Looks have half of the rate, and none at all while
   * less than half of the bucket is left: the rest is for writes, and for waiting until they are in sync.
   */
  mayLook(): boolean;
}

/** @param now milliseconds of a clock that never goes back: while one does, an empty bucket would not fill, and no request, no rollback's either, would go out. */
export function createRequestBudget(rate: Rate, now: () => number = () => performance.now()): RequestBudget {
  const half: Rate = { burst: rate.burst / 2, perSecond: rate.perSecond / 2 };
  let requests = fullBucket(rate, now());
  let looks = fullBucket(half, now());
  let line = Promise.resolve();
  const take = async (): Promise<void> => {
    for (;;) {
      const after = takeToken(requests, rate, now());
      if (after !== null) return void (requests = after);
      await delay(msUntilToken(requests, rate, now()));
    }
  };
  return {
    turn: () => (line = line.then(take)),
    mayLook: () => {
      const after = takeToken(looks, half, now());
      if (after === null || tokensIn(requests, rate, now()) < half.burst) return false;
      looks = after;
      return true;
    },
  };
}
