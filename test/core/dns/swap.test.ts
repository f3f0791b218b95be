import fc from 'fast-check';
import { hashSets, sameSet, sameSets } from '../../../src/core/dns/record-set.ts';
import type { RecordSet, RecordSets } from '../../../src/core/dns/record-set.ts';
import { batchSize, fits, swap } from '../../../src/core/dns/swap.ts';
import { applyBatch } from './model-zone.ts';
import { alias, simple, txt, weighted } from './record-sets.ts';

const RED = simple('A', ['192.0.2.10']);
const BLACK = simple('A', ['192.0.2.20']);
const FENCE = txt(['"v=1 gen=1"']);
const NEXT = txt(['"v=1 gen=2"']);

/** Zones that Route 53 could hold: one set or several weighted ones for A, perhaps one AAAA. */
const zones: fc.Arbitrary<RecordSets> = fc
  .tuple(
    fc.option(
      fc.oneof(
        fc.constantFrom(RED, BLACK, simple('A', ['192.0.2.10'], 61)).map((set) => [set]),
        fc
          .uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 })
          .map((ids) => ids.map((id) => weighted(RED, `s${id}`, id))),
      ),
    ),
    fc.option(fc.constantFrom(simple('AAAA', ['2001:db8::1']), simple('AAAA', ['2001:db8::2']))),
    fc.option(fc.constantFrom(FENCE, NEXT)),
  )
  .map(([a, six, fence]) => [...(a ?? []), ...(six === null ? [] : [six]), ...(fence === null ? [] : [fence])]);

const standing = (zone: RecordSets): { sets: RecordSets; fence: RecordSet | null } => ({
  sets: zone.filter(({ type }) => type !== 'TXT'),
  fence: zone.find(({ type }) => type === 'TXT') ?? null,
});

describe('a swap', () => {
  test('deletes what was read, then creates what is wanted, the fence in the same batch', () => {
    expect(swap({ sets: [RED], fence: FENCE }, { sets: [BLACK], fence: NEXT })).toEqual([
      { action: 'DELETE', set: RED },
      { action: 'DELETE', set: FENCE },
      { action: 'CREATE', set: BLACK },
      { action: 'CREATE', set: NEXT },
    ]);
  });

  test('leaves what is in both alone, however its values are ordered', () => {
    const [one, two] = [simple('A', ['192.0.2.1', '192.0.2.2']), simple('A', ['192.0.2.2', '192.0.2.1'])];
    expect(swap({ sets: [one], fence: null }, { sets: [two], fence: null })).toEqual([]);
  });

  test('turns any zone into any other, and is empty only where they are the same', () => {
    fc.assert(
      fc.property(zones, zones, (from, to) => {
        const batch = swap(standing(from), standing(to));
        expect(sameSets(applyBatch(from, batch), to)).toBe(true);
        expect(batch.length === 0).toBe(sameSets(from, to));
      }),
    );
  });

  test('changes nothing where anything that it would replace stands otherwise (D2)', () => {
    fc.assert(
      fc.property(zones, zones, zones, (from, to, found) => {
        const batch = swap(standing(from), standing(to));
        const stale = batch.some(({ action, set }) => action === 'DELETE' && !found.some((each) => sameSet(each, set)));
        if (stale) expect(() => applyBatch(found, batch)).toThrow(/tried to/);
      }),
    );
  });

  test('loses against every other state once the fence has moved on (D2, D3)', () => {
    fc.assert(
      fc.property(zones, zones, zones, (from, to, found) => {
        const mine = { ...standing(from), fence: FENCE };
        const batch = swap(mine, { ...standing(to), fence: NEXT });
        const zone = [...standing(found).sets, txt(['"v=1 gen=9"'])];
        expect(() => applyBatch(zone, batch)).toThrow(/tried to delete/);
      }),
    );
  });
});

describe('the size of a batch', () => {
  test('counts deletes as much as creates, and an alias as one element', () => {
    const batch = swap(
      { sets: [simple('A', ['192.0.2.10', '192.0.2.11'])], fence: FENCE },
      { sets: [alias('A', 'd1.cloudfront.net.')], fence: NEXT },
    );
    expect(batchSize(batch)).toEqual({ elements: 5, characters: 20 + 2 * '"v=1 gen=1"'.length });
  });
  test.each([
    [1_000, 32, true],
    [1_001, 1, false],
    [1_000, 33, false],
  ])('%i values of %i characters fit: %s', (count, length, expected) => {
    const values = Array.from({ length: count }, () => 'x'.repeat(length));
    const batch = swap({ sets: [], fence: null }, { sets: [simple('A', values)], fence: null });
    expect(fits(batchSize(batch))).toBe(expected);
  });
});

describe('record sets are the same', () => {
  test.each<[string, RecordSet, boolean]>([
    ['in another order of values', simple('A', ['192.0.2.11', '192.0.2.10']), true],
    ['with another TTL', simple('A', ['192.0.2.10', '192.0.2.11'], 61), false],
    [
      'with a field that this code does not know',
      { ...simple('A', ['192.0.2.10', '192.0.2.11']), other: { Region: 'x' } },
      false,
    ],
    ['with a value less', simple('A', ['192.0.2.10']), false],
    ['of another type', simple('AAAA', ['192.0.2.10', '192.0.2.11']), false],
    ['with an identifier', weighted(simple('A', ['192.0.2.10', '192.0.2.11']), 'x', 1), false],
  ])('%s', (_, set, expected) => {
    const base = simple('A', ['192.0.2.10', '192.0.2.11']);
    expect(sameSet(base, set)).toBe(expected);
    expect(sameSets([base, FENCE], [FENCE, set])).toBe(expected);
    expect(hashSets([base, FENCE]) === hashSets([FENCE, set])).toBe(expected);
  });
  test('not where one is missing', () => {
    expect(sameSets([RED], [RED, BLACK])).toBe(false);
    expect(sameSets([], [])).toBe(true);
  });
});
