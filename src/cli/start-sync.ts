import { SYNC_QUEUE, SYNC_WORKFLOW, syncId, type SyncMemo, type SyncRequest } from '../contracts/sync.ts';
import { syncLabels } from '../contracts/sync-labels.ts';
import { mustHaveWorker, type StartedRun } from './start-deployment.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';

export interface StartedSync extends StartedRun {
  /** Who began the run that was joined. */
  readonly startedBy: string | null;
}

/**
 * Starts a run of the pair, or joins the one that is under way: the workflow id is the lock.
 *
 * @throws Stop with exit 6 while no worker polls the queue; nothing is started then.
 */
export async function startSync(temporal: TemporalClient, request: SyncRequest): Promise<StartedSync> {
  await mustHaveWorker(temporal, SYNC_QUEUE);
  const workflowId = syncId(request.spec.pair);
  const asked = (await hasTold(temporal, request)) ? { ...request, signInTold: true as const } : request;
  const options = {
    ...syncLabels(request),
    workflowId,
    taskQueue: SYNC_QUEUE,
    args: [asked] as [SyncRequest],
    workflowIdConflictPolicy: 'FAIL' as const,
  };
  try {
    const handle = await temporal.ask(() => temporal.client.workflow.start(SYNC_WORKFLOW, options));
    return { workflowId, runId: handle.firstExecutionRunId, joined: false, startedBy: null };
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'WorkflowExecutionAlreadyStartedError') throw cause;
    return join(temporal, workflowId);
  }
}

/** Whether the run before has told that somebody has to sign in. */
async function hasTold({ ask, client }: TemporalClient, { spec, notify }: SyncRequest): Promise<boolean> {
  if (notify === undefined) return false;
  try {
    const { memo } = await ask(() => client.workflow.getHandle(syncId(spec.pair)).describe());
    return (memo as Partial<SyncMemo> | undefined)?.signInTold === true;
  } catch (cause) {
    if (isNotFound(cause)) return false; // it is the first one
    throw cause;
  }
}

async function join({ ask, client }: TemporalClient, workflowId: string): Promise<StartedSync> {
  const { runId, memo } = await ask(() => client.workflow.getHandle(workflowId).describe());
  const { by = null } = (memo ?? {}) as Partial<SyncMemo>;
  return { workflowId, runId, joined: true, startedBy: by };
}
