import fc from 'fast-check';
import { errorChances, errorDraw } from '../../../bench/draw-errors.ts';
import { seededRandom } from '../../../sandbox/dns/random.ts';
import { judgeComparison, observe, startComparison } from '../../../src/core/metrics/compare-sides.ts';
import type { Comparison, CompareRule, Tick } from '../../../src/core/metrics/compare-sides.ts';
import { measureDispersion, type Dispersion } from '../../../src/core/metrics/dispersion.ts';

const RULE: CompareRule = { alpha: 0.05, minEffect: 1.5, minRequests: 100 };
/** What is compared by the proof alone. */
const BARE: CompareRule = { alpha: 0.05, minEffect: 1, minRequests: 1 };
/** No proof is enough, so that a comparison goes on. */
const ENDLESS: CompareRule = { ...BARE, alpha: 1e-300 };
const ONE_BY_ONE: Dispersion = { rho: 0, ticks: 30, cautious: false };
const START = startComparison(ONE_BY_ONE);

/** `tick([errors, requests] of black, the same of red)` */
function tick([blackErrors, ofBlack]: readonly [number, number], [redErrors, ofRed]: readonly [number, number]): Tick {
  return { black: { requests: ofBlack, errors: blackErrors }, red: { requests: ofRed, errors: redErrors } };
}

const after = (ticks: readonly Tick[], rule = RULE, start = START): Comparison =>
  ticks.reduce<Comparison>((state, each) => observe(state, each, rule), start);

const evidence = ({ logProducts }: Comparison): number =>
  logProducts.reduce((sum, log) => sum + Math.exp(log), 0) / logProducts.length;

describe('the evidence', () => {
  test('of a first tick is that of the five ratios around 1 %', () => {
    // Reckoned apart from the code, from the formula of the paper.
    const { logProducts } = after([tick([20, 500], [5, 500])]);
    expect(logProducts.map((log) => log.toFixed(5))).toEqual(['2.55903', '3.77129', '4.70689', '4.80236', '3.52367']);
  });
  test('of a second tick is multiplied, around the rate of the first alone', () => {
    const { logProducts } = after([tick([20, 500], [5, 500]), tick([3, 50], [8, 950])], ENDLESS);
    expect(logProducts.map((log) => log.toFixed(5))).toEqual(['3.53023', '5.35936', '7.01806', '7.66617', '6.13286']);
  });
  test('is tempered by the larger side where errors come in bursts', () => {
    const one = tick([3, 50], [8, 950]);
    const calm = after([one], RULE, startComparison({ ...ONE_BY_ONE, rho: 0.01 }));
    const plain = after([one]);
    for (const [index, log] of plain.logProducts.entries()) {
      expect(calm.logProducts[index]).toBeCloseTo(log / (1 + 949 * 0.01), 10);
    }
  });
  test('of ticks of one request each is not made more by bursts', () => {
    const one = tick([1, 1], [0, 1]);
    expect(after([one], RULE, startComparison({ ...ONE_BY_ONE, rho: 0.5 })).logProducts).toEqual(
      after([one]).logProducts,
    );
  });
  test('has an end where red fails so often that black cannot fail ten times as often', () => {
    const ill = Array.from({ length: 3 }, () => tick([45, 50], [500, 1_000]));
    const { logProducts } = after(ill, ENDLESS);
    expect(logProducts.every(Number.isFinite)).toBe(true);
    expect(judgeComparison(after(ill), RULE).kind).toBe('worse');
  });
  test('stays a number where everything fails, so often that counts lose their last digits', () => {
    const all = Array.from({ length: 120 }, () => tick([9e15, 9e15], [9e15, 9e15]));
    expect(after([...all, tick([1, 1], [9e15, 9e15])], ENDLESS).logProducts.every(Number.isFinite)).toBe(true);
  });
});

describe('under equal rates', () => {
  const states = [
    START,
    after([tick([0, 50], [3, 500])], BARE),
    after([tick([2, 50], [9, 500]), tick([1, 20], [90, 500])], BARE),
    after([tick([300, 400], [200, 400])], ENDLESS),
  ];
  const sizes = [
    { black: 3, red: 20 },
    { black: 20, red: 3 },
  ];
  const cases = states.flatMap((state, index) =>
    [0.001, 0.05, 0.5, 0.999].flatMap((rate) => sizes.map((size) => ({ index, state, rate, size }))),
  );
  /** By how much one tick multiplies the evidence for each ratio on average, over everything that can happen in it. */
  function growth(state: Comparison, size: { black: number; red: number }, rates: readonly [number, number]) {
    const ofBlack = errorChances(size.black, { rate: rates[0], rho: 0 });
    const ofRed = errorChances(size.red, { rate: rates[1], rho: 0 });
    const outcomes = ofBlack.flatMap((chance, black) =>
      ofRed.map((other, red) => ({
        chance: chance * other,
        after: observe(state, tick([black, size.black], [red, size.red]), ENDLESS).logProducts,
      })),
    );
    return state.logProducts.map((log, ratio) =>
      outcomes.reduce((sum, { chance, after }) => sum + chance * Math.exp((after[ratio] ?? 0) - log), 0),
    );
  }

  test.each(cases)('no tick proves anything on average (state $index, rate $rate, $size)', ({ state, size, rate }) => {
    expect(Math.max(...growth(state, size, [rate, rate]))).toBeLessThanOrEqual(1 + 1e-9);
  });
  test.each(cases)('nor where black fails half as often (state $index, rate $rate, $size)', ({ state, size, rate }) => {
    expect(Math.max(...growth(state, size, [rate / 2, rate]))).toBeLessThanOrEqual(1 + 1e-9);
  });
  test('but one does where black fails twice as often', () => {
    expect(Math.min(...growth(START, { black: 10, red: 10 }, [0.02, 0.01]))).toBeGreaterThan(1);
  });
  test.each([0.001, 0.01, 0.05, 0.2])('the mean evidence after ten ticks at %d is 1 at most', (rate) => {
    const random = seededRandom(10);
    const [black, red] = [errorDraw(50, { rate, rho: 0 }), errorDraw(100, { rate, rho: 0 })];
    const ticks = () => Array.from({ length: 10 }, () => tick([black(random), 50], [red(random), 100]));
    const all = Array.from({ length: 1_000 }, () => evidence(after(ticks(), ENDLESS)));
    expect(all.reduce((sum, each) => sum + each, 0) / all.length).toBeLessThan(1.1);
  });
});

describe('deployments that are looked at after every tick', () => {
  /** How many of 300 are called worse within 120 ticks. */
  function alarms(ratio: number, rho: number): number {
    const random = seededRandom(300);
    const [before, red] = [errorDraw(1_000, { rate: 0.01, rho }), errorDraw(500, { rate: 0.01, rho })];
    const black = errorDraw(500, { rate: ratio * 0.01, rho });
    const isCalledWorse = (): boolean => {
      const quiet = Array.from({ length: 30 }, () => ({ requests: 1_000, errors: before(random) }));
      const ticks = Array.from({ length: 120 }, () => tick([black(random), 500], [red(random), 500]));
      const start = startComparison(measureDispersion(quiet));
      return judgeComparison(after(ticks, BARE, start), BARE).kind === 'worse';
    };
    return Array.from({ length: 300 }, isCalledWorse).filter(Boolean).length;
  }

  test.each([0, 0.01])('are not rolled back for nothing, with bursts of rho %d', (rho) => {
    expect(alarms(1, rho)).toBeLessThanOrEqual(15);
  });
  test('are rolled back where black fails twice as often', () => {
    expect(alarms(2, 0)).toBe(300);
    expect(alarms(2, 0.01)).toBeGreaterThan(270);
  });
});

describe('the verdict', () => {
  const judged = (ticks: readonly Tick[], rule = RULE) => judgeComparison(after(ticks, rule), rule);

  test('says how often black and red failed, and how strong the proof is', () => {
    expect(judged([tick([20, 500], [5, 500])])).toEqual({
      kind: 'worse',
      reason:
        'black failed 20 of 500 requests (4 %), red 5 of 500 (1 %), 4 times as often: evidence 64.5, and 20 is enough',
    });
  });
  test('says that there is no proof yet, and calls no black better', () => {
    expect(judged([tick([1, 500], [25, 500])])).toEqual({
      kind: 'not-worse-so-far',
      reason:
        'black failed 1 of 500 requests (0.2 %), red 25 of 500 (5 %), 0.04 times as often: evidence under 0.1, and 20 is needed',
    });
  });
  test('needs no error of red', () => {
    expect(judged([tick([20, 500], [0, 9_500])]).reason).toMatch(
      /^black failed 20 of 500 requests \(4 %\), red none of 9500: evidence over 1000000, and 20 is enough$/,
    );
    expect(judged([tick([0, 500], [0, 500])]).reason).toMatch(/^black failed none of 500 requests, red none of 500: /);
  });
  test('is too little while black has served too little, whatever it failed', () => {
    expect(judged([tick([99, 99], [0, 9_500])])).toEqual({
      kind: 'too-little',
      reason: 'black served 99 of the 100 requests that a comparison with red takes',
    });
    expect(judged([tick([99, 99], [0, 9_500]), tick([1, 1], [0, 95])]).kind).toBe('worse');
  });
  test('is too little without any request, even where none is asked for (D7)', () => {
    expect(judged([], { ...RULE, minRequests: 0 }).kind).toBe('too-little');
  });
  test('lets an effect through that is proven but slight', () => {
    const slight = Array.from({ length: 40 }, () => tick([650, 50_000], [500, 50_000]));
    expect(judged(slight)).toEqual({
      kind: 'not-worse-so-far',
      reason: expect.stringMatching(
        /1.3 times as often: evidence over 1000000, and 20 is enough, but below 1.5 times nothing is done$/,
      ) as string,
    });
    expect(judged(slight, { ...RULE, minEffect: 1.3 }).kind).toBe('worse');
  });
  test('says where bursts were assumed', () => {
    const state = after([tick([5, 500], [5, 500])], RULE, startComparison(measureDispersion([])));
    expect(judgeComparison(state, RULE).reason).toMatch(
      / \(0 ticks of red before the cutover tell nothing of bursts: rho 0.01 is assumed\)$/,
    );
  });
  test('does not show evidence that is short of enough as enough', () => {
    const state: Comparison = { ...after([tick([9, 500], [5, 500])]), logProducts: [Math.log(19.99)] };
    expect(judgeComparison(state, RULE)).toMatchObject({
      kind: 'not-worse-so-far',
      reason: expect.stringContaining('evidence 19.9, and 20 is needed') as string,
    });
  });
  test('stays what it is once black is worse, so that asking late misses nothing', () => {
    const worse = after([tick([20, 500], [5, 500])]);
    const healed = Array.from({ length: 50 }, () => tick([0, 500], [50, 500]));
    expect(after(healed, RULE, worse)).toBe(worse);
  });
});

const counts = (most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most }))
    .map(([requests, errors]) => ({ requests, errors: Math.min(errors, requests) }));
const someTicks = fc.array(fc.record({ black: counts(2_000), red: counts(2_000) }), { maxLength: 12 });
const anyCount = fc.record({ requests: fc.double(), errors: fc.double() });
const anyTicks = fc.array(
  fc.record({ black: fc.oneof(anyCount, counts(2_000)), red: fc.oneof(anyCount, counts(2_000)) }),
  { maxLength: 12 },
);
const dispersions = fc.record({
  rho: fc.double({ min: 0, max: 1, noNaN: true }),
  ticks: fc.nat({ max: 100 }),
  cautious: fc.boolean(),
});
const rules = fc.record({
  alpha: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
  minEffect: fc.double({ min: 1, max: 5, noNaN: true }),
  minRequests: fc.nat({ max: 3_000 }),
});
/** A comparison on its way. */
const underWay = fc.tuple(someTicks, dispersions, rules).map(([ticks, dispersion, rule]) => ({
  state: after(ticks, rule, startComparison(dispersion)),
  rule,
}));

describe('whatever was seen', () => {
  test('one more error of black never speaks for black', () => {
    fc.assert(
      fc.property(underWay, counts(2_000), counts(2_000), ({ state, rule }, black, red) => {
        const more = { ...black, errors: Math.min(black.requests, black.errors + 1) };
        const [fewer, worse] = [observe(state, { black, red }, rule), observe(state, { black: more, red }, rule)];
        for (const [index, log] of fewer.logProducts.entries()) {
          expect(worse.logProducts[index]).toBeGreaterThanOrEqual(log - 1e-9);
        }
        if (judgeComparison(fewer, rule).kind === 'worse') expect(judgeComparison(worse, rule).kind).toBe('worse');
      }),
    );
  });
  test('one more error of red never speaks against black', () => {
    fc.assert(
      fc.property(underWay, counts(2_000), counts(2_000), ({ state, rule }, black, red) => {
        const more = { ...red, errors: Math.min(red.requests, red.errors + 1) };
        const [fewer, iller] = [observe(state, { black, red }, rule), observe(state, { black, red: more }, rule)];
        for (const [index, log] of fewer.logProducts.entries()) {
          expect(iller.logProducts[index]).toBeLessThanOrEqual(log + 1e-9);
        }
      }),
    );
  });
  test('a tick in which a side served nothing, or could not be read, changes nothing', () => {
    const nothing = fc.constantFrom(
      { requests: 0, errors: 0 },
      { requests: 0.4, errors: 0.4 },
      { requests: NaN, errors: 1 },
      { requests: 10, errors: -1 },
    );
    fc.assert(
      fc.property(underWay, nothing, counts(2_000), ({ state, rule }, none, other) => {
        expect(observe(state, { black: none, red: other }, rule)).toBe(state);
        expect(observe(state, { black: other, red: none }, rule)).toBe(state);
      }),
    );
  });
  test('a comparison goes through JSON and goes on as if it had not', () => {
    fc.assert(
      fc.property(anyTicks, anyTicks, fc.tuple(dispersions, rules), (first, then, [dispersion, rule]) => {
        const state = after(first, rule, startComparison(dispersion));
        const read = JSON.parse(JSON.stringify(state)) as Comparison;
        expect(read).toEqual(state);
        expect(after(then, rule, read)).toEqual(after(then, rule, state));
      }),
    );
  });
  test('black is never called worse below the requests that are asked for', () => {
    fc.assert(
      fc.property(someTicks, dispersions, rules, (ticks, dispersion, rule) => {
        const state = after(ticks, rule, startComparison(dispersion));
        const few = state.black.requests < Math.max(1, rule.minRequests);
        expect(judgeComparison(state, rule).kind === 'too-little').toBe(few);
      }),
    );
  });
  test('nothing throws, and everything stays a finite number', () => {
    fc.assert(
      fc.property(anyTicks, dispersions, rules, (ticks, dispersion, rule) => {
        const state = after(ticks, rule, startComparison(dispersion));
        const { black, red, logProducts } = state;
        const numbers = [black.requests, black.errors, red.requests, red.errors, ...logProducts];
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(judgeComparison(state, rule).reason).not.toMatch(/NaN|Infinity|undefined/);
      }),
    );
  });
});
