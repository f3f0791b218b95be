import { Worker } from '@temporalio/worker';
import { workflowBundle, type TestTemporal } from './temporal.ts';

/** A workflow that cannot replay its own history is one deployment of the worker away from being stuck. */
export async function replayAll({ client }: TestTemporal, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const query = [...new Set(ids)].map((id) => `WorkflowId = '${id}'`).join(' OR ');
  const histories = client.workflow.list({ query }).intoHistories();
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: workflowBundle() },
    histories,
  )) {
    if (error !== undefined) throw new Error(`${workflowId} does not replay`, { cause: error });
  }
}
