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
  /** What earlier runs under this workflow's id have sent. Rejects where Temporal cannot be asked. */
  leftOpen(): Promise<LeftBefore>;
}

export interface LeftBefore {
  /**
   * When the last one ended without a word of what it had sent: terminated, reset, or with creations of which it does not know whether
   * they landed. In milliseconds since the epoch; null where none did.
   */
  readonly cutOffAt: number | null;
  /** Creations that the others name: by id in Todoist, with the time of their sending. */
  readonly creations: Readonly<Record<string, number>>;
}

export const NOTHING_LEFT: LeftBefore = { cutOffAt: null, creations: {} };

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
    leftOpen: () =>
      soon(async () => {
        const runs = await runsOf(client, workflowId);
        const ends = await Promise.all(runs.filter((run) => run.runId !== runId).map((run) => leftBy(client, run)));
        return ends.reduce(both, NOTHING_LEFT);
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

async function leftBy(client: Client, run: WorkflowExecutionInfo): Promise<LeftBefore> {
  // The list is some moments late: of one that it shows as running, the run itself is asked.
  const isLate = run.status.name === 'RUNNING';
  const { status, closeTime, memo } = isLate
    ? await client.workflow.getHandle(run.workflowId, run.runId).describe()
    : run;
  if (status.name === 'CONTINUED_AS_NEW') return NOTHING_LEFT; // it went on in another one
  const { unsettled = true, creations = {} } = (memo ?? {}) as Partial<SyncMemo>;
  if (HAS_ITS_SAY.has(status.name) && !unsettled) return { cutOffAt: null, creations };
  return { cutOffAt: closeTime?.getTime() ?? Date.now(), creations };
}

/** Ended by itself, with a memo of its end. */
const HAS_ITS_SAY = new Set(['COMPLETED', 'FAILED', 'CANCELLED']);

function both(a: LeftBefore, b: LeftBefore): LeftBefore {
  const cutOffAt = a.cutOffAt === null ? b.cutOffAt : Math.max(a.cutOffAt, b.cutOffAt ?? 0);
  return { cutOffAt, creations: { ...b.creations, ...a.creations } }; // the newer run first
}
