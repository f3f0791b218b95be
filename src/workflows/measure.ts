import type { MetricStretch, Watched } from '../contracts/deploy-activities.ts';
import { MAY_FAIL } from '../contracts/deploy.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { startGate, type GateState } from '../core/metrics/gate-state.ts';
import { gatesInForce, type MetricGate, type MetricReading } from '../core/metrics/metric-gate.ts';
import { failure } from '../policies/failures.ts';
import { looking } from './activities.ts';
import { sides, type Course } from './course.ts';
import type { HeldStep } from './hold.ts';
import type { Run } from './run.ts';

/** What the gates on metrics of one step have seen, from one stretch to the next. */
export interface Measuring {
  readonly gates: readonly MetricGate[];
  readonly mayFail: number;
  /** What was measured before the change was in sync says nothing of it (D7). */
  readonly sinceMs: number;
  readonly holdMs: number;
  states: readonly GateState[];
  /** Gates that somebody has approved to go on without, as long as they say nothing. */
  waived: readonly string[];
}

/**
 * Before the first write: every gate can be asked, and no alarm fires that was not accepted. What bursts red's errors come in is measured here, where
 * nothing of black is in them.
 */
export async function mustBeMeasurable(run: Run, course: Course): Promise<void> {
  const { metricGates: gates = [], pace } = run.request;
  if (gates.length === 0) return;
  const limitMs = pace.preflight.inARow * pace.probeEveryMs + 2 * pace.probeTimeoutMs;
  const { readings, baselines } = await looking(pace).checkMetrics(
    `asking the gates on metrics of ${course.plan.record} once`,
    { ...course.ref, gates: once(gates), sides: sides(course), pace, limitMs },
    { startToCloseTimeout: 2 * limitMs + 60_000 },
  );
  run.measured.baselines = baselines;
  run.progress.show({ metrics: readings });
  for (const { dispersion, gate } of baselines)
    if (dispersion.cautious) run.progress.notice(cautiousWords(gate, dispersion.ticks));
  const bad = readings.filter(({ verdict }) => verdict.kind !== 'pass');
  if (bad.length > 0) throw notMeasurable(bad);
}

/** A gate of several steps is asked once. */
function once(gates: readonly MetricGate[]): readonly MetricGate[] {
  return gates.filter(({ name }, at) => gates.findIndex((other) => other.name === name) === at);
}

const cautiousWords = (gate: string, ticks: number): string =>
  `${gate}: ${ticks} ticks of red before the cutover tell nothing of bursts, so a cautious value is assumed`;

function notMeasurable(bad: readonly MetricReading[]) {
  const sentence = `before the first write ${bad.map(({ gate, verdict }) => `${gate}: ${verdict.reason}`).join('; ')}.`;
  const fires = bad.filter(({ kind }) => kind === 'alarm').map(({ gate }) => `--accept-alarm ${gate}`);
  const next = fires.length === 0 ? {} : { next: `To leave it so all the same: ${fires.join(' ')}.` };
  return failure(bad.some(({ verdict }) => verdict.kind === 'fail') ? 'Unhealthy' : 'Inconclusive', sentence, next);
}

/** The gates in force at a step, at their beginning; null where there are none. */
export function startMeasuring({ request, measured }: Run, step: HeldStep): Measuring | null {
  const gates = gatesInForce(request.metricGates ?? [], step.share);
  if (gates.length === 0) return null;
  const { baselines, states: before, waived } = measured;
  return {
    gates,
    mayFail: request.mayFail ?? MAY_FAIL,
    sinceMs: Date.now(),
    holdMs: step.holdMs,
    states: gates.map((gate) => startGate(gate, { baselines, before })),
    waived: waived.share === step.share ? waived.gates : [], // the bake goes on while its promotion waits for somebody
  };
}

/**
 * What a stretch measures; nothing where no gate on metrics is in force.
 * @param asked gates that somebody is being asked about; null where nobody can be asked now.
 */
export function stretchOf(
  metrics: Measuring | null,
  asked: readonly string[] | null,
): { readonly metrics?: MetricStretch } {
  if (metrics === null) return {};
  return { metrics: { ...metrics, once: false, ...(asked === null ? {} : { asked }) } };
}

/** From here on the step goes on without these gates, as long as they say nothing. */
export function waive(run: Run, metrics: Measuring | null, { gates, share }: Run['measured']['waived']): void {
  if (metrics === null) return;
  metrics.waived = [...new Set([...metrics.waived, ...gates])];
  run.measured.waived = { share, gates: metrics.waived };
}

/** Keeps what a stretch measured, for the next one, the next step, and whoever looks. */
export function keepMetrics(run: Run, metrics: Measuring | null, watched: Watched): void {
  if (metrics === null || watched.metrics === undefined) return;
  const { states, readings } = watched.metrics;
  metrics.states = states;
  const others = run.measured.states.filter(({ gate }) => !states.some((state) => state.gate === gate));
  run.measured.states = [...others, ...states];
  run.progress.show({ metrics: readings });
}

/** One look of every gate on metrics more, on top of what the stretches before have seen. */
export async function askMetrics(
  run: Run,
  course: Course,
  { share, metrics }: { readonly share: number; readonly metrics: Measuring },
): Promise<Verdict> {
  const { pace } = run.request;
  const watched = await looking(pace).watchEndpoints('asking the gates on metrics once, to promote early', {
    ...course.ref,
    gates: [],
    sides: sides(course),
    standing: course.standing,
    share,
    untilMs: Date.now(),
    pace,
    windows: [],
    inconclusiveSince: null,
    metrics: { ...metrics, once: true },
  });
  return watched.verdict;
}
