import { sameSet } from '../../../src/core/dns/record-set.ts';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';
import type { Batch, Change } from '../../../src/core/dns/swap.ts';

/** The rules of Route 53 that a batch can break, on a list of sets: whole or not at all. Throws with the rule that was broken. */
export function applyBatch(zone: RecordSets, batch: Batch): RecordSets {
  const after = batch.reduce(applyChange, zone);
  for (const set of after) checkSet(set, after);
  return after;
}

/** What one type of a name answers: values and alias targets, each with its part of the answers; empty when it is gone. */
export function answers(zone: RecordSets, type: string): ReadonlyMap<string, number> {
  const sets = zone.filter((set) => set.type === type);
  const sum = sets.reduce((total, set) => total + (set.weight ?? 1), 0);
  const parts = new Map<string, number>();
  for (const set of sets) {
    const part = sum === 0 ? 1 / sets.length : (set.weight ?? 1) / sum;
    const values = set.alias === null ? set.values : [set.alias.dnsName];
    for (const value of part === 0 ? [] : values) parts.set(value, (parts.get(value) ?? 0) + part / values.length);
  }
  return parts;
}

function applyChange(zone: RecordSets, { action, set }: Change): RecordSets {
  const standing = zone.filter(
    (each) => each.name === set.name && each.type === set.type && each.setIdentifier === set.setIdentifier,
  );
  if (action === 'CREATE') {
    if (standing.length > 0) throw new Error(`tried to create ${set.type}, but it already exists`);
    return [...zone, set];
  }
  const [found] = standing;
  if (found === undefined || !sameSet(found, set))
    throw new Error(`tried to delete ${set.type}, but the values do not match`);
  return zone.filter((each) => each !== found);
}

function checkSet(set: RecordSet, zone: RecordSets): void {
  const siblings = zone.filter((each) => each.name === set.name && each.type === set.type);
  const rules: [boolean, string][] = [
    [(set.ttl === null) === (set.alias !== null), 'an alias has no TTL, any other set has one'],
    [set.alias === null ? set.values.length > 0 : set.values.length === 0, 'a set has values or an alias'],
    [(set.weight === null) === (set.setIdentifier === null), 'weight and identifier go together'],
    [
      siblings.length === 1 || siblings.every((each) => each.weight !== null),
      'weighted and simple sets exclude each other',
    ],
    [siblings.length <= 100, 'at most 100 weighted sets'],
    [
      new Set(siblings.filter((each) => each.alias === null).map((each) => each.ttl)).size <= 1,
      'weighted sets have one TTL',
    ],
    [
      set.weight === null || (Number.isInteger(set.weight) && set.weight >= 0 && set.weight <= 255),
      'weights are 0 to 255',
    ],
    [set.weight === null || set.values.length <= 1, 'a weighted set has one value'],
    [
      set.type !== 'CNAME' || !zone.some((each) => each.name === set.name && each.type !== 'CNAME'),
      'a CNAME stands alone',
    ],
  ];
  for (const [good, rule] of rules) if (!good) throw new Error(`${rule}: ${JSON.stringify(set)}`);
}
