import { wholeCount, type SideCount } from './side-count.ts';

/** How much the errors of one tick come together, in bursts. */
export interface Dispersion {
  /** How alike the requests of one tick fare: 0 each by itself, 1 all or none. */
  readonly rho: number;
  /** How many ticks it was measured on. */
  readonly ticks: number;
  /** Nothing could be measured: rho is assumed. */
  readonly cautious: boolean;
}

/**
 * Measures the bursts on ticks of red from before the cutover, at the upper end of what they leave possible: too much of it makes the comparison slow, too
 * little makes it cry wolf. Too few ticks, and ticks in which no or every request failed, tell nothing of bursts, and a cautious value is assumed.
 * Bursts that are rare are taken for smaller than they are: at one error in a thousand and rho 0.05, measured on 30 ticks, 18 % of simulated blacks that were
 * no worse were called worse within 120 ticks (alpha 0.05).
 */
export function measureDispersion(ticks: readonly SideCount[]): Dispersion {
  const read = ticks.map(wholeCount).filter((count) => count !== null);
  const served = read.filter(({ requests }) => requests > 0);
  const rho = served.length < FEWEST_TICKS ? null : highestRho(served);
  return { rho: rho ?? CAUTIOUS_RHO, ticks: served.length, cautious: rho === null };
}

const FEWEST_TICKS = 20;
const CAUTIOUS_RHO = 0.01;

/** Null where nothing varies, or where ticks of a single request cannot show what comes together. */
function highestRho(ticks: readonly SideCount[]): number | null {
  const requests = sum(ticks.map((tick) => tick.requests));
  const rate = sum(ticks.map(({ errors }) => errors)) / requests;
  const size = requests / ticks.length;
  if (rate === 0 || rate === 1 || size <= 1) return null;
  const phi = pearson(ticks, rate) / tenthPercentile(ticks.length - 1);
  return Math.min(1, Math.max(0, (phi - 1) / (size - 1)));
}

/** Pearson's chi-squared: the squared distances from the common rate, in units of what chance alone makes of them. */
function pearson(ticks: readonly SideCount[], rate: number): number {
  return sum(ticks.map(({ requests, errors }) => (errors - requests * rate) ** 2 / (requests * rate * (1 - rate))));
}

/** Of the chi-squared distribution, by the approximation of Wilson and Hilferty. Divided by it, the statistic is phi at its upper bound of 90 %. */
function tenthPercentile(freedom: number): number {
  const spread = 2 / (9 * freedom);
  return freedom * (1 - spread - 1.281552 * Math.sqrt(spread)) ** 3;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
