import type { SyncMemo } from '../contracts/sync.ts';

/** What the next run has to know of creations that may not show yet. */
export type LeftOpen = Required<Pick<SyncMemo, 'unsettled' | 'creations'>>;

/**
 * Creations that a memo names: Graph takes 10,000 requests of a mailbox in 10 min, so that no run makes more in the two that count. Each is
 * about 35 bytes, and a memo may have 2 MB.
 */
const MOST_NAMED = 2_500;

/** Names them where a run knows all of them and they fit; else the next run creates nothing for a while. */
export function leftOpen(creations: Readonly<Record<string, number>>, unsettled: boolean): LeftOpen {
  if (unsettled || Object.keys(creations).length > MOST_NAMED) return { unsettled: true, creations: {} };
  return { unsettled: false, creations };
}
