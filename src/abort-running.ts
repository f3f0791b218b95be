import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { deployId, MESSAGES, type AbortRequest } from './contracts/deploy.ts';
import { nextDeployId, WITHDRAW, type WithdrawRequest } from './contracts/deploy-queue.ts';

const ASK_WITHIN_MS = 1_500;
const END_WITHIN_MS = 15_000;

/**
 * Takes out what waits for its turn, asks the running deployment of a record to abort, and waits briefly for its end: a rollback that was under way is then not raced by a
 * reset. A reset needs none of this, so whatever fails here is passed over.
 */
export async function abortRunning(
  client: Client,
  { record, request }: { readonly record: string; readonly request: AbortRequest },
  say: (line: string) => void,
): Promise<void> {
  const handle = client.workflow.getHandle(deployId(record));
  const within = <T>(ask: () => Promise<T>): Promise<T> =>
    client.connection.withDeadline(Date.now() + ASK_WITHIN_MS, ask);
  // First, or its turn would come with the end of the other; mostly none waits, and that is an error of the call.
  const next = client.workflow.getHandle(nextDeployId(record));
  await within(() => next.signal<[WithdrawRequest]>(WITHDRAW, request)).catch(() => undefined);
  try {
    if ((await within(() => handle.describe())).status.name !== 'RUNNING') return;
    await within(() => handle.signal<[AbortRequest]>(MESSAGES.abort, request));
    say(`${record}: asked the running deployment to abort, waiting for up to ${END_WITHIN_MS / 1_000} s`);
    const until = Date.now() + END_WITHIN_MS;
    while (Date.now() < until) {
      if ((await within(() => handle.describe())).status.name !== 'RUNNING') return;
      await sleep(250);
    }
    say(`${record}: the deployment has not ended yet; going on, the fence stops it`);
  } catch {
    // No such run, or Temporal went away: the compare-and-swap and the fence hold without it.
  }
}
