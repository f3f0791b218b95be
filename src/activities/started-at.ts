import type { Context } from '@temporalio/activity';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';

const ASK_WITHIN_MS = 3_000;

/** When the server has handed the attempt that runs here to this worker, by its own clock; null where it cannot be asked. */
export async function startedAt({ client, info }: Pick<Context, 'client' | 'info'>): Promise<number | null> {
  const { workflowExecution, activityId } = info;
  if (workflowExecution === undefined) return null;
  const { workflowId, runId } = workflowExecution;
  try {
    const describe = () => client.workflow.getHandle(workflowId, runId).describe();
    const { raw } = await client.connection.withDeadline(Date.now() + ASK_WITHIN_MS, describe);
    const mine = raw.pendingActivities?.find((pending) => pending.activityId === activityId);
    return optionalTsToMs(mine?.lastStartedTime) ?? null;
  } catch {
    return null;
  }
}
