import { assertNever } from '../assert-never.ts';
import { clockTime } from '../clock-time.ts';
import type { Verdict } from '../dns/gate.ts';
import { formatDuration } from '../duration.ts';
import { judgeComparison, observe, startComparison, type Comparison, type Tick } from './compare-sides.ts';
import { measureDispersion } from './dispersion.ts';
import { isExcused, judgeAlarm } from './judge-alarm.ts';
import { judgeShare, type ServedLook } from './judge-share.ts';
import type {
  AlarmLook,
  Baseline,
  CompareGate,
  Measured,
  MetricGate,
  MetricQuery,
  MetricReading,
  Sample,
  ThresholdGate,
} from './metric-gate.ts';
import { addLook, earliestPassMs, judgeSamples, NO_LOOKS, type Looks } from './metric-rule.ts';

/** What one gate has seen. Plain, and carried over stretches, attempts and workers; a comparison over steps too. */
export type GateState =
  | (Common & { readonly kind: 'threshold'; readonly looks: Looks })
  | (Common & { readonly kind: 'alarm'; readonly look: AlarmLook | null; readonly excused: boolean })
  | (Common & {
      readonly kind: 'compare';
      readonly comparison: Comparison;
      /** End of the newest tick that was read at this step; null before the first. */
      readonly tickedMs: number | null;
    })
  | (Common & { readonly kind: 'share'; readonly served: ServedLook | null });

interface Common {
  readonly gate: string;
  /** When it was asked last, whatever came of it; null before the first time. */
  readonly askedMs: number | null;
  /** Why the last question gave nothing; null where it gave something. */
  readonly blind: string | null;
  /** Since when it has been inconclusive without a break. */
  readonly inconclusiveSince: number | null;
}

/** What a gate is judged by, beside what it saw. Milliseconds, and milliseconds since the epoch. */
export interface StepView {
  readonly now: number;
  /** When the step was in sync: what was before says nothing of it (D7). */
  readonly sinceMs: number;
  readonly holdMs: number;
  /** Of the answers, black's, in per cent. */
  readonly share: number;
  /** How long the step allows a gate to say nothing. */
  readonly limitMs: number;
  /** How long one question may take. */
  readonly timeoutMs: number;
}

export interface StartView {
  /** Of gates that compare; measured on red before the first write. */
  readonly baselines: readonly Baseline[];
  /** Of the step before: a comparison goes on, and an alarm that was OK stays unexcused. */
  readonly before: readonly GateState[];
}

/** A gate at the beginning of a step. */
export function startGate(gate: MetricGate, { baselines, before }: StartView): GateState {
  const common: Common = { gate: gate.name, askedMs: null, blind: null, inconclusiveSince: null };
  const earlier = before.find((state) => state.gate === gate.name);
  switch (gate.kind) {
    case 'threshold':
      return { ...common, kind: 'threshold', looks: NO_LOOKS };
    case 'alarm':
      return {
        ...common,
        kind: 'alarm',
        look: null,
        excused: earlier?.kind === 'alarm' ? earlier.excused : gate.accepted,
      };
    case 'share':
      return { ...common, kind: 'share', served: null };
    case 'compare': {
      const dispersion = baselines.find((one) => one.gate === gate.name)?.dispersion ?? measureDispersion([]);
      const comparison = earlier?.kind === 'compare' ? earlier.comparison : startComparison(dispersion);
      return { ...common, kind: 'compare', comparison, tickedMs: null };
    }
    default:
      return assertNever(gate);
  }
}

/** When a gate is to be asked next. */
export function nextLookMs(gate: MetricGate, { askedMs }: GateState, sinceMs: number): number {
  const first = gate.kind === 'threshold' ? sinceMs + gate.samples.afterMs : sinceMs + rhythmMs(gate);
  if (gate.kind === 'alarm') return askedMs === null ? sinceMs : askedMs + gate.everyMs;
  return askedMs === null ? first : askedMs + rhythmMs(gate);
}

const rhythmMs = (gate: MetricGate): number => {
  if (gate.kind === 'alarm') return gate.everyMs;
  return gate.kind === 'threshold' ? gate.samples.everyMs : gate.tickMs;
};

/** One measurement of black more. A sample that was seen already, or is older than the step, is none. */
export function noteMeasured(
  gate: ThresholdGate,
  state: GateState & { readonly kind: 'threshold' },
  { measured, at, sinceMs }: { readonly measured: Measured; readonly at: number; readonly sinceMs: number },
): GateState {
  if (measured.kind !== 'samples') {
    const looks = addLook(state.looks, { at, value: null, why: measured.why }, gate.samples);
    return { ...state, looks, askedMs: at, blind: measured.why };
  }
  const sample = measured.samples.at(-1);
  const known = state.looks.newest.findLast(({ value }) => value !== null)?.at ?? -Infinity;
  if (sample === undefined || sample.at < sinceMs || sample.at <= known)
    return { ...state, askedMs: at, blind: 'no new sample' };
  const looks = addLook(state.looks, { at: sample.at, value: sample.value, why: null }, gate.samples);
  return { ...state, looks, askedMs: at, blind: null };
}

export function noteAlarm(state: GateState & { readonly kind: 'alarm' }, look: AlarmLook, at: number): GateState {
  const blind = look.kind === 'could-not-look' ? look.why : null;
  return { ...state, look, excused: isExcused(state.excused, look), askedMs: at, blind };
}

/** Ticks of both sides that were read together; null, with the reason, where a side gave none. */
export function noteTicks(
  gate: CompareGate,
  state: GateState & { readonly kind: 'compare' },
  {
    ticks,
    blind,
    at,
  }: {
    readonly ticks: readonly (Tick & { readonly at: number })[];
    readonly blind: string | null;
    readonly at: number;
  },
): GateState {
  const fresh = ticks.filter((tick) => tick.at > (state.tickedMs ?? -Infinity));
  const comparison = fresh.reduce((sum, tick) => observe(sum, tick, gate), state.comparison);
  return { ...state, comparison, tickedMs: fresh.at(-1)?.at ?? state.tickedMs, askedMs: at, blind };
}

export function noteServed(
  state: GateState & { readonly kind: 'share' },
  { served, blind, at }: { readonly served: ServedLook | null; readonly blind: string | null; readonly at: number },
): GateState {
  return { ...state, served: served ?? state.served, askedMs: at, blind };
}

/** The gate's verdict now, and the state with how long it has said nothing: for longer than it may is a failure (D7). */
export function judgeGate(
  gate: MetricGate,
  state: GateState,
  view: StepView,
): { readonly state: GateState; readonly reading: MetricReading } {
  const { verdict, patientFromMs } = judgeNow(gate, state, view);
  const since = verdict.kind === 'inconclusive' ? (state.inconclusiveSince ?? view.now) : null;
  const endured = since === null ? verdict : endure(gate, verdict, { view, fromMs: Math.max(since, patientFromMs) });
  const { name, kind, weight } = gate;
  return {
    state: { ...state, inconclusiveSince: since },
    reading: { gate: name, kind, weight, verdict: endured, late: endured !== verdict, values: valuesOf(state) },
  };
}

const waitOf = ({ waitMs }: MetricGate, { limitMs }: StepView): number => Math.min(waitMs ?? limitMs, limitMs);

/** Where somebody is asked about it, it stays what it is: no failure, and no pass (D7). */
function endure(
  gate: MetricGate,
  verdict: Verdict,
  { view, fromMs }: { readonly view: StepView; readonly fromMs: number },
): Verdict {
  const waitMs = waitOf(gate, view);
  if (view.now - fromMs < waitMs) return verdict;
  const late = `(inconclusive since ${clockTime(fromMs)}, more than ${formatDuration(waitMs)})`;
  return { kind: gate.then === 'approve' ? 'inconclusive' : 'fail', reason: `${verdict.reason} ${late}` };
}

interface Judged {
  readonly verdict: Verdict;
  /** Before this moment nothing was to be expected. */
  readonly patientFromMs: number;
}

function judgeNow(gate: MetricGate, state: GateState, view: StepView): Judged {
  if (gate.kind === 'threshold' && state.kind === 'threshold') return threshold(gate, state.looks, view);
  if (gate.kind === 'alarm' && state.kind === 'alarm') {
    const { look, excused } = state;
    const stale = staleWords(gate, state, view);
    const verdict = judgeAlarm({
      alarm: gate.alarm,
      look: stale === null ? look : { kind: 'could-not-look', why: stale },
      excused,
    });
    return { verdict, patientFromMs: view.sinceMs };
  }
  if (gate.kind === 'compare' && state.kind === 'compare') return compared(gate, state, view);
  if (gate.kind === 'share' && state.kind === 'share') {
    const stale = staleWords(gate, state, view);
    const judged = judgeShare({ look: state.served, share: view.share, tolerance: gate.tolerance });
    const verdict = stale === null ? judged : inconclusive(stale);
    return { verdict, patientFromMs: view.sinceMs + 2 * gate.tickMs };
  }
  return { verdict: inconclusive(`${gate.name} was another gate before`), patientFromMs: view.sinceMs };
}

function threshold(gate: ThresholdGate, looks: Looks, { now, sinceMs, timeoutMs }: StepView): Judged {
  const { query, failWhen, samples: rule } = gate;
  const lag = lagOf(query);
  const maxAgeMs = 2 * (rule.everyMs + timeoutMs) + lag;
  return {
    verdict: judgeSamples({ looks, failWhen, rule, now, maxAgeMs }),
    patientFromMs: sinceMs + earliestPassMs(rule) + lag,
  };
}

/** CloudWatch shows a period minutes after its end. */
const CLOUDWATCH_LAG_MS = 180_000;
const lagOf = ({ provider }: MetricQuery): number => (provider.kind === 'cloudwatch' ? CLOUDWATCH_LAG_MS : 0);

/** Too few requests are waited for until the hold would end; a side that cannot be read is not. */
function compared(gate: CompareGate, state: GateState & { readonly kind: 'compare' }, view: StepView): Judged {
  const { kind, reason } = judgeComparison(state.comparison, gate);
  const firstMs = view.sinceMs + 2 * gate.tickMs + lagOf(gate.requests);
  if (kind === 'worse') return { verdict: { kind: 'fail', reason }, patientFromMs: firstMs };
  const stale = staleTick(gate, state, view);
  if (stale !== null) return { verdict: inconclusive(`${stale}; ${reason}`), patientFromMs: firstMs };
  if (kind === 'not-worse-so-far') return { verdict: { kind: 'pass', reason }, patientFromMs: firstMs };
  return { verdict: inconclusive(reason), patientFromMs: Math.max(firstMs, view.sinceMs + view.holdMs) };
}

function staleTick(
  gate: CompareGate,
  { tickedMs, blind }: GateState & { readonly kind: 'compare' },
  view: StepView,
): string | null {
  const why = blind === null ? '' : `: ${blind}`;
  if (tickedMs === null) return `no tick of both sides has been read at this step${why}`;
  if (view.now - tickedMs <= 3 * gate.tickMs + view.timeoutMs + lagOf(gate.requests)) return null;
  return `no tick of both sides since ${clockTime(tickedMs)}${why}`;
}

function staleWords(gate: MetricGate, { askedMs, blind }: GateState, { now, timeoutMs }: StepView): string | null {
  if (askedMs === null) return null;
  if (now - askedMs > 3 * rhythmMs(gate) + 2 * timeoutMs) return `not asked since ${clockTime(askedMs)}`;
  return gate.kind === 'share' ? blind : null;
}

const inconclusive = (reason: string): Verdict => ({ kind: 'inconclusive', reason });

function valuesOf(state: GateState): readonly Sample[] {
  if (state.kind === 'threshold')
    return state.looks.newest.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]));
  if (state.kind !== 'share' || state.served === null) return [];
  const { at, black, red } = state.served;
  return [{ at, value: (100 * black) / (black + red) }];
}
