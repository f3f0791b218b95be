import { listAt, textAt, valueAt } from './read-loosely.ts';

/** A failure as Temporal keeps it, in our words. */
export interface Failed {
  /** `Unhealthy`; null where it has none. */
  readonly type: string | null;
  readonly sentence: string;
  /** What to do next, as whoever failed said it. */
  readonly next: string | null;
  /** What the outermost failure carries: the report of a run. */
  readonly report: unknown;
}

const DEEPEST = 20;

/** The outermost failure that says something of its own; what only wraps another one ("Activity task failed") does not. */
export function failureIn(failure: unknown): Failed {
  let found = failure;
  for (let depth = 0; depth < DEEPEST && !speaks(found) && valueAt(found, 'cause') != null; depth++)
    found = valueAt(found, 'cause');
  const details = listAt(found, 'applicationFailureInfo', 'details')[0];
  const own = [valueAt(details, 'failure'), details].find((one) => textAt(one, 'sentence') !== null);
  return {
    type: textAt(own, 'type') ?? textAt(found, 'applicationFailureInfo', 'type'),
    sentence: textAt(own, 'sentence') ?? textAt(found, 'message') ?? 'it did not say why',
    next: textAt(own, 'next'),
    report: details,
  };
}

const speaks = (failure: unknown): boolean =>
  valueAt(failure, 'applicationFailureInfo') != null || valueAt(failure, 'timeoutFailureInfo') != null;
