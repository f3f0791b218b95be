import fc from 'fast-check';
import { errorDraw } from '../../../bench/draw-errors.ts';
import { seededRandom } from '../../../sandbox/dns/random.ts';
import { measureDispersion } from '../../../src/core/metrics/dispersion.ts';
import type { SideCount } from '../../../src/core/metrics/side-count.ts';

const tick = (requests: number, errors: number): SideCount => ({ requests, errors });

/** As many ticks, of which every other one has more errors. */
const swinging = (length: number, [less, more]: readonly [number, number]): readonly SideCount[] =>
  Array.from({ length }, (_, index) => tick(1_000, index % 2 === 0 ? less : more));

/** What is measured in many stretches of 30 ticks before a cutover, smallest first. */
function measured(rho: number): readonly number[] {
  const random = seededRandom(30);
  const draw = errorDraw(1_000, { rate: 0.01, rho });
  const stretch = () => Array.from({ length: 30 }, () => tick(1_000, draw(random)));
  return Array.from({ length: 300 }, () => measureDispersion(stretch()).rho).sort((a, b) => a - b);
}

test("takes Pearson's phi at its upper bound", () => {
  // 30 x 5² / 9.9 = 75.76; the tenth percentile of chi-squared with 29 degrees is 19.768: phi 3.832 over 1,000 requests.
  const { rho, ticks, cautious } = measureDispersion(swinging(30, [5, 15]));
  expect(rho).toBeCloseTo((75.7576 / 19.768 - 1) / 999, 5);
  expect({ ticks, cautious }).toEqual({ ticks: 30, cautious: false });
});

test('takes errors that are more even than chance for no bursts, never for less than none', () => {
  expect(measureDispersion(swinging(30, [10, 10]))).toEqual({ rho: 0, ticks: 30, cautious: false });
});

test('takes no stretch for more than all or none', () => {
  const { rho } = measureDispersion([tick(1_000, 1_000), ...swinging(29, [0, 0])]);
  expect(rho).toBe(1);
});

test.each([
  ['no tick', [], 0],
  ['fewer than 20 ticks', swinging(19, [5, 15]), 19],
  ['ticks that served nothing', [...swinging(19, [5, 15]), tick(0, 0), tick(0.2, 0)], 19],
  ['ticks that could not be read', [...swinging(19, [5, 15]), tick(NaN, 0), tick(10, -1)], 19],
  ['ticks without an error', swinging(30, [0, 0]), 30],
  ['ticks in which all failed', swinging(30, [1_000, 1_000]), 30],
  ['ticks of a single request', Array.from({ length: 30 }, (_, index) => tick(1, index % 2)), 30],
])('assumes a cautious rho after %s, and says so', (_what, counts, ticks) => {
  expect(measureDispersion(counts)).toEqual({ rho: 0.01, ticks, cautious: true });
});

test('measures as soon as there are 20 ticks', () => {
  expect(measureDispersion(swinging(20, [5, 15])).cautious).toBe(false);
});

test('seldom finds bursts smaller than they are, and errors that come one by one hardly burst', () => {
  const bursts = measured(0.01);
  expect(bursts.filter((rho) => rho < 0.01).length / bursts.length).toBeLessThan(0.25);
  expect(bursts[150]).toBeLessThan(0.02);
  expect(measured(0)[150]).toBeLessThan(0.0006);
});

test('never throws, and finds something between nothing and all', () => {
  const any = fc.record({ requests: fc.double(), errors: fc.double() });
  const likely = fc.record({ requests: fc.integer({ min: 0, max: 2_000 }), errors: fc.double({ min: 0, max: 50 }) });
  fc.assert(
    fc.property(fc.array(fc.oneof(any, likely), { maxLength: 60 }), (counts) => {
      const { rho } = measureDispersion(counts);
      expect(rho).toBeGreaterThanOrEqual(0);
      expect(rho).toBeLessThanOrEqual(1);
    }),
  );
});
