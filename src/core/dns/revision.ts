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

function generation(set: RecordSet | null): number {
  const reading = readFence(set);
  return reading.kind === 'standing' ? reading.fence.gen : 0;
}
