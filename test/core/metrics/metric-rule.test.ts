import fc from 'fast-check';
import {
  addLook,
  isBad,
  judgeSamples,
  NO_LOOKS,
  readFailWhen,
  type Look,
  type SampleRule,
} from '../../../src/core/metrics/metric-rule.ts';

const RULE: SampleRule = { bad: 3, of: 5, min: 5, afterMs: 0, everyMs: 1_000 };
const ABOVE = { operator: '>', bound: 0.01 } as const;

const seen = (...values: readonly (number | null)[]) =>
  values.reduce<ReturnType<typeof addLook>>(
    (looks, value, index) =>
      addLook(looks, { at: index * 1_000, value, why: value === null ? 'HTTP 503' : null }, RULE),
    NO_LOOKS,
  );

const judged = (values: readonly (number | null)[], now = values.length * 1_000) =>
  judgeSamples({ looks: seen(...values), failWhen: ABOVE, rule: RULE, now, maxAgeMs: 3_000 });

test.each([
  ['> 0.01', { operator: '>', bound: 0.01 }],
  ['>=5', { operator: '>=', bound: 5 }],
  ['  < -1e-3 ', { operator: '<', bound: -0.001 }],
  ['<= .5', { operator: '<=', bound: 0.5 }],
])('reads %s', (text, expected) => {
  expect(readFailWhen(text)).toEqual(expected);
});

test.each(['', '0.01', '> ', '> NaN', '> Infinity', '> 1e999', '=> 1', '== 1', '> 1 or 1', '> 0x10'])(
  'refuses %j, which is no comparison with a number',
  (text) => {
    expect(readFailWhen(text)).toBeNull();
  },
);

test.each([
  ['>', false, true],
  ['>=', true, true],
  ['<', false, false],
  ['<=', true, false],
] as const)('a number on the bound of failWhen %s is bad: %s, and one above it: %s', (operator, on, above) => {
  expect(isBad(0.01, { operator, bound: 0.01 })).toBe(on);
  expect(isBad(0.02, { operator, bound: 0.01 })).toBe(above);
});

test.each<[string, readonly (number | null)[], string, RegExp]>([
  [
    'fails at M of N, however few there have been',
    [1, 1, 1],
    'fail',
    /3 of the last 3 samples > 0\.01: 1 at 00:00:00 UTC/,
  ],
  ['passes from the minimum on', [0, 0, 0, 0, 0], 'pass', /none of the last 5 samples > 0\.01, last 0/],
  ['does not pass before', [0, 0, 0, 0], 'inconclusive', /4 of the 5 samples that it takes/],
  ['does not pass without a look (D7)', [], 'inconclusive', /nothing has been measured/],
  ['forgets what left the window', [1, 1, 0, 0, 0, 0, 0], 'pass', /none of/],
  ['passes with less than M bad ones', [0, 1, 0, 1, 0], 'pass', /2 of the last 5/],
  [
    'counts looks without a number as if they had been bad (D7)',
    [0, 0, 1, null, null],
    'inconclusive',
    /2 of the last 5 looks gave no number: HTTP 503/,
  ],
  ['passes with one blind look', [0, 0, 0, 0, 0, null], 'pass', /none/],
])('%s', (_name, values, kind, reason) => {
  const verdict = judged(values);
  expect(verdict.kind).toBe(kind);
  expect(verdict.reason).toMatch(reason);
});

test('does not pass on numbers of long ago (D7)', () => {
  expect(judged([0, 0, 0, 0, 0], 20_000)).toMatchObject({
    kind: 'inconclusive',
    reason: 'nothing measured since 00:00:04 UTC',
  });
});

test('never passes a window that would fail if its blind looks had been bad (D7)', () => {
  const look = fc.oneof(fc.constant(null), fc.constantFrom(0, 1));
  fc.assert(
    fc.property(fc.array(look, { maxLength: 12 }), (values) => {
      const worst = values.slice(-RULE.of).filter((value) => value === null || value === 1).length;
      const verdict = judged(values);
      if (verdict.kind === 'pass') {
        expect(worst).toBeLessThan(RULE.bad);
        expect(values.filter((value) => value !== null).length).toBeGreaterThanOrEqual(RULE.min);
      }
      const bad = values.slice(-RULE.of).filter((value) => value === 1).length;
      expect(verdict.kind === 'fail').toBe(bad >= RULE.bad);
    }),
  );
});

test('keeps no more looks than it judges by', () => {
  const looks: readonly Look[] = seen(...Array.from({ length: 50 }, () => 0)).newest;
  expect(looks).toHaveLength(RULE.of);
});
