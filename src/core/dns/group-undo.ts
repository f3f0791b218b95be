import type { Plan, Undo } from './plan.ts';
import { sameSets, type RecordSets } from './record-set.ts';

/** What one promoted run of a group did to one record. */
export interface RecordMove {
  readonly plan: Plan;
  /** The record's own revision; null where the run numbered none. */
  readonly number: number | null;
}

/** What a record serves that a run of a group left as it was. */
export interface KeptRecord {
  readonly record: string;
  /** Every record set of its name. */
  readonly sets: RecordSets;
}

/** What a promoted run of a group did. */
export interface GroupMoves {
  readonly moves: readonly RecordMove[];
  /** Absent where the run is of a version that did not keep it. */
  readonly kept?: readonly KeptRecord[];
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
 * What brings the records of a group back to where they were after, or before, the oldest of the given runs. Of a record that this one left as it was
 * it keeps what it served: what the next run found that moved it may be what a deployment of the record alone made of it.
 *
 * @param runs promoted ones, newest first.
 */
export function undoOfGroup(
  runs: readonly GroupMoves[],
  { state, toRevision }: { readonly state: 'after' | 'before'; readonly toRevision: number | null },
): readonly RecordUndo[] {
  const names = movedBy(runs);
  return names.flatMap((name): readonly RecordUndo[] => {
    const own = runs.flatMap(({ moves }, run) =>
      moves.filter(({ plan }) => plan.record === name).map((move) => ({ ...move, run })),
    );
    const [newest, oldest] = [own.at(0), own.at(-1)];
    if (newest === undefined || oldest === undefined) return [];
    const isOfTheOldestRun = oldest.run === runs.length - 1;
    const before = keptBy(runs.at(-1), oldest.plan) ?? oldest.plan.before;
    const sets = state === 'after' && isOfTheOldestRun ? oldest.plan.promotion.sets : before;
    const undo = { sets, expected: newest.plan.promotion.sets, expectedRevision: newest.number, toRevision };
    return [{ undo, newest: newest.plan, run: newest.run }];
  });
}

const movedBy = (runs: readonly GroupMoves[]): readonly string[] =>
  [...new Set(runs.flatMap(({ moves }) => moves.map(({ plan }) => plan.record)))].sort();

/** Of what a run left as it was, the sets that a plan moves. */
function keptBy(run: GroupMoves | undefined, { record, before }: Plan): RecordSets | undefined {
  const kept = run?.kept?.find((one) => one.record === record);
  return kept?.sets.filter(({ type }) => before.some((set) => set.type === type));
}

/** Records that none of the runs has moved, and that serve something else since the oldest of them all the same: an undo leaves them alone. */
export function changedOtherwise(runs: readonly GroupMoves[]): readonly string[] {
  const moved = movedBy(runs);
  const now = runs[0]?.kept ?? [];
  return (runs.at(-1)?.kept ?? [])
    .filter(({ record }) => !moved.includes(record))
    .filter(({ record, sets }) => now.some((one) => one.record === record && !sameSets(one.sets, sets)))
    .map(({ record }) => record);
}
