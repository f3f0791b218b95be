import type { Finding } from '../contracts/doctor.ts';
import { DEFAULT_SYNC_PACE, type PairSpec } from '../contracts/sync.ts';
import { lookingAtSync } from './sync-activities.ts';

/** What the worker can reach of a pair's services, and as whom; changes nothing. */
export async function diagnoseSync(input: { readonly spec: PairSpec }): Promise<readonly Finding[]> {
  return lookingAtSync(DEFAULT_SYNC_PACE).diagnoseSync(input);
}
