import {
  MOST_OVERRULED,
  MOST_SET_ASIDE,
  noCounts,
  type SetAsideReport,
  type ActionKind,
  type Counts,
  type SyncTotals,
} from '../../contracts/sync.ts';
import type { SetAside } from '../../core/tasks/model.ts';

/** What one activity has done so far, and what it may not do again yet. */
export interface Progress {
  readonly applied: Record<ActionKind, number>;
  readonly overruled: Set<string>;
  readonly requests: { todoist: number; todo: number };
  readonly throttled: { times: number; waitedMs: number };
  retried: number;
  /** Removals of this run, those of earlier activities included. */
  removed: number;
  readonly setAside: SetAside[];
  /** Set aside before and not named in what travelled here; met again, they are in `setAside`, too. */
  readonly setAsideBefore: number;
  planned: Counts;
  /** What is going on, for people. */
  doing: string;
}

/** What earlier activities of the run, and earlier attempts of this one, have left. */
export interface SoFar extends SetAsideReport {
  readonly removed: number;
}

/** Goes on from what the attempts before have counted. */
export function startProgress(before: SyncTotals | null, { setAside, setAsideCount, removed }: SoFar): Progress {
  return {
    applied: { ...noCounts(), ...before?.applied },
    overruled: new Set(before?.overruled),
    requests: { todoist: 0, todo: 0, ...before?.requests },
    throttled: { times: 0, waitedMs: 0, ...before?.throttled },
    retried: before?.retried ?? 0,
    removed,
    setAside: [...setAside],
    setAsideBefore: setAsideCount,
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

/** As it travels: all are counted, and as many named as fit. */
export function setAsideOf({ setAside, setAsideBefore }: Progress): SetAsideReport {
  return {
    setAside: setAside.slice(0, MOST_SET_ASIDE),
    setAsideCount: Math.max(setAside.length, setAsideBefore),
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

/** A throttle, waited for here or by Temporal. */
export function noteThrottle({ throttled }: Progress, ms: number | null): void {
  throttled.times += 1;
  throttled.waitedMs += ms ?? 0;
}
