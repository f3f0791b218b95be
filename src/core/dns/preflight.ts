import { clockSpan, clockTime } from '../clock-time.ts';
import { formatDuration } from '../duration.ts';
import type { Observation, ProbeWindow, Verdict } from './gate.ts';
import { named } from './probe-windows.ts';

/** What is asked of every value before the first write. */
export interface PreflightView {
  /** Of the sides that are asked; each has to be long enough for `overMs` at the pace of the probes. */
  readonly windows: readonly ProbeWindow[];
  /** Passes in a row. */
  readonly inARow: number;
  /** From the first of them to the last, in milliseconds. */
  readonly overMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A value whose last probe was sent longer ago than this is not being probed any more, and proves nothing. */
  readonly maxAgeMs: number;
}

/**
 * Whether every value has passed its last probes, long enough to mean something. A value that has failed as many times in a row fails; until
 * one or the other it is inconclusive, and whoever waits decides for how long: no data is not a pass (D7).
 */
export function preflight(view: PreflightView): Verdict {
  if (view.windows.length === 0) return { kind: 'inconclusive', reason: 'no probe has been made' };
  const ill = view.windows.filter((window) => streak(window, false).length >= view.inARow);
  if (ill.length > 0) return { kind: 'fail', reason: ill.map((window) => failing(window, view.windows)).join('; ') };
  const waiting = view.windows.filter((window) => !isProven(window, view));
  if (waiting.length > 0)
    return { kind: 'inconclusive', reason: waiting.map((window) => unproven(window, view)).join('; ') };
  const sides = [...new Set(view.windows.map(({ side }) => side))].join(' and ');
  return { kind: 'pass', reason: `${sides} passed ${view.inARow} probes in a row over ${formatDuration(view.overMs)}` };
}

/** The newest observations that all passed, or all failed. */
function streak({ observations }: ProbeWindow, ok: boolean): readonly Observation[] {
  const broken = observations.findLastIndex((observation) => observation.ok !== ok);
  return observations.slice(broken + 1);
}

function isProven(window: ProbeWindow, { inARow, overMs, now, maxAgeMs }: PreflightView): boolean {
  const passes = streak(window, true);
  const [first, last] = [passes[0], passes.at(-1)];
  if (first === undefined || last === undefined || passes.length < inARow) return false;
  return last.at - first.at >= overMs && now - last.at <= maxAgeMs;
}

function failing(window: ProbeWindow, windows: readonly ProbeWindow[]): string {
  const bad = streak(window, false);
  const [first, last] = [bad[0], bad.at(-1)];
  return `${named(window, windows)} failed ${bad.length} probes in a row: ${last?.seen ?? ''} (${clockSpan(first?.at ?? 0, last?.at ?? 0)})`;
}

function unproven(window: ProbeWindow, { windows, inARow, overMs, now, maxAgeMs }: PreflightView): string {
  const last = window.observations.at(-1);
  const who = named(window, windows);
  if (last === undefined) return `${who} has not been probed yet`;
  if (!last.ok) return `${who} failed its last probe: ${last.seen} (${clockTime(last.at)})`;
  if (now - last.at > maxAgeMs) return `${who} has not been probed since ${clockTime(last.at)}`;
  const passes = streak(window, true);
  const overSoFar = formatDuration(last.at - (passes[0]?.at ?? last.at));
  return `${who} passed ${passes.length} probes in a row over ${overSoFar}, and ${inARow} over ${formatDuration(overMs)} are asked for`;
}
