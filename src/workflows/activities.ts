import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { DeployActivities } from '../contracts/deploy-activities.ts';
import type { DoctorActivities } from '../contracts/doctor.ts';
import type { Pace } from '../contracts/deploy.ts';
import { briefRetry, forwardRetry, rollbackRetry } from '../policies/retries.ts';

/** An activity call with what the Temporal UI shows for it in the timeline: the best visible place there is. */
type Labelled = {
  readonly [K in keyof DeployActivities]: (
    summary: string,
    input: Parameters<DeployActivities[K]>[0],
    limits?: ActivityOptions,
  ) => ReturnType<DeployActivities[K]>;
};

const SECOND = 1_000;
/** Longer than a server restart takes (8 s measured): a healthy write must not be judged by a lost heartbeat. */
const WRITE_HEARTBEAT = 20 * SECOND;
/** Short, since watching writes nothing and a dead worker must not blind a hold. */
const WATCH_HEARTBEAT = 5 * SECOND;
/** The longest text that the UI's timeline shows (bytes; Temporal's own limit is 400). */
const SUMMARY_MAX = 200;

/** Steps on the way forward: failures that asking again cannot mend end them. */
export const forward = (pace: Pace): Labelled => labelled(forwardOptions(pace));
/** Steps of a rollback: unlimited attempts, no deadline (D3). */
export const backward = (pace: Pace): Labelled => labelled(backwardOptions(pace));
/** Last courtesies: tried a few times, and given up without harm. */
export const briefly = (pace: Pace): Labelled => labelled(briefOptions(pace));
/** Watching: heard often, and a lost attempt is simply started again. */
export const looking = (pace: Pace): Labelled => labelled(lookingOptions(pace));

export function forwardOptions(pace: Pace): ActivityOptions {
  return { startToCloseTimeout: 60 * SECOND, heartbeatTimeout: WRITE_HEARTBEAT, retry: forwardRetry(pace) };
}

export function backwardOptions(pace: Pace): ActivityOptions {
  return { startToCloseTimeout: 60 * SECOND, heartbeatTimeout: WRITE_HEARTBEAT, retry: rollbackRetry(pace) };
}

export function briefOptions(pace: Pace): ActivityOptions {
  return { startToCloseTimeout: 30 * SECOND, heartbeatTimeout: WRITE_HEARTBEAT, retry: briefRetry(pace) };
}

export function lookingOptions(pace: Pace): ActivityOptions {
  return {
    startToCloseTimeout: 60 * SECOND,
    heartbeatTimeout: WATCH_HEARTBEAT,
    retry: { ...forwardRetry(pace), maximumInterval: Math.min(pace.retry.maxMs, 5 * SECOND) },
  };
}

/** Limits of one call, and what the timeline shows for it. */
export function summarised(summary: string, limits?: ActivityOptions): ActivityOptions {
  return { ...limits, summary: summary.slice(0, SUMMARY_MAX) };
}

export const { diagnose } = proxyActivities<DoctorActivities>({
  startToCloseTimeout: 60 * SECOND,
  retry: { maximumAttempts: 1 },
});

/**
 * Cancelling a write waits for its end: an undo must never overlap the write that it undoes (D3). What only looks is not waited
 * for, so that an abort acts at once wherever it finds the run.
 */
function labelled(options: ActivityOptions): Labelled {
  const { WAIT_CANCELLATION_COMPLETED, TRY_CANCEL } = ActivityCancellationType;
  const writes = proxyActivities<DeployActivities>({ ...options, cancellationType: WAIT_CANCELLATION_COMPLETED });
  const looks = proxyActivities<DeployActivities>({ ...options, cancellationType: TRY_CANCEL });
  const under = summarised;
  return {
    readRecord: (label, input, limits) => looks.readRecord.executeWithOptions(under(label, limits), [input]),
    swapRecord: (label, input, limits) => writes.swapRecord.executeWithOptions(under(label, limits), [input]),
    restoreRecord: (label, input, limits) => writes.restoreRecord.executeWithOptions(under(label, limits), [input]),
    setFence: (label, input, limits) => writes.setFence.executeWithOptions(under(label, limits), [input]),
    awaitInsync: (label, input, limits) => looks.awaitInsync.executeWithOptions(under(label, limits), [input]),
    verifyAnswers: (label, input, limits) => looks.verifyAnswers.executeWithOptions(under(label, limits), [input]),
    checkEndpoints: (label, input, limits) => looks.checkEndpoints.executeWithOptions(under(label, limits), [input]),
    checkMetrics: (label, input, limits) => looks.checkMetrics.executeWithOptions(under(label, limits), [input]),
    watchEndpoints: (label, input, limits) => looks.watchEndpoints.executeWithOptions(under(label, limits), [input]),
  };
}
