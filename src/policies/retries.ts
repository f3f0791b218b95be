import type { RetryPolicy } from '@temporalio/common';
import type { Pace } from '../contracts/deploy.ts';
import { FAILURES, type FailureType } from './failures.ts';

/**
 * Where an attempt of a rollback ends: going on would write over somebody else (D4), a reset has passed it, what was written is not
 * what is seen, so that the record has to be read again before it is written again, or the configuration of the worker has to change.
 */
const ENDS_AN_ATTEMPT: readonly FailureType[] = ['Foreign', 'Superseded', 'WrongAnswer', 'NotInSync', 'RoleUnknown'];

/** A step on the way forward asks again as long as asking can help; its limits are the deadline and its own time-outs. */
export function forwardRetry(pace: Pace): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: typesThat('stop') };
}

/** A rollback never gives up by itself (D3, D8): even `Unauthorized` is asked again, because somebody is going to mend it. */
export function rollbackRetry(pace: Pace): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: [...ENDS_AN_ATTEMPT] };
}

/**
 * How long to wait for a zone that another change keeps busy, in milliseconds: usually under a second, so it is asked sooner and
 * never later than every five seconds.
 */
export function zoneBusyDelayMs(attempt: number): number {
  return Math.min(5_000, 250 * 2 ** Math.min(attempt - 1, 10));
}

/** For what is worth a few tries and not worth a failure. */
export function briefRetry(pace: Pace): RetryPolicy {
  return { ...forwardRetry(pace), maximumAttempts: 3 };
}

/** A sync asks again as long as asking can help; `Retry-After` of a service is the next delay. It gives up by itself. */
export function syncRetry(pace: Pick<Pace, 'retry'>): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: typesThat('stop') };
}

/** Any worker of documentation goes on where another one stopped. */
export function docsRetry(pace: Pick<Pace, 'retry'>): RetryPolicy {
  return { ...backOff(pace), nonRetryableErrorTypes: typesThat('stop') };
}

/** A stage is bound to the folder of its worker: when that one stops, all stages begin anew on another one. */
export function stageRetry(pace: Pick<Pace, 'retry'>): RetryPolicy {
  return { ...backOff(pace), maximumAttempts: 5, nonRetryableErrorTypes: [...typesThat('stop'), 'WorkerShutdown'] };
}

/**
 * A notice is told again as long as asking can help; a receiver that asks to come back at once, for ever, is not obeyed for ever.
 */
export function notifyRetry(pace: Pick<Pace, 'retry'>): RetryPolicy {
  return { ...backOff(pace), maximumAttempts: 20, nonRetryableErrorTypes: typesThat('stop') };
}

function backOff(pace: Pick<Pace, 'retry'>): RetryPolicy {
  return { initialInterval: pace.retry.firstMs, backoffCoefficient: 2, maximumInterval: pace.retry.maxMs };
}

function typesThat(judgement: 'stop' | 'retry'): string[] {
  return Object.entries(FAILURES).flatMap(([type, what]) => (what === judgement ? [type] : []));
}
