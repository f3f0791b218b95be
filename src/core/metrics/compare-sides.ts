import type { Dispersion } from './dispersion.ts';
import { wholeCount, type SideCount } from './side-count.ts';

/**
 * Is black worse than red while both serve? A test that may be looked at after every tick: the two-sample e-variable of Turner, Ly and Grünwald
 * (arXiv 2106.02693) for several assumed ratios, multiplied over the ticks. While black is no worse, each factor is at most 1 on average, whatever the rate
 * that both share, so by Ville's inequality the mean of the products reaches 1/alpha with probability alpha at most, however often one looks.
 * It ends a deployment early on harm. It never ends one early on success: that there is no proof of harm yet is no proof of health.
 */

/** What both sides answered in the same span of time. A span ends by the clock: one that ends at an error proves nothing. */
export interface Tick {
  readonly black: SideCount;
  readonly red: SideCount;
}

/** When black counts as worse. */
export interface CompareRule {
  /** How often, at most, a black that is no worse is taken for worse. */
  readonly alpha: number;
  /** How many times as often as red black must have failed, whatever the proof. */
  readonly minEffect: number;
  /** Fewer requests of black are too little to judge by. */
  readonly minRequests: number;
}

/** What was seen so far. It travels through workflow histories: plain and finite numbers. */
export interface Comparison {
  readonly dispersion: Dispersion;
  /** Sums of the ticks in which both served. */
  readonly black: SideCount;
  readonly red: SideCount;
  /** For each assumed ratio the logarithm of the product of its factors. */
  readonly logProducts: readonly number[];
}

/** There is no verdict "better". */
export interface CompareVerdict {
  readonly kind: 'worse' | 'not-worse-so-far' | 'too-little';
  /** With the numbers. */
  readonly reason: string;
}

/** How many times as often black may fail. One is near enough to any that matters. */
const RATIOS = [1.5, 2, 3, 5, 10] as const;

const NOTHING: SideCount = { requests: 0, errors: 0 };

/** @param dispersion Of red, measured before the cutover. */
export function startComparison(dispersion: Dispersion): Comparison {
  return { dispersion, black: NOTHING, red: NOTHING, logProducts: RATIOS.map(() => 0) };
}

/**
 * The comparison after one more tick. A tick in which a side served nothing, or could not be read, changes nothing. Nor does any tick once black is worse:
 * then the comparison is over, and asking late still finds what it found.
 */
export function observe(state: Comparison, tick: Tick, rule: CompareRule): Comparison {
  const [black, red] = [wholeCount(tick.black), wholeCount(tick.red)];
  if (black === null || red === null || black.requests === 0 || red.requests === 0) return state;
  if (isWorse(state, rule)) return state;
  const base = baseRate(state);
  const calm = inflation(Math.max(black.requests, red.requests), state.dispersion);
  const logProducts = RATIOS.map((ratio, index) => {
    const factor = logFactor({ black, red }, assumedRates({ black, red }, base, ratio));
    return (state.logProducts[index] ?? 0) + factor / calm;
  });
  return { dispersion: state.dispersion, black: plus(state.black, black), red: plus(state.red, red), logProducts };
}

/** Judges what was seen so far. */
export function judgeComparison(state: Comparison, rule: CompareRule): CompareVerdict {
  if (isTooLittle(state, rule)) return { kind: 'too-little', reason: served(state, rule) };
  return { kind: isWorse(state, rule) ? 'worse' : 'not-worse-so-far', reason: compared(state, rule) };
}

function isWorse(state: Comparison, rule: CompareRule): boolean {
  return !isTooLittle(state, rule) && isProven(state, rule) && hasEffect(state, rule);
}

/** No request at all is too little even for a rule that asks for none. */
const isTooLittle = ({ black }: Comparison, { minRequests }: CompareRule): boolean =>
  black.requests < Math.max(1, minRequests);

const isProven = ({ logProducts }: Comparison, { alpha }: CompareRule): boolean =>
  logOfMean(logProducts) >= -Math.log(alpha);

/** Multiplied crosswise: red without an error has no ratio to divide by. */
const hasEffect = ({ black, red }: Comparison, { minEffect }: CompareRule): boolean =>
  black.errors * red.requests >= minEffect * red.errors * black.requests;

/** By the largest, since the products themselves outgrow every number. */
function logOfMean(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / logs.length);
}

/** Of both sides, from earlier ticks alone: a rate that knows the errors of its own tick takes luck for proof. Never quite 0 or 1, where logarithms end. */
function baseRate({ black, red }: Comparison): number {
  const rate = (black.errors + red.errors + 0.5) / (black.requests + red.requests + 50);
  return Math.min(1 - 1e-9, Math.max(1e-9, rate));
}

interface AssumedRates {
  readonly black: number;
  readonly red: number;
  /** Of both together. Any pair proves nothing on average while this is its mix. */
  readonly mixed: number;
}

/** The rates of a black that fails `ratio` times as often as red, both together as often as the base. */
function assumedRates({ black, red }: Tick, base: number, ratio: number): AssumedRates {
  const requests = black.requests + red.requests;
  const ofRed = (base * requests) / (red.requests + ratio * black.requests);
  // Twice of 60 % is no rate: black then fails at most nine tenths of the way from red's rate to all.
  const ofBlack = Math.min(ratio * ofRed, ofRed + 0.9 * (1 - ofRed));
  return { black: ofBlack, red: ofRed, mixed: (red.requests * ofRed + black.requests * ofBlack) / requests };
}

/** How much more likely the tick is with these rates than with the same for both. */
function logFactor({ black, red }: Tick, rates: AssumedRates): number {
  const failing = black.errors * Math.log(rates.black / rates.mixed) + red.errors * Math.log(rates.red / rates.mixed);
  const passing = Math.log1p(-rates.mixed);
  const ofBlack = (black.requests - black.errors) * (Math.log1p(-rates.black) - passing);
  return failing + ofBlack + (red.requests - red.errors) * (Math.log1p(-rates.red) - passing);
}

/** By how much errors that come in bursts vary more than others. Sizes are known before outcomes, so this may use those of its own tick. */
const inflation = (requests: number, { rho }: Dispersion): number => Math.max(1, 1 + (requests - 1) * rho);

const plus = (one: SideCount, other: SideCount): SideCount => ({
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
});

const served = ({ black }: Comparison, { minRequests }: CompareRule): string =>
  `black served ${black.requests} of the ${Math.max(1, minRequests)} requests that a comparison with red takes`;

/** `black failed 24 of 1000 requests (2.4 %), red 10 of 1000 (1 %), 2.4 times as often: evidence 41.2, and 20 is enough` */
function compared(state: Comparison, rule: CompareRule): string {
  const counts = `black failed ${share(state.black, ' requests')}, red ${share(state.red, '')}${times(state)}`;
  const wanted = Math.ceil(10 / rule.alpha) / 10;
  const proven = isProven(state, rule);
  const proof = `evidence ${evidence(state)}, and ${wanted} is ${proven ? 'enough' : 'needed'}`;
  const slight = proven && !hasEffect(state, rule) ? `, but below ${rule.minEffect} times nothing is done` : '';
  return `${counts}: ${proof}${slight}${assumed(state.dispersion)}`;
}

function share({ requests, errors }: SideCount, unit: string): string {
  if (errors === 0) return `none of ${requests}${unit}`;
  return `${errors} of ${requests}${unit} (${short((100 * errors) / requests)} %)`;
}

function times({ black, red }: Comparison): string {
  if (black.errors === 0 || red.errors === 0) return '';
  return `, ${short(black.errors / black.requests / (red.errors / red.requests))} times as often`;
}

const short = (value: number): number => Number(value.toPrecision(2));

/** Rounded down, so that what is not enough never looks like it. */
function evidence({ logProducts }: Comparison): string {
  const mean = Math.exp(logOfMean(logProducts));
  if (mean < 0.1) return 'under 0.1';
  return mean > 1_000_000 ? 'over 1000000' : String(Math.floor(mean * 10) / 10);
}

const assumed = ({ cautious, rho, ticks }: Dispersion): string =>
  cautious ? ` (${ticks} ticks of red before the cutover tell nothing of bursts: rho ${rho} is assumed)` : '';
