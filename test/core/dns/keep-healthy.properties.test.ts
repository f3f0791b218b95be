import fc from 'fast-check';
import { mayGoBack, mayStep, type RecordHealth, type SideHealth } from '../../../src/core/dns/keep-healthy.ts';

/** What no example can show: whatever is known of however many records, the rule counts what would serve, and nothing else. */

const side = fc.constantFrom<SideHealth>('healthy', 'ill', 'unknown');
const fleets = fc
  .array(fc.record({ red: side, black: side }), { minLength: 1, maxLength: 7 })
  .map((all) => all.map((sides, at): RecordHealth => ({ record: `r${at}`, ...sides })));
const shares = fc.constantFrom(0, 1, 10, 50, 99, 100);
const rules = fc.integer({ min: 1, max: 8 });

/** Sides that answer at a share, told without the code that is tested. */
const serving = ({ red, black }: RecordHealth, share: number): readonly SideHealth[] => [
  ...(share < 100 ? [red] : []),
  ...(share > 0 ? [black] : []),
];

const anyWorse = (records: readonly RecordHealth[], which: number): readonly RecordHealth[] =>
  records.map((one, at) => (at === which % records.length ? { ...one, red: 'ill', black: 'ill' } : one));

describe('a step', () => {
  test('is taken exactly where as many records as the rule says serve from sides that are known to be healthy (D7)', () => {
    fc.assert(
      fc.property(rules, fleets, shares, (rule, records, share) => {
        const healthy = records.filter((one) => serving(one, share).every((each) => each === 'healthy')).length;
        expect(mayStep(rule, records, share).kind).toBe(healthy >= rule ? 'kept' : 'broken');
      }),
    );
  });

  test('is not made allowed by a record that turns ill, nor by a stricter rule, nor by the order of the records', () => {
    fc.assert(
      fc.property(rules, fleets, shares, fc.nat(), (rule, records, share, which) => {
        const { kind } = mayStep(rule, records, share);
        expect(mayStep(rule, [...records].reverse(), share).kind).toBe(kind);
        if (kind === 'kept') return;
        expect(mayStep(rule + 1, records, share).kind).toBe('broken');
        expect(mayStep(rule, anyWorse(records, which), share).kind).toBe('broken');
      }),
    );
  });
});

describe('a rollback', () => {
  const known = (records: readonly RecordHealth[]): readonly RecordHealth[] => {
    const told = (each: SideHealth): SideHealth => (each === 'unknown' ? 'healthy' : each);
    return records.map(({ record, red, black }) => ({ record, red: told(red), black: told(black) }));
  };

  test('is kept back by what is known to be ill alone: it waits for no measurement (D8)', () => {
    fc.assert(
      fc.property(rules, fleets, shares, (rule, records, share) => {
        expect(mayGoBack(rule, records, share).kind).toBe(mayGoBack(rule, known(records), share).kind);
      }),
    );
  });

  test('is kept back only where it would leave fewer records healthy than the rule, and fewer than staying (D3)', () => {
    fc.assert(
      fc.property(rules, fleets, shares, (rule, records, share) => {
        const illBack = records.filter(({ red }) => red === 'ill').length;
        const illHere = records.filter((one) => serving(one, share).includes('ill')).length;
        const broken = illBack > illHere && records.length - illBack < rule;
        expect(mayGoBack(rule, records, share).kind).toBe(broken ? 'broken' : 'kept');
        expect(mayGoBack(rule, [...records].reverse(), share).kind).toBe(broken ? 'broken' : 'kept');
      }),
    );
  });
});
