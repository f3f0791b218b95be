import type { ChunkBeat } from '../../src/contracts/sync-activities.ts';
import type { Counts, SyncOutcome, SyncStatus, SyncTotals } from '../../src/contracts/sync.ts';
import type { Ended } from '../../src/cli/look-at-run.ts';
import { NOON } from './statuses.ts';

/** A run of the pair `tasks`, as the tests of what is printed need it. */

export const counts = (some: Partial<Counts> = {}): Counts => ({
  ...{ create: 0, update: 0, complete: 0, close: 0, reopen: 0, move: 0, remove: 0, adopt: 0, repair: 0 },
  ...some,
});

export const totals = (applied: Partial<Counts> = {}, more: Partial<SyncTotals> = {}): SyncTotals => ({
  applied: counts(applied),
  overruled: [],
  requests: { todoist: 2, todo: 31 },
  throttled: { times: 0, waitedMs: 0 },
  retried: 0,
  ...more,
});

export const WORKING: SyncStatus = {
  schemaVersion: 1,
  pair: 'tasks',
  phase: 'working',
  outcome: null,
  trigger: 'manual',
  by: 'ann',
  startedAt: NOON,
  endedAt: null,
  rounds: 1,
  view: { inScope: 400, links: 1, planned: counts({ create: 399, update: 1 }), similar: 0 },
  totals: totals({ create: 100 }),
  setAside: [],
  setAsideCount: 0,
  failure: null,
};

export const BEAT: ChunkBeat = {
  doing: 'create',
  totals: totals({ create: 20 }),
  planned: counts({ create: 299, update: 1 }),
  setAside: [],
  setAsideCount: 0,
  creations: null,
  attempt: 1,
  quietUntil: 0,
  removed: 0,
  troubleSince: null,
  at: NOON,
};

export function endedSync(outcome: SyncOutcome, more: Partial<SyncStatus> = {}): Ended<SyncStatus> {
  return { ...WORKING, phase: outcome, endedAt: NOON + 75_000, ...more, outcome };
}
