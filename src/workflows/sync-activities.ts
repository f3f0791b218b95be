import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { SyncActivities, SyncChunk, SyncChunkInput } from '../contracts/sync-activities.ts';
import type { SyncPace, SyncRequest } from '../contracts/sync.ts';
import { syncRetry } from '../policies/retries.ts';
import { summarised } from './labelled.ts';

/** The activities of a run, each with what the UI's timeline shows for it. */
interface Syncing {
  syncChunk(summary: string, input: SyncChunkInput): Promise<SyncChunk>;
}

const SECOND = 1_000;
/** Of one attempt: five thousand writes take five minutes, and long throttles are waited for between attempts. */
const ONE_ATTEMPT = 60 * 60 * SECOND;

/**
 * A batch that was sent is waited for, so that a cancelled run leaves nothing in flight. A service that is away is asked again until the
 * activity says that it gives up.
 */
export function syncing({ pace }: Pick<SyncRequest, 'pace'>): Syncing {
  const { syncChunk } = proxyActivities<SyncActivities>({
    startToCloseTimeout: ONE_ATTEMPT,
    heartbeatTimeout: pace.heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: syncRetry(pace),
  });
  return { syncChunk: (summary, input) => syncChunk.executeWithOptions(summarised(summary), [input]) };
}

/** What Temporal knows of the run before a tick: no tick waits for it for long. */
export function askingOfRunBefore(pace: SyncPace): Pick<SyncActivities, 'hasToldByHand'> {
  return proxyActivities<SyncActivities>({
    startToCloseTimeout: 10 * SECOND,
    scheduleToCloseTimeout: 30 * SECOND,
    retry: syncRetry(pace),
    summary: 'has a run by hand told that somebody has to sign in?',
  });
}

/** Looks that write nothing, for a person who waits. */
export function lookingAtSync(pace: SyncPace): Pick<SyncActivities, 'planSync' | 'diagnoseSync'> {
  return proxyActivities<SyncActivities>({
    startToCloseTimeout: 240 * SECOND, // ten thousand tasks of a throttled account
    heartbeatTimeout: pace.heartbeatMs,
    retry: { ...syncRetry(pace), maximumAttempts: 2 },
  });
}
