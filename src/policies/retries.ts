import type { RetryPolicy } from '@temporalio/common';
import type { Pace } from '../contracts/deploy.ts';
import { FAILURES, type FailureType } from './failures.ts';

/** A rollback stops only where going on would write over somebody else (D4) or where a reset has passed it. */
const ENDS_A_ROLLBACK: readonly FailureType[] = ['Foreign', 'Superseded'];

/** A step on the way forward asks again as long as asking can help; its limits are the deadline and its own time-outs. */
export function forwardRetry(pace: Pace): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: typesThat('stop') };
}

/** A rollback never gives up by itself (D3, D8): even `Unauthorized` is asked again, because somebody is going to mend it. */
export function rollbackRetry(pace: Pace): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: [...ENDS_A_ROLLBACK] };
}

/** For what is worth a few tries and not worth a failure. */
export function briefRetry(pace: Pace): RetryPolicy {
  return { ...forwardRetry(pace), maximumAttempts: 3 };
}

function backOff(pace: Pace): RetryPolicy {
  return { initialInterval: pace.retry.firstMs, backoffCoefficient: 2, maximumInterval: pace.retry.maxMs };
}

function typesThat(judgement: 'stop' | 'retry'): string[] {
  return Object.entries(FAILURES).flatMap(([type, what]) => (what === judgement ? [type] : []));
}
