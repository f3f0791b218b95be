import { seededRandom, type Random } from '../../sandbox/dns/random.ts';
import { judgeComparison, observe, startComparison } from '../../src/core/metrics/compare-sides.ts';
import type { CompareRule, Tick } from '../../src/core/metrics/compare-sides.ts';
import { measureDispersion } from '../../src/core/metrics/dispersion.ts';
import { errorDraw } from '../draw-errors.ts';
import type { Measure, Row } from '../measure.ts';
import { percentile } from '../statistics.ts';

/** Without the minimums, which only make false alarms rarer. */
const RULE: CompareRule = { alpha: 0.05, minEffect: 1, minRequests: 1 };
/** One-sided, 5 %: what a single look would allow. */
const Z_LIMIT = 1.6449;
const RED_RATE = 0.01;
const BEFORE_TICKS = 30;
const NULL_TICKS = 120;
const EFFECT_TICKS = 240;
const SIZES = [
  { red: 500, black: 500 },
  { red: 950, black: 50 },
] as const;
const KINDS = [
  { errors: 'one by one', rho: 0 },
  { errors: 'in bursts', rho: 0.01 },
] as const;

/** One kind of deployment, many times. */
interface Case {
  readonly size: (typeof SIZES)[number];
  readonly kind: (typeof KINDS)[number];
  readonly ratio: number;
  readonly ticks: number;
}

/** How often a black that is no worse is called worse, and how many requests a black that is worse serves until then. */
export const compareSides: Measure = {
  name: 'compare-sides',
  doing: 'deployments are simulated whose black is compared with red after every tick (some 10 s)',
  run: ({ quick }) => Promise.resolve([...falseAlarms(quick ? 2_000 : 10_000), ...found(quick ? 400 : 2_000)]),
};

function falseAlarms(deployments: number): readonly Row[] {
  return casesOf(1, NULL_TICKS).map((one) => {
    const fired = simulate(one, deployments);
    const percents = [fired.compared, fired.naive].map((at) => (100 * at.filter(Number.isFinite).length) / deployments);
    const [percent = 100, naive = 100] = percents;
    return {
      measure: `false alarms in ${NULL_TICKS} ticks, ${words(one)}`,
      goal: `${100 * RULE.alpha} %`,
      reached: `${percent.toFixed(1)} % of ${deployments}`,
      yardstick: `z-test after every tick: ${naive.toFixed(1)} %`,
      ok: percent <= 100 * RULE.alpha,
    };
  });
}

function found(deployments: number): readonly Row[] {
  return casesOf(2, EFFECT_TICKS).map((one) => {
    const fired = simulate(one, deployments);
    return {
      measure: `black fails twice as often, ${words(one)}`,
      goal: 'none: requests of black until it is seen',
      reached: requests(fired.compared, one),
      yardstick: `z-test after every tick: ${requests(fired.naive, one)}`,
      ok: null,
    };
  });
}

const casesOf = (ratio: number, ticks: number): readonly Case[] =>
  KINDS.flatMap((kind) => SIZES.map((size) => ({ size, kind, ratio, ticks })));

const words = ({ size, kind }: Case): string => `red/black ${size.red}/${size.black} a tick, 1 % errors ${kind.errors}`;

/** `2500 (9 of 10: 6000)`; what was not seen at all has no number. */
function requests(fired: readonly number[], { size, ticks }: Case): string {
  const [half, most] = [50, 90].map((percent) => {
    const at = percentile(fired, percent);
    return Number.isFinite(at) ? String(at * size.black) : `more than ${ticks * size.black}`;
  });
  return `${half} (9 of 10: ${most})`;
}

/** For each deployment the tick at which it was called worse; Infinity where it never was. */
interface Fired {
  readonly compared: readonly number[];
  readonly naive: readonly number[];
}

/** Both tests see the same deployments. */
function simulate(one: Case, deployments: number): Fired {
  const random = seededRandom(one.size.black + one.ratio);
  const draw = drawsOf(one);
  const compared: number[] = [];
  const naive: number[] = [];
  for (let deployment = 0; deployment < deployments; deployment++) {
    const before = Array.from({ length: BEFORE_TICKS }, () => draw.before(random));
    const ticks = Array.from({ length: one.ticks }, () => draw.tick(random));
    compared.push(firesAt(before, ticks));
    naive.push(naiveFiresAt(ticks));
  }
  return { compared, naive };
}

/** Before the cutover red has all requests. */
function drawsOf({ size, kind, ratio }: Case) {
  const all = size.red + size.black;
  const before = errorDraw(all, { rate: RED_RATE, rho: kind.rho });
  const red = errorDraw(size.red, { rate: RED_RATE, rho: kind.rho });
  const black = errorDraw(size.black, { rate: ratio * RED_RATE, rho: kind.rho });
  return {
    before: (random: Random): Tick['red'] => ({ requests: all, errors: before(random) }),
    tick: (random: Random): Tick => ({
      red: { requests: size.red, errors: red(random) },
      black: { requests: size.black, errors: black(random) },
    }),
  };
}

/** A comparison that is over stays as it is, and that tells when it ended: a verdict after every tick would say no more. */
function firesAt(before: readonly Tick['red'][], ticks: readonly Tick[]): number {
  let state = startComparison(measureDispersion(before));
  for (const [index, tick] of ticks.entries()) {
    const next = observe(state, tick, RULE);
    if (next === state) return index;
    state = next;
  }
  return judgeComparison(state, RULE).kind === 'worse' ? ticks.length : Infinity;
}

/** The usual test of two proportions, on the sums so far, as if each look were the only one. */
function naiveFiresAt(ticks: readonly Tick[]): number {
  let [blackRequests, blackErrors, redRequests, redErrors] = [0, 0, 0, 0];
  for (const [index, { black, red }] of ticks.entries()) {
    blackRequests += black.requests;
    blackErrors += black.errors;
    redRequests += red.requests;
    redErrors += red.errors;
    const pooled = (blackErrors + redErrors) / (blackRequests + redRequests);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / blackRequests + 1 / redRequests));
    if (blackErrors / blackRequests - redErrors / redRequests > Z_LIMIT * deviation) return index + 1;
  }
  return Infinity;
}
