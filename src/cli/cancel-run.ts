import { randomUUID } from 'node:crypto';
import { cleanText } from '../core/clean-text.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';

export interface CancelRun {
  readonly workflowId: string;
  /** Not authenticated. */
  readonly by: string;
  readonly reason: string;
}

/**
 * Cancels a run, whichever execution it is in by now, and never the one that came after it; its history keeps who asked and why. Nothing
 * stays in flight: a run ends when its activity has. One that has ended meanwhile is left to whoever follows it.
 *
 * @param runId of any execution of the run.
 * @throws what Temporal says: not found where there never was one.
 */
export async function cancelRun(
  { ask, connection, client, place }: TemporalClient,
  { workflowId, by, reason }: CancelRun,
  runId: string,
): Promise<void> {
  const { raw } = await ask(() => client.workflow.getHandle(workflowId, runId).describe());
  const request = {
    namespace: place.namespace,
    identity: client.options.identity,
    requestId: randomUUID(), // one for every try: whoever is answered at the second has asked once
    workflowExecution: { workflowId },
    firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId ?? runId,
    reason: `aborted by ${cleanText(by, 200)} (not authenticated): ${cleanText(reason, 300)}`,
  };
  await ask(() => connection.workflowService.requestCancelWorkflowExecution(request)).catch(unlessEnded);
}

/** Another run has the id by now, or none. */
function unlessEnded(cause: unknown): void {
  if (!isNotFound(cause)) throw cause;
}
