import type { Share } from './plan.ts';

/** The weights of one type at one share: one number a value, all of them together the same sum at every share. */
export interface Weights {
  readonly share: Share;
  readonly red: readonly number[];
  readonly black: readonly number[];
  /** The share of the answers that Route 53 will give to black, in per cent. */
  readonly actual: number;
}

const HEAVIEST = 255;
/** Readable weights first: with one value a side and whole shares the sum is 100. */
const SMALLEST_SUM = 100;
const LARGEST_SUM = 2_550;

/**
 * The weights for rising `shares` of `black` values against `red` values. Route 53 answers with a set in proportion to its weight
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html), each at most 255. The sum is the one that hits the shares best, then
 * treats the values of a side most equally, then is smallest.
 */
export function weigh(shares: readonly Share[], red: number, black: number): readonly Weights[] {
  const sum = bestSum(shares, red, black);
  return shares.map((share) => {
    const ofBlack = blackPart(share, sum);
    return { share, red: deal(sum - ofBlack, red), black: deal(ofBlack, black), actual: (ofBlack / sum) * 100 };
  });
}

/** Whether weights miss their share by more than a point or a quarter of itself, or leave a value of a side that serves without answers. */
export function missesShare({ share, red, black, actual }: Weights): boolean {
  const off = Math.abs(actual - share);
  const starves = black.includes(0) || (share < 100 && red.includes(0));
  return off > 1 || off > share / 4 || starves;
}

/** Whether black gets its share to the second decimal. */
export function hitsShare({ share, actual }: Weights): boolean {
  return Math.abs(actual - share) < 0.005;
}

function bestSum(shares: readonly Share[], red: number, black: number): number {
  const largest = Math.min(LARGEST_SUM, HEAVIEST * black);
  let [best, least] = [SMALLEST_SUM, Infinity];
  for (let sum = SMALLEST_SUM; sum <= largest && least > 0; sum += 1) {
    const found = Math.max(...shares.map((share) => demerit({ share, sum, red, black })));
    if (found < least) [best, least] = [sum, found];
  }
  return best;
}

/**
 * How bad a sum is at one share, as one number, because the search asks thousands of times: impossible weights, then values without answers,
 * then the distance from the share, then inequality within a side. 0 is perfect.
 */
function demerit({ share, sum, red, black }: { share: Share; sum: number; red: number; black: number }): number {
  const ofBlack = blackPart(share, sum);
  const ofRed = sum - ofBlack;
  if (ofBlack > HEAVIEST * black || ofRed > HEAVIEST * red) return Infinity;
  const starves = ofBlack < black || (share < 100 && ofRed < red) ? 1e12 : 0;
  const distance = Math.round(Math.abs((ofBlack / sum) * 100 - share) * 1e6);
  return starves + distance * 1e3 + Math.max(spread(ofBlack, black), spread(ofRed, red));
}

const blackPart = (share: Share, sum: number): number => Math.round((share * sum) / 100);
/** How much more the most favoured value gets than the least, as a part of a fair share. */
const spread = (total: number, values: number): number => (total % values === 0 ? 0 : Math.min(1, values / total));

/** Whole numbers as equal as they can be that add up to `total`. */
function deal(total: number, values: number): readonly number[] {
  return Array.from({ length: values }, (_, index) => Math.floor(total / values) + (index < total % values ? 1 : 0));
}
