import type { Client } from '@temporalio/client';
import { syncId, type SyncMemo } from '../../contracts/sync.ts';

const ASK_WITHIN_MS = 5_000;

/** Whether the newest run of a pair was one by hand that has told, or left standing, that somebody has to sign in. */
export async function hasToldByHand(client: Client, pair: string): Promise<boolean> {
  try {
    const describe = () => client.workflow.getHandle(syncId(pair)).describe();
    const { memo } = await client.connection.withDeadline(Date.now() + ASK_WITHIN_MS, describe);
    return (memo as Partial<SyncMemo> | undefined)?.signInTold === true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'WorkflowNotFoundError') return false; // nobody has synced it yet
    throw cause;
  }
}
