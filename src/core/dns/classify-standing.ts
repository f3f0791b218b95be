import { cleanText } from '../clean-text.ts';
import { addressOf, shownValues } from './address.ts';
import { readFence } from './fence.ts';
import type { Fence, FenceReading } from './fence.ts';
import { displayName, fenceName } from './name.ts';
import { hashSets, sameSet, sameSets } from './record-set.ts';
import type { RecordSet, RecordSets } from './record-set.ts';
import type { Standing } from './snapshot.ts';

/** What a run knows of a record: what it read first, and what it may have written since. */
export interface RunView {
  readonly record: string;
  /** The fence's owner, as this run writes it. */
  readonly owner: string;
  /** The moved sets and the fence as they were read before the first write. */
  readonly snapshot: Standing;
  /** The sets of every state of this run's own plan. */
  readonly own: readonly RecordSets[];
}

export type Classified =
  /** Red stands: nothing was written, or it was put back. */
  | { readonly kind: 'snapshot' }
  /** A state of this run's plan, by its place in `RunView.own`. */
  | { readonly kind: 'own'; readonly index: number }
  /** Somebody else wrote: never to be overwritten (D4). */
  | { readonly kind: 'foreign'; readonly sentence: string }
  /** A reset put the declared default back: this run writes nothing more. */
  | { readonly kind: 'superseded'; readonly sentence: string };

/**
 * Says whose the record is that a run finds, by its sets and its fence together; the heart of D4.
 *
 * A state is this run's only if both agree: sets of the plan under a foreign fence were written by somebody who wants them there, and a fence of ours beside
 * other sets means that somebody wrote past the fence. Generations are not compared: an attempt whose answer was lost may have written a newer one.
 */
export function classify(standing: Standing, run: RunView): Classified {
  const reading = readFence(standing.fence);
  if (isUntouched(standing.fence, run.snapshot.fence))
    return sameSets(standing.sets, run.snapshot.sets)
      ? { kind: 'snapshot' }
      : foreignSets(standing, run, run.snapshot.sets);
  if (reading.kind !== 'standing') return foreign(noFence(run.record, reading));
  if (reading.fence.stage === 'reset') return { kind: 'superseded', sentence: wasReset(run.record, reading.fence) };
  if (reading.fence.owner !== run.owner) return foreign(otherOwner(run.record, reading.fence));
  return ofOurFence(standing, run, reading.fence);
}

const foreign = (sentence: string): Classified => ({ kind: 'foreign', sentence });

function isUntouched(fence: RecordSet | null, before: RecordSet | null): boolean {
  return fence === null || before === null ? fence === before : sameSet(fence, before);
}

function ofOurFence(standing: Standing, run: RunView, fence: Fence): Classified {
  if (sameSets(standing.sets, run.snapshot.sets)) return { kind: 'snapshot' };
  const index = run.own.findIndex((sets) => sameSets(sets, standing.sets));
  if (index !== -1) return { kind: 'own', index };
  const written = [...run.own, run.snapshot.sets].find((sets) => hashSets(sets) === fence.sets);
  return foreignSets(standing, run, written ?? run.snapshot.sets);
}

function noFence(record: string, reading: Exclude<FenceReading, { kind: 'standing' }>): string {
  const found = reading.kind === 'none' ? 'none' : `something else (${reading.why})`;
  return `${fenceAt(record)}: expected the fence that this run found or wrote, found ${found}.`;
}

function wasReset(record: string, { gen, owner }: Fence): string {
  return `${record} was reset (fence generation ${gen}, owner ${cleanText(owner, 300)}): this run writes nothing more.`;
}

function otherOwner(record: string, { stage, gen, owner }: Fence): string {
  const who = cleanText(owner, 300);
  return `${fenceAt(record)}: expected the fence of this run, found stage ${stage}, generation ${gen}, owner ${who}: somebody else has written ${record}.`;
}

const fenceAt = (record: string): string => displayName(fenceName(record));

/** `www.example.com A: expected 192.0.2.10 (red), found 198.51.100.7, which this run did not write.` */
function foreignSets(standing: Standing, run: RunView, expected: RecordSets): Classified {
  const side = sameSets(expected, run.snapshot.sets) ? 'red' : 'as this run wrote it';
  const types = [...new Set([...expected, ...standing.sets].map(({ type }) => type))].sort();
  const lines = types.flatMap((type) => {
    const [wanted, found] = [expected, standing.sets].map((sets) => sets.filter((set) => set.type === type));
    return sameSets(wanted ?? [], found ?? [])
      ? []
      : [difference(`${run.record} ${type}`, wanted ?? [], { found: found ?? [], side })];
  });
  return foreign(lines.join(' '));
}

function difference(name: string, expected: RecordSets, { found, side }: { found: RecordSets; side: string }): string {
  const briefly = [describe(expected, inBrief), describe(found, inBrief)];
  const [wanted = '', seen = ''] =
    briefly[0] === briefly[1] ? [describe(expected, inFull), describe(found, inFull)] : briefly;
  return `${name}: expected ${wanted} (${side}), found ${seen}, which this run did not write.`;
}

function describe(sets: RecordSets, word: (set: RecordSet) => string): string {
  return sets.length === 0 ? 'no record' : sets.map(word).sort().join(' and ');
}

function inBrief(set: RecordSet): string {
  const values = shownValues(addressOf(set))
    .map((value) => cleanText(value, 100))
    .sort()
    .join(', ');
  return set.weight === null ? values : `${values} with weight ${set.weight}`;
}

/** Where values and weights are equal, the difference is in the rest. */
function inFull(set: RecordSet): string {
  const { ttl, setIdentifier, healthCheckId, alias, other } = set;
  return cleanText(`${inBrief(set)} ${JSON.stringify({ ttl, setIdentifier, healthCheckId, alias, other })}`, 400);
}
