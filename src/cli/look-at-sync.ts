import type { ChunkBeat } from '../contracts/sync-activities.ts';
import type { SyncMemo, SyncStatus } from '../contracts/sync.ts';
import { heartbeatsOf } from './heartbeats-of.ts';
import { lookAtChain, type ChainLook } from './look-at-chain.ts';
import type { TemporalClient } from './temporal-client.ts';

/** What can be seen of a run of a pair at a moment. */
export interface SyncLook extends ChainLook<SyncStatus, SyncMemo> {
  /** How far the activity that is under way has come; null between two. */
  readonly beat: ChunkBeat | null;
}

/** @throws what Temporal says, `WorkflowNotFoundError` among it. */
export async function lookAtSync(
  temporal: TemporalClient,
  run: { readonly workflowId: string; readonly runId?: string },
): Promise<SyncLook> {
  const { look, description } = await lookAtChain<SyncStatus, SyncMemo>(temporal, run);
  const beat = heartbeatsOf(description).find(isBeat) ?? null;
  const { trouble } = look;
  // An activity that tries again by itself knows better than Temporal since when.
  return { ...look, beat, trouble: trouble && { ...trouble, since: beat?.troubleSince ?? trouble.since } };
}

function isBeat(value: unknown): value is ChunkBeat {
  const beat = value as Partial<ChunkBeat> | null;
  return typeof beat?.at === 'number' && typeof beat.planned === 'object' && typeof beat.totals?.applied === 'object';
}
