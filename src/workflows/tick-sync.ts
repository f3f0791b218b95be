import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, ParentClosePolicy, type ChildWorkflowOptions } from '@temporalio/workflow';
import { SYNC_WORKFLOW, syncId, type SyncReport, type SyncRequest } from '../contracts/sync.ts';
import { syncLabels } from '../contracts/sync-labels.ts';
import { startTokenNotices, type TokenTrouble } from './token-notices.ts';

/** What a tick came to; with trouble that was told and stands, for the next one. */
export interface Ticked extends TokenTrouble {
  readonly skipped: boolean;
}

/**
 * What a Schedule starts: a Schedule appends a time to the id of what it starts (measured), so it can never start a run under its lock itself.
 * A run that is under way already is enough: then this tick is skipped.
 */
export async function tickSync({ notify, ...request }: SyncRequest): Promise<Ticked> {
  const notices = await startTokenNotices(request, notify);
  const options: ChildWorkflowOptions = {
    ...syncLabels(request),
    workflowId: syncId(request.spec.pair),
    parentClosePolicy: ParentClosePolicy.ABANDON, // a tick that is ended takes no run with it
  };
  try {
    await executeChild<(request: SyncRequest) => Promise<SyncReport>>(SYNC_WORKFLOW, { ...options, args: [request] });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { skipped: true, ...notices.standing() };
    throw await notices.afterFailure(error);
  }
  await notices.afterSuccess();
  return { skipped: false };
}
