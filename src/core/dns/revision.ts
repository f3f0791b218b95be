import { readFence } from './fence.ts';
import type { Plan } from './plan.ts';
import type { RecordSet } from './record-set.ts';
import { sideWords } from './serving.ts';

/** One change of what a record serves: a line of `history`, and what `undo` can bring back. */
export interface Revision {
  /** The fence's generation after the promotion: it rises with every write at the record, so that a number never names two revisions. */
  readonly number: number;
  /** The generation of what stood before: mostly the revision before this one; 0 where no fence stood. */
  readonly before: number;
  /** What was served before, and what since. */
  readonly from: string;
  readonly to: string;
}

/** The fence as it was read before the first write, and as it stands at rest after the promotion. */
interface Fences {
  readonly before: RecordSet | null;
  readonly after: RecordSet | null;
}

/** What a promotion made of the record. */
export function revisionOf({ red, black }: Pick<Plan, 'red' | 'black'>, { before, after }: Fences): Revision {
  return { number: generation(after), before: generation(before), from: sideWords(red), to: sideWords(black) };
}

/** A revision of one record of a group. */
export type RecordRevision = Revision & { readonly record: string };

/**
 * What a promotion made of a group. Its numbers are the sums of its records': they rise with every write at any of them.
 * @param resting the fences of the records that it left as they were.
 */
export function groupRevision(moved: readonly RecordRevision[], resting: readonly (RecordSet | null)[]): Revision {
  const still = resting.reduce((sum, set) => sum + generation(set), 0);
  const sum = (of: (one: Revision) => number): number => moved.reduce((so, one) => so + of(one), still);
  return {
    number: sum(({ number }) => number),
    before: sum(({ before }) => before),
    from: listed(moved.map(({ record, from }) => `${record}=${from}`)),
    to: listed(moved.map(({ record, to }) => `${record}=${to}`)),
  };
}

const MOST_LISTED = 4;

function listed(words: readonly string[]): string {
  if (words.length <= MOST_LISTED) return words.join(' ');
  return `${words.slice(0, MOST_LISTED - 1).join(' ')} and ${words.length - MOST_LISTED + 1} more`;
}

function generation(set: RecordSet | null): number {
  const reading = readFence(set);
  return reading.kind === 'standing' ? reading.fence.gen : 0;
}
