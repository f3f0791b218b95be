import { randomUUID } from 'node:crypto';
import { cleanText } from '../core/clean-text.ts';
import { syncId } from '../contracts/sync.ts';
import type { TemporalClient } from './temporal-client.ts';

export interface CancelSync {
  readonly pair: string;
  /** Not authenticated. */
  readonly by: string;
  readonly reason: string;
}

/**
 * Cancels the run of a pair that is under way, whichever execution it is in; its history keeps who asked and why. Nothing stays in flight: a
 * run ends when its activity has.
 *
 * @throws what Temporal says: not found where there never was one.
 */
export async function cancelSync(
  { ask, connection, client, place }: TemporalClient,
  { pair, by, reason }: CancelSync,
): Promise<void> {
  const request = {
    namespace: place.namespace,
    identity: client.options.identity,
    requestId: randomUUID(), // one for every try: whoever is answered at the second has asked once
    workflowExecution: { workflowId: syncId(pair) },
    reason: `aborted by ${cleanText(by, 200)} (not authenticated): ${cleanText(reason, 300)}`,
  };
  await ask(() => connection.workflowService.requestCancelWorkflowExecution(request));
}
