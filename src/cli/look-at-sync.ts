import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { ChunkBeat } from '../contracts/sync-activities.ts';
import type { SyncMemo, SyncStatus } from '../contracts/sync.ts';
import { heartbeatsOf } from './heartbeats-of.ts';
import { queryStatus } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';

/** What can be seen of a run of a pair at a moment, with or without a worker that answers. */
export interface SyncLook {
  readonly runId: string;
  /** Of the query; null while no worker answers. */
  readonly status: SyncStatus | null;
  /** How far the activity that is under way has come; null between two. */
  readonly beat: ChunkBeat | null;
  readonly trouble: Trouble | null;
  readonly temporalStatus: WorkflowExecutionDescription['status']['name'];
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly memo: Partial<SyncMemo>;
}

/** What keeps the run from getting on. */
export interface Trouble {
  readonly sentence: string;
  /** Milliseconds since the epoch; null where nobody has said. */
  readonly since: number | null;
  /** Of the activity: the next or the running one. */
  readonly attempt: number;
  /** When it is tried again; null while a try runs. */
  readonly nextAt: number | null;
}

/** @throws what Temporal says, `WorkflowNotFoundError` among it. */
export async function lookAtSync(
  temporal: TemporalClient,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string },
): Promise<SyncLook> {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  const description = await temporal.ask(() => handle.describe());
  const beat = heartbeatsOf(description).find(isBeat) ?? null;
  return {
    runId: description.runId,
    status: await queryStatus<SyncStatus>(temporal, workflowId, description.runId),
    beat,
    trouble: troubleOf(description, beat),
    temporalStatus: description.status.name,
    startedAt: description.startTime.getTime(),
    closedAt: description.closeTime?.getTime() ?? null,
    memo: description.memo ?? {},
  };
}

function isBeat(value: unknown): value is ChunkBeat {
  const beat = value as Partial<ChunkBeat> | null;
  return typeof beat?.at === 'number' && typeof beat.planned === 'object' && typeof beat.totals?.applied === 'object';
}

/** The newest failure of an activity that is tried again. */
function troubleOf({ raw }: WorkflowExecutionDescription, beat: ChunkBeat | null): Trouble | null {
  for (const { lastFailure, attempt, lastAttemptCompleteTime, nextAttemptScheduleTime } of raw.pendingActivities ??
    []) {
    if (typeof lastFailure?.message !== 'string') continue;
    const since = beat?.troubleSince ?? millis(lastAttemptCompleteTime);
    return { sentence: lastFailure.message, since, attempt: attempt ?? 1, nextAt: millis(nextAttemptScheduleTime) };
  }
  return null;
}

function millis(time: { readonly seconds?: unknown } | null | undefined): number | null {
  const seconds = Number(time?.seconds ?? 0);
  return seconds > 0 ? seconds * 1_000 : null;
}
