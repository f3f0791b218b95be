import type { SyncReport, SyncRequest } from '../contracts/sync.ts';
import { syncing } from './sync-activities.ts';
import { concludingSync } from './sync-conclude.ts';
import { listenToWishes } from './sync-messages.ts';
import { startSync } from './sync-run.ts';

/**
 * Makes Microsoft To Do a faithful copy of Todoist, and takes the completions that people made there back.
 *
 * - S1 to S5 are kept by its activity, which looks at both sides, does what is missing, and looks again.
 * - A run is done when a look finds nothing to do; wishes that come meanwhile are answered by one more look.
 */
export async function syncTasks(request: SyncRequest): Promise<SyncReport> {
  const run = startSync(request);
  listenToWishes(run);
  return concludingSync(run, async () => {
    for (;;) {
      await run.untilWished();
      await run.round((input) =>
        syncing(request).syncChunk(`${request.spec.pair}: looking at both sides, doing what is missing`, input),
      );
      if (run.isDone()) return;
      await run.handOver(); // continues as new, where the history grows long
    }
  });
}
