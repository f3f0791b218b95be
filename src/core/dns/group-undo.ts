import type { Plan, Undo } from './plan.ts';

/** What one promoted run of a group did to one record. */
export interface RecordMove {
  readonly plan: Plan;
  /** The record's own revision; null where the run numbered none. */
  readonly number: number | null;
}

/** What an undo of a group brings back of one record. */
export interface RecordUndo {
  readonly undo: Undo;
  /** By which the record was moved last: how it is reached. */
  readonly newest: Plan;
  /** Of the runs that were given, the one that moved it last. */
  readonly run: number;
}

/**
 * What brings the records of a group back to where they were after, or before, the oldest of the given runs. A run that left a record as it was says
 * nothing of it: what it served then is what the next run that moved it found.
 *
 * @param runs promoted ones, newest first.
 */
export function undoOfGroup(
  runs: readonly (readonly RecordMove[])[],
  { state, toRevision }: { readonly state: 'after' | 'before'; readonly toRevision: number | null },
): readonly RecordUndo[] {
  const names = [...new Set(runs.flat().map(({ plan }) => plan.record))].sort();
  return names.flatMap((name): readonly RecordUndo[] => {
    const own = runs.flatMap((moves, run) =>
      moves.filter(({ plan }) => plan.record === name).map((move) => ({ ...move, run })),
    );
    const [newest, oldest] = [own.at(0), own.at(-1)];
    if (newest === undefined || oldest === undefined) return [];
    const isOfTheOldestRun = oldest.run === runs.length - 1;
    const sets = state === 'after' && isOfTheOldestRun ? oldest.plan.promotion.sets : oldest.plan.before;
    const undo = { sets, expected: newest.plan.promotion.sets, expectedRevision: newest.number, toRevision };
    return [{ undo, newest: newest.plan, run: newest.run }];
  });
}
