import { clockSpan, clockTime } from '../clock-time.ts';
import type { FailRule, Observation, ProbeWindow, Verdict } from './gate.ts';
import { ofSide } from './probe-windows.ts';

/**
 * Judges every window by itself: one value that failed `rule.failures` of its last `rule.of` probes is a failure, however well the others
 * do. A window without observations, one whose failures are not decided yet, and no window at all, is inconclusive: no data is not a pass (D7).
 */
export function judge(windows: readonly ProbeWindow[], rule: FailRule): Verdict {
  const ill = windows.filter((window) => failures(window, rule).length >= rule.failures);
  if (ill.length > 0) return { kind: 'fail', reason: ill.map((window) => failed(window, windows, rule)).join('; ') };
  const silent = windows.filter(({ observations }) => observations.length === 0);
  if (windows.length === 0) return { kind: 'inconclusive', reason: 'no probe has been made' };
  if (silent.length > 0)
    return {
      kind: 'inconclusive',
      reason: `no probe yet of ${silent.map(({ side, value }) => `${side} ${value}`).join(', ')}`,
    };
  const open = windows.filter((window) => isOpen(window, rule));
  if (open.length > 0)
    return { kind: 'inconclusive', reason: open.map((window) => failed(window, windows, rule)).join('; ') };
  return { kind: 'pass', reason: passed(windows, rule) };
}

/** A window that is not full yet and can still become a failure: three failures of three probes are no pass (D7). */
function isOpen(window: ProbeWindow, rule: FailRule): boolean {
  const bad = failures(window, rule).length;
  return bad > 0 && bad + rule.of - recent(window, rule).length >= rule.failures;
}

/** Whether the gates pass at this moment, on observations at most `maxAgeMs` old: what ending a hold early asks for (D7). */
export function mayPromote({ windows, rule, now, maxAgeMs }: JudgeNow): Verdict {
  const black = ofSide(windows, 'black');
  const stale = black.filter(({ observations }) => (observations.at(-1)?.at ?? -Infinity) < now - maxAgeMs);
  const verdict = judge(black, rule);
  if (verdict.kind !== 'pass' || stale.length === 0) return verdict;
  const newest = Math.max(...stale.map(({ observations }) => observations.at(-1)?.at ?? 0));
  return {
    kind: 'inconclusive',
    reason: `no probe of ${stale.map(({ side, value }) => `${side} ${value}`).join(', ')} since ${clockTime(newest)}`,
  };
}

/** Windows, and the moment at which they are judged (milliseconds since the epoch). */
export interface JudgeNow {
  readonly windows: readonly ProbeWindow[];
  readonly rule: FailRule;
  readonly now: number;
  /** Older observations say nothing about now. */
  readonly maxAgeMs: number;
}

const recent = ({ observations }: ProbeWindow, rule: FailRule): readonly Observation[] => observations.slice(-rule.of);
const failures = (window: ProbeWindow, rule: FailRule): readonly Observation[] =>
  recent(window, rule).filter(({ ok }) => !ok);

/** `black failed 4 of the last 6 probes: HTTP 503 /healthz (12:14:11 to 12:14:31 UTC)` */
function failed(window: ProbeWindow, windows: readonly ProbeWindow[], rule: FailRule): string {
  const bad = failures(window, rule);
  const [first, last] = [bad[0], bad.at(-1)];
  const times = clockSpan(first?.at ?? 0, last?.at ?? 0);
  const values = new Set(ofSide(windows, window.side).map(({ value }) => value));
  const which = values.size > 1 ? ` of ${window.value}` : '';
  return `${window.side} failed ${bad.length} of the last ${recent(window, rule).length} probes${which}: ${last?.seen ?? ''} (${times})`;
}

function passed(windows: readonly ProbeWindow[], rule: FailRule): string {
  const sides = [...new Set(windows.map(({ side }) => side))];
  return sides
    .map((side) => {
      const seen = ofSide(windows, side).flatMap((window) => recent(window, rule));
      return `${side} passed ${seen.filter(({ ok }) => ok).length} of the last ${seen.length} probes`;
    })
    .join('; ');
}
