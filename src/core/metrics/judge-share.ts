import type { Verdict } from '../dns/gate.ts';
import { shortNumber } from './metric-rule.ts';

/** How many requests each side served in the same spans. */
export interface ServedLook {
  readonly at: number;
  readonly black: number;
  readonly red: number;
}

export interface ShareView {
  /** Null before the first look that saw any request. */
  readonly look: ServedLook | null;
  /** What the weights say, in per cent. */
  readonly share: number;
  /** As a part of the share. */
  readonly tolerance: number;
}

/** What black may get of the requests, in per cent: a share of 5 with a tolerance of half is 2.5 to 7.5; never nearer than one point, which is noise. */
export function shareRange(share: number, tolerance: number): { readonly least: number; readonly most: number } {
  const off = Math.max(1, share * tolerance);
  return { least: Math.max(0, share - off), most: Math.min(100, share + off) };
}

/** Whether black gets what its weight says. It never fails: a share that is not there yet is waited for, since nothing else of black means much until then (D7). */
export function judgeShare({ look, share, tolerance }: ShareView): Verdict {
  if (look === null) return { kind: 'inconclusive', reason: 'no request of either side has been counted yet' };
  const got = (100 * look.black) / (look.black + look.red);
  const { least, most } = shareRange(share, tolerance);
  const words = `black gets ${shortNumber(got)} % of the requests`;
  return got >= least && got <= most
    ? { kind: 'pass', reason: `${words}, near its ${share} % of the answers` }
    : {
        kind: 'inconclusive',
        reason: `${words}, and ${shortNumber(least)} to ${shortNumber(most)} % is near its ${share} %`,
      };
}
