import { clockTime } from '../clock-time.ts';
import { formatDuration } from '../duration.ts';
import type { ProbeWindow, Verdict } from './gate.ts';
import { judge, mayPromote } from './judge.ts';
import type { JudgeNow } from './judge.ts';
import { ofSide } from './probe-windows.ts';

/** What a hold is judged by. Times in milliseconds since the epoch, durations in milliseconds. */
export interface HoldView extends JudgeNow {
  /** Since when the verdict has been inconclusive without a break; null while it was not. */
  readonly inconclusiveSince: number | null;
  /** How long black and red may fail together before that is no longer taken for a failure of our own view. */
  readonly ownViewMs: number;
  /** How long there may be no data. */
  readonly limitMs: number;
}

export interface HoldVerdict {
  readonly verdict: Verdict;
  /** To be handed to the next judgement. */
  readonly inconclusiveSince: number | null;
}

/**
 * Judges a hold at one moment. Black that fails alone fails the hold; black and red that fail together may be our own view that fails, and are inconclusive
 * for a while; no data is inconclusive for a while, and then a failure (D7).
 */
export function judgeHold(view: HoldView): HoldVerdict {
  const black = mayPromote(view);
  if (black.kind === 'pass') return { verdict: black, inconclusiveSince: null };
  if (black.kind === 'inconclusive') return endure(view, black.reason, view.limitMs);
  const reds = ofSide(view.windows, 'red');
  const red = judge(reds, view.rule);
  if (red.kind !== 'fail' && !failsNow(reds)) return { verdict: black, inconclusiveSince: null };
  return endure(
    view,
    `black and red both fail, so it may be our own view: ${black.reason}; ${red.reason}`,
    view.ownViewMs,
  );
}

/** Whether the newest probe of a value failed: it may be the first of many, a moment behind the other side's. */
function failsNow(windows: readonly ProbeWindow[]): boolean {
  return windows.some(({ observations }) => observations.at(-1)?.ok === false);
}

function endure({ now, inconclusiveSince }: HoldView, reason: string, limitMs: number): HoldVerdict {
  const since = inconclusiveSince ?? now;
  if (now - since < limitMs) return { verdict: { kind: 'inconclusive', reason }, inconclusiveSince: since };
  const late = `${reason} (inconclusive since ${clockTime(since)}, more than ${formatDuration(limitMs)})`;
  return { verdict: { kind: 'fail', reason: late }, inconclusiveSince: since };
}
