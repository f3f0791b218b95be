import { ACTION_KINDS, MOST_OVERRULED, type Counts, type SyncTotals } from '../contracts/sync.ts';

/** Totals of two activities of one run. */
export function addTotals(a: SyncTotals, b: SyncTotals): SyncTotals {
  return {
    applied: addCounts(a.applied, b.applied),
    overruled: [...new Set([...a.overruled, ...b.overruled])].slice(0, MOST_OVERRULED),
    requests: { todoist: a.requests.todoist + b.requests.todoist, todo: a.requests.todo + b.requests.todo },
    throttled: {
      times: a.throttled.times + b.throttled.times,
      waitedMs: a.throttled.waitedMs + b.throttled.waitedMs,
    },
    retried: a.retried + b.retried,
  };
}

function addCounts(a: Counts, b: Counts): Counts {
  return Object.fromEntries(ACTION_KINDS.map((kind) => [kind, a[kind] + b[kind]])) as Counts;
}
