/**
 * What Temporal says of an attempt, asked while it works. Heartbeats alone do not tell: an attempt that was asleep, or that Temporal cannot
 * reach while it reaches the services that it writes to, hears of nothing.
 */
import type { Context } from '@temporalio/activity';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { SyncMemo } from '../../contracts/sync.ts';

export interface Standing {
  /** Whether this is the attempt that Temporal counts on. Rejects where Temporal cannot be asked. */
  isCurrent(): Promise<boolean>;
  /**
   * When the last earlier run under this workflow's id ended without a word of what it had sent: terminated, reset, or with creations of
   * which it does not know whether they landed. In milliseconds since the epoch; null where none did. Rejects where Temporal cannot be asked.
   */
  cutOffAt(): Promise<number | null>;
}

const LONGEST_ANSWER_MS = 5_000;
/** Of one id, newest first: earlier ones ended before these began. */
const MOST_RUNS = 20;

/** Asks through the connection of the worker. */
export function standingOf({ client, info }: Pick<Context, 'client' | 'info'>): Standing {
  const { activityId, attempt, workflowExecution } = info;
  if (workflowExecution === undefined) throw new Error('an activity without a workflow has no standing');
  const { workflowId, runId } = workflowExecution;
  const soon = <T>(ask: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + LONGEST_ANSWER_MS, ask);
  return {
    isCurrent: () =>
      soon(async () => {
        const { raw, status } = await client.workflow.getHandle(workflowId, runId).describe();
        const mine = raw.pendingActivities?.find((pending) => pending.activityId === activityId);
        return status.name === 'RUNNING' && mine?.attempt === attempt;
      }),
    cutOffAt: () =>
      soon(async () => {
        const runs = await runsOf(client, workflowId);
        const ends = await Promise.all(runs.filter((run) => run.runId !== runId).map((run) => cutOff(client, run)));
        return ends.reduce<number | null>((last, at) => (at === null ? last : Math.max(at, last ?? 0)), null);
      }),
  };
}

async function runsOf(client: Client, workflowId: string): Promise<readonly WorkflowExecutionInfo[]> {
  const runs: WorkflowExecutionInfo[] = [];
  const query = `WorkflowId = '${workflowId}'`;
  for await (const run of client.workflow.list({ query, pageSize: MOST_RUNS })) {
    runs.push(run);
    if (runs.length === MOST_RUNS) break;
  }
  return runs;
}

/** When a run ended, if it ended in a way that leaves open what it has sent. */
async function cutOff(client: Client, run: WorkflowExecutionInfo): Promise<number | null> {
  // The list is some moments late: of one that it shows as running, the run itself is asked.
  const isLate = run.status.name === 'RUNNING';
  const { status, closeTime, memo } = isLate
    ? await client.workflow.getHandle(run.workflowId, run.runId).describe()
    : run;
  if (WHOLE.has(status.name)) return null;
  const { unsettled = true } = (memo ?? {}) as Partial<SyncMemo>;
  const toldSo = HAS_ITS_SAY.has(status.name) && !unsettled;
  return toldSo ? null : (closeTime?.getTime() ?? Date.now());
}

/** Its last look has shown everything, or it went on in another run. */
const WHOLE = new Set(['COMPLETED', 'CONTINUED_AS_NEW']);
/** Ended by itself, with a memo of its end. */
const HAS_ITS_SAY = new Set(['FAILED', 'CANCELLED']);
