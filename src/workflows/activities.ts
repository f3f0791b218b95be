import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { DeployActivities } from '../contracts/deploy-activities.ts';
import type { DoctorActivities } from '../contracts/doctor.ts';
import type { Pace } from '../contracts/deploy.ts';
import { briefRetry, forwardRetry, rollbackRetry } from '../policies/retries.ts';
import { labelled, type Labelled } from './labelled.ts';

export type Deploying = Labelled<DeployActivities>;

const SECOND = 1_000;
/** Longer than a server restart takes (8 s measured): a healthy write must not be judged by a lost heartbeat. */
const WRITE_HEARTBEAT = 20 * SECOND;
/** Short, since watching writes nothing and a dead worker must not blind a hold. */
const WATCH_HEARTBEAT = 5 * SECOND;

/** Steps on the way forward: failures that asking again cannot mend end them. */
export const forward = (pace: Pace): Deploying => deploying(forwardOptions(pace));
/** Steps of a rollback: unlimited attempts, no deadline (D3). */
export const backward = (pace: Pace): Deploying => deploying(backwardOptions(pace));
/** Last courtesies: tried a few times, and given up without harm. */
export const briefly = (pace: Pace): Deploying => deploying(briefOptions(pace));
/** Watching: heard often, and a lost attempt is simply started again. */
export const looking = (pace: Pace): Deploying => deploying(lookingOptions(pace));

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

export const { diagnose } = proxyActivities<DoctorActivities>({
  startToCloseTimeout: 60 * SECOND,
  retry: { maximumAttempts: 1 },
});

function deploying(options: ActivityOptions): Deploying {
  return labelled<DeployActivities>(options, {
    readRecord: 'looks',
    swapRecord: 'writes',
    restoreRecord: 'writes',
    setFence: 'writes',
    awaitInsync: 'looks',
    verifyAnswers: 'looks',
    checkEndpoints: 'looks',
    checkMetrics: 'looks',
    watchEndpoints: 'looks',
  });
}
