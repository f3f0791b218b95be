import type { SyncLookInput, SyncPlanView } from '../contracts/sync-activities.ts';
import { lookingAtSync } from './sync-activities.ts';

/** What a run would do, by the very function that a run acts on; writes nothing. */
export async function planSync(input: SyncLookInput): Promise<SyncPlanView> {
  return lookingAtSync(input.pace).planSync(input);
}
