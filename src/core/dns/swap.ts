import { setKey } from './record-set.ts';
import type { RecordSet, RecordSets } from './record-set.ts';
import type { Standing } from './snapshot.ts';

/** One change of a batch. There is no UPSERT: it would overwrite whatever stands there (D2). */
export interface Change {
  readonly action: 'CREATE' | 'DELETE';
  readonly set: RecordSet;
}

/** What Route 53 applies whole or not at all, in this order. */
export type Batch = readonly Change[];

/**
 * The batch that turns `from` into `to` and nothing else, fence included: Route 53 accepts it only while what it
 * deletes stands exactly so, and what it creates stands not at all (D2). Deletes come first, because a CNAME or a simple set must
 * be gone before its successor is checked; both are one operation, so the name never vanishes (D5).
 */
export function swap(from: Standing, to: Standing): Batch {
  const [before, after] = [allSets(from), allSets(to)];
  return [
    ...minus(before, after).map((set): Change => ({ action: 'DELETE', set })),
    ...minus(after, before).map((set): Change => ({ action: 'CREATE', set })),
  ];
}

/** What a batch weighs: `ResourceRecord` elements (an alias is one) and characters of their values. */
export interface BatchSize {
  readonly elements: number;
  readonly characters: number;
}

/** The limits of one ChangeResourceRecordSets request: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
export const BATCH_LIMIT: BatchSize = { elements: 1_000, characters: 32_000 };

/** The size of a batch as Route 53 counts it: deletes as much as creates. */
export function batchSize(batch: Batch): BatchSize {
  return {
    elements: sum(batch.map(({ set }) => Math.max(1, set.values.length))),
    characters: sum(batch.flatMap(({ set }) => set.values.map((value) => value.length))),
  };
}

/** Whether Route 53 takes batches of that size, together, in one request. */
export function fits({ elements, characters }: BatchSize, limit: BatchSize = BATCH_LIMIT): boolean {
  return elements <= limit.elements && characters <= limit.characters;
}

function allSets(standing: Standing): RecordSets {
  return standing.fence === null ? standing.sets : [...standing.sets, standing.fence];
}

function minus(sets: RecordSets, others: RecordSets): RecordSets {
  const known = new Set(others.map(setKey));
  return sets.filter((set) => !known.has(setKey(set)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
