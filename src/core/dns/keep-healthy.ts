import type { FailRule, ProbeWindow } from './gate.ts';
import { judge } from './judge.ts';
import type { Share } from './plan.ts';
import { freshWindows, ofSide } from './probe-windows.ts';

/** What is known of a record's two sides; `unknown` where no gate looks, or none has looked lately. */
export interface RecordHealth {
  readonly record: string;
  readonly red: SideHealth;
  readonly black: SideHealth;
}

export type SideHealth = 'healthy' | 'ill' | 'unknown';

/**
 * The sides of a record by their newest probes. A side whose probes are not all decided yet is unknown: no data is not a pass (D7).
 * @param now and @param maxAgeMs Older observations say nothing about now.
 */
export function healthOf(
  record: string,
  windows: readonly ProbeWindow[],
  { rule, now, maxAgeMs }: { readonly rule: FailRule; readonly now: number; readonly maxAgeMs: number },
): RecordHealth {
  const fresh = freshWindows(windows, now - maxAgeMs);
  const side = (which: 'red' | 'black'): SideHealth => {
    const { kind } = judge(ofSide(fresh, which), rule);
    return kind === 'pass' ? 'healthy' : kind === 'fail' ? 'ill' : 'unknown';
  };
  return { record, red: side('red'), black: side('black') };
}

export type RuleVerdict = { readonly kind: 'kept' } | { readonly kind: 'broken'; readonly reason: string };

/**
 * The rule `keepHealthy: n`, judged by the state that a step leads to: at least n records must serve there from sides that are all known to be healthy.
 * At a share between both sides serve, so both have to be.
 */
export function mayStep(rule: number | null, records: readonly RecordHealth[], share: Share): RuleVerdict {
  if (rule === null) return { kind: 'kept' };
  const unhealthy = records.filter((each) => servingSides(share).some((side) => each[side] !== 'healthy'));
  return judged(rule, records, { unhealthy, state: `${share} %` });
}

/**
 * The same rule for an automatic rollback, which waits for no measurement (D8): a red that nobody has seen ill counts as healthy, and going back is
 * right wherever it leaves no fewer records healthy than staying.
 */
export function mayGoBack(rule: number | null, records: readonly RecordHealth[], share: Share): RuleVerdict {
  if (rule === null) return { kind: 'kept' };
  const back = records.filter(({ red }) => red === 'ill');
  const here = records.filter((each) => servingSides(share).some((side) => each[side] === 'ill'));
  if (back.length <= here.length) return { kind: 'kept' };
  return judged(rule, records, { unhealthy: back, state: 'red' });
}

function servingSides(share: Share): readonly ('red' | 'black')[] {
  if (share <= 0) return ['red'];
  return share >= 100 ? ['black'] : ['red', 'black'];
}

function judged(
  rule: number,
  records: readonly RecordHealth[],
  { unhealthy, state }: { readonly unhealthy: readonly RecordHealth[]; readonly state: string },
): RuleVerdict {
  const healthy = records.length - unhealthy.length;
  if (healthy >= rule) return { kind: 'kept' };
  const names = unhealthy.map(({ record }) => record).join(', ');
  return {
    kind: 'broken',
    reason: `at ${state} only ${healthy} of ${records.length} records would serve from a healthy side, and keepHealthy is ${rule}: not ${names}`,
  };
}
