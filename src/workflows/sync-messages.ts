import { defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import { SYNC_MESSAGES, type SyncStatus, type SyncWish } from '../contracts/sync.ts';
import type { SyncRun } from './sync-run.ts';

const status = defineQuery<SyncStatus>(SYNC_MESSAGES.status);
const syncRequested = defineSignal<[SyncWish]>(SYNC_MESSAGES.syncRequested);

/** Sets every handler, before the run awaits anything. */
export function listenToWishes(run: SyncRun): void {
  setHandler(status, () => run.progress.status, { description: 'Where the sync is; everything needed to draw it.' });
  setHandler(syncRequested, () => run.wish(), { description: 'Asks for a run soon; many within seconds give one.' });
}
