import type { Client } from '@temporalio/client';
import { SYNC_MESSAGES, SYNC_QUEUE, SYNC_WORKFLOW, syncId, type SyncRequest, type SyncWish } from './contracts/sync.ts';
import { syncLabels } from './contracts/sync-labels.ts';

/**
 * Asks for a run soon: starts one, or tells the one that is under way. Many within its debounce give one run, and none is lost:
 * the signal and the start are one call.
 *
 * @returns the run that was told.
 */
export async function requestSync(client: Client, request: SyncRequest): Promise<{ readonly runId: string }> {
  const handle = await client.workflow.signalWithStart(SYNC_WORKFLOW, {
    ...syncLabels(request),
    workflowId: syncId(request.spec.pair),
    taskQueue: SYNC_QUEUE,
    args: [request] as [SyncRequest],
    signal: SYNC_MESSAGES.syncRequested,
    signalArgs: [{ by: request.by }] as [SyncWish],
  });
  return { runId: handle.signaledRunId };
}
