import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { Told } from './look-at-run.ts';
import { queryStatus } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';

/** What can be seen of a run at a moment, with or without a worker that answers; a run may go on in further executions. */
export interface ChainLook<Status extends Told, Memo> {
  readonly runId: string;
  /** Of the query; null while no worker answers. */
  readonly status: Status | null;
  readonly trouble: Trouble | null;
  readonly temporalStatus: WorkflowExecutionDescription['status']['name'];
  readonly startedAt: number;
  readonly closedAt: number | null;
  readonly memo: Partial<Memo>;
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
export async function lookAtChain<Status extends Told, Memo>(
  temporal: TemporalClient,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string },
): Promise<{ readonly look: ChainLook<Status, Memo>; readonly description: WorkflowExecutionDescription }> {
  const description = await temporal.ask(() => temporal.client.workflow.getHandle(workflowId, runId).describe());
  const look = {
    runId: description.runId,
    status: await queryStatus<Status>(temporal, workflowId, description.runId),
    trouble: troubleOf(description),
    temporalStatus: description.status.name,
    startedAt: description.startTime.getTime(),
    closedAt: description.closeTime?.getTime() ?? null,
    memo: (description.memo ?? {}) as Partial<Memo>,
  };
  return { look, description };
}

/** The newest failure of an activity that is tried again. */
function troubleOf({ raw }: WorkflowExecutionDescription): Trouble | null {
  for (const { lastFailure, attempt, lastAttemptCompleteTime, nextAttemptScheduleTime } of raw.pendingActivities ??
    []) {
    if (typeof lastFailure?.message !== 'string') continue;
    const [since, nextAt] = [millis(lastAttemptCompleteTime), millis(nextAttemptScheduleTime)];
    return { sentence: lastFailure.message, since, attempt: attempt ?? 1, nextAt };
  }
  return null;
}

function millis(time: { readonly seconds?: unknown } | null | undefined): number | null {
  const seconds = Number(time?.seconds ?? 0);
  return seconds > 0 ? seconds * 1_000 : null;
}
