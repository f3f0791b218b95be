import { MOST_OVERRULED, noCounts, type ActionKind, type Counts, type SyncTotals } from '../../contracts/sync.ts';
import type { SetAside } from '../../core/tasks/model.ts';

/** What one activity has done so far, and what it may not do again yet. */
export interface Progress {
  readonly applied: Record<ActionKind, number>;
  readonly overruled: Set<string>;
  readonly requests: { todoist: number; todo: number };
  readonly throttled: { times: number; waitedMs: number };
  retried: number;
  readonly setAside: SetAside[];
  planned: Counts;
  /** What is going on, for people. */
  doing: string;
}

/** Goes on from what the attempts before have counted. */
export function startProgress(before: SyncTotals | null, setAside: readonly SetAside[]): Progress {
  return {
    applied: { ...noCounts(), ...before?.applied },
    overruled: new Set(before?.overruled),
    requests: { todoist: 0, todo: 0, ...before?.requests },
    throttled: { times: 0, waitedMs: 0, ...before?.throttled },
    retried: before?.retried ?? 0,
    setAside: [...setAside],
    planned: noCounts(),
    doing: 'reading both sides',
  };
}

/** As it travels: plain values, of now. */
export function totalsOf({ applied, overruled, requests, throttled, retried }: Progress): SyncTotals {
  return {
    applied: { ...applied },
    overruled: [...overruled].slice(0, MOST_OVERRULED),
    requests: { ...requests },
    throttled: { ...throttled },
    retried,
  };
}

/** Each task once, with the first reason. */
export function setAside(progress: Progress, ...more: readonly SetAside[]): void {
  const known = new Set(progress.setAside.map(({ id }) => id));
  for (const one of more) {
    if (known.has(one.id)) continue;
    known.add(one.id);
    progress.setAside.push(one);
  }
}
