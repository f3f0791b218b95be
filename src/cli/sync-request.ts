import { cleanText } from '../core/clean-text.ts';
import { DEFAULT_SYNC_PACE, type SyncPace, type SyncRequest } from '../contracts/sync.ts';
import type { DeclaredPair } from './sync-policy.ts';

/** Who asks for a run, and what it may do beyond the declaration. */
export type SyncWishes = Pick<SyncRequest, 'trigger' | 'by' | 'adopt' | 'allowRemovals'>;

/** One request out of a declared pair. */
export function syncRequest({ spec, everyMs }: DeclaredPair, wishes: SyncWishes): SyncRequest {
  return { spec, ...wishes, by: cleanText(wishes.by, 200), pace: paceOf(everyMs), carried: null };
}

/** A run that cannot get on gives up when the next one would begin. */
function paceOf(everyMs: number | null): SyncPace {
  return everyMs === null ? DEFAULT_SYNC_PACE : { ...DEFAULT_SYNC_PACE, giveUpAfterMs: everyMs };
}
