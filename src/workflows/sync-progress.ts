import { setCurrentDetails, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { ChunkFacts, SyncChunk } from '../contracts/sync-activities.ts';
import { noCounts, type SyncRequest, type SyncStatus, type SyncTotals } from '../contracts/sync.ts';
import { addTotals } from './add-totals.ts';
import type { LeftOpen } from './left-open.ts';
import { describeSync } from './describe-sync.ts';

/** What everybody who looks at a run sees: the query `status` and the UI's current details. */
export interface SyncProgress {
  readonly status: SyncStatus;
  show(change: Partial<SyncStatus>): void;
  /** What one activity found and did. */
  take(chunk: SyncChunk): void;
  /** What one that failed did all the same. */
  takeLast(facts: ChunkFacts): void;
}

/** Begins with what an earlier execution of the same run carried over, if there was one. */
export function startSyncProgress(request: SyncRequest): SyncProgress {
  let status = atTheStart(request);
  const show = (change: Partial<SyncStatus>): void => {
    status = { ...status, ...change };
    setCurrentDetails(describeSync(status));
  };
  return {
    get status() {
      return status;
    },
    show,
    take: ({ view, totals, setAside, setAsideCount }) =>
      show({
        view: status.view ?? view,
        rounds: status.rounds + 1,
        totals: addTotals(status.totals, totals),
        setAside,
        setAsideCount,
      }),
    takeLast: ({ totals, setAside, setAsideCount }) =>
      show({ totals: addTotals(status.totals, totals), setAside, setAsideCount }),
  };
}

/** Kept with the closed run, so that `ls` and `status` can tell how it ended without a worker, and the next run whether it left anything open. */
export function keepSyncOutcome({ outcome, failure }: SyncStatus, left: LeftOpen): void {
  upsertMemo({ outcome, sentence: failure?.sentence ?? null, ...left });
}

const NO_TOTALS: SyncTotals = {
  applied: noCounts(),
  overruled: [],
  requests: { todoist: 0, todo: 0 },
  throttled: { times: 0, waitedMs: 0 },
  retried: 0,
};

function atTheStart({ spec, trigger, by, carried }: SyncRequest): SyncStatus {
  return {
    schemaVersion: 1,
    pair: spec.pair,
    phase: 'working',
    outcome: null,
    trigger,
    by,
    startedAt: carried?.startedAt ?? workflowInfo().startTime.getTime(),
    endedAt: null,
    rounds: carried?.rounds ?? 0,
    view: carried?.view ?? null,
    totals: carried?.totals ?? NO_TOTALS,
    setAside: carried?.setAside ?? [],
    setAsideCount: carried?.setAsideCount ?? 0,
    failure: null,
  };
}
