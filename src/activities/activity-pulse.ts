import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { linkSignals } from './linked-signal.ts';
import type { Pulse } from './pulse.ts';
import { serverClock } from './server-clock.ts';
import { startedAt } from './started-at.ts';

/** Clock of this machine, and the worker's wish to stop: looks end at once then, so that another worker takes over; writes are finished. */
export interface PulseSource {
  readonly now: () => number;
  readonly stopping: AbortSignal;
}

/** Runs the body of an activity with its pulse. */
export async function withActivityPulse<T>(
  { now, stopping }: PulseSource,
  work: (pulse: Pulse) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  const scheduledAt = context.info.currentAttemptScheduledTimestampMs;
  const serverNow = await serverClock(now, { scheduledAt, startedAt: () => startedAt(context) });
  const { signal, unlink } = linkSignals(context.cancellationSignal, stopping);
  const pulse: Pulse = {
    now: serverNow,
    signal,
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => (stopping.aborted ? stopped() : context.cancelled)),
    beat: (details) => context.heartbeat(details),
    resumed: context.info.heartbeatDetails as unknown,
    attempt: context.info.attempt,
  };
  try {
    return await work(pulse);
  } finally {
    unlink();
  }
}

/** As the SDK itself reports an activity that a shutting down worker gave up: Temporal runs it again elsewhere. */
function stopped(): never {
  throw ApplicationFailure.create({
    type: 'WorkerShutdown',
    message: 'The worker is shutting down; the next one goes on from here.',
    nextRetryDelay: 100,
  });
}
