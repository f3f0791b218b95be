import { proxyActivities } from '@temporalio/workflow';
import type { GuardActivities } from '../contracts/guard.ts';
import { summarised } from './labelled.ts';

const SECOND = 1_000;

/** It asks Temporal once, and again soon where that fails: the next look comes anyway. */
const { askOwners } = proxyActivities<Pick<GuardActivities, 'askOwners'>>({
  startToCloseTimeout: 30 * SECOND,
  scheduleToCloseTimeout: 90 * SECOND,
  retry: { initialInterval: SECOND, maximumAttempts: 5 },
});

/**
 * Whether the run that a lock is held for is over, by what Temporal says of it, as a guard asks: a run that was reset goes on as another
 * one of the same chain, and keeps its locks. Who could not be asked is not gone.
 */
export async function isGone(owner: string, subject: string): Promise<boolean> {
  try {
    const { owners } = await askOwners.executeWithOptions(summarised(`whether ${subject} still runs`), [
      { owners: [owner] },
    ]);
    const sight = owners[owner]?.kind;
    return sight === 'closed' || sight === 'not-found';
  } catch {
    return false;
  }
}
