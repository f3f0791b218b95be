import type { ActivityOptions } from '@temporalio/workflow';
import type { CheckMetricsInput, MetricStretch, Watched, WatchInput } from '../contracts/deploy-activities.ts';
import { MAY_FAIL, type DeployRequest } from '../contracts/deploy.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { startGate, type GateState } from '../core/metrics/gate-state.ts';
import { gatesInForce, type Baseline, type MetricGate, type MetricReading } from '../core/metrics/metric-gate.ts';
import { failure } from '../policies/failures.ts';
import { looking } from './activities.ts';
import { sides, type Course } from './course.ts';
import type { HeldStep } from './held.ts';
import type { Measured, Run } from './run.ts';

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
  const input = firstLook(run.request, course);
  const { readings, baselines } = await looking(pace).checkMetrics(
    `asking the gates on metrics of ${course.plan.record} once`,
    input,
    firstLimits(input),
  );
  run.measured.baselines = baselines;
  run.progress.show({ metrics: readings });
  for (const sentence of cautions(baselines)) run.progress.notice(sentence);
  const bad = readings.filter(({ verdict }) => verdict.kind !== 'pass');
  if (bad.length > 0) throw notMeasurable(bad);
}

/** Asks every gate of a record once. */
export function firstLook(
  { metricGates = [], pace }: Pick<DeployRequest, 'metricGates' | 'pace'>,
  course: Course,
): CheckMetricsInput {
  const limitMs = pace.preflight.inARow * pace.probeEveryMs + 2 * pace.probeTimeoutMs;
  return { ...course.ref, gates: once(metricGates), sides: sides(course), pace, limitMs };
}

export const firstLimits = ({ limitMs }: Pick<CheckMetricsInput, 'limitMs'>): ActivityOptions => ({
  startToCloseTimeout: 2 * limitMs + 60_000,
});

/** A gate of several steps is asked once. */
function once(gates: readonly MetricGate[]): readonly MetricGate[] {
  return gates.filter(({ name }, at) => gates.findIndex((other) => other.name === name) === at);
}

/** What is assumed of red, where it could not be measured. */
export function cautions(baselines: readonly Baseline[]): readonly string[] {
  return baselines
    .filter(({ dispersion }) => dispersion.cautious)
    .map(
      ({ gate, dispersion: { ticks } }) =>
        `${gate}: ${ticks} ticks of red before the cutover tell nothing of bursts, so a cautious value is assumed`,
    );
}

/** @param bad of a group with the record that each is of. */
export function notMeasurable(bad: readonly (MetricReading & { readonly of?: string })[]) {
  const sentence = `before the first write ${bad.map(({ of, gate, verdict }) => `${of === undefined ? '' : `${of}: `}${gate}: ${verdict.reason}`).join('; ')}.`;
  const fires = [...new Set(bad.filter(({ kind }) => kind === 'alarm').map(({ gate }) => `--accept-alarm ${gate}`))];
  const next = fires.length === 0 ? {} : { next: `To leave it so all the same: ${fires.join(' ')}.` };
  return failure(bad.some(({ verdict }) => verdict.kind === 'fail') ? 'Unhealthy' : 'Inconclusive', sentence, next);
}

/** The gates in force at a step, at their beginning; null where there are none. */
export function startMeasuring(
  { request, measured }: Pick<Run, 'request' | 'measured'>,
  step: HeldStep,
): Measuring | null {
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
export function waive(measured: Measured, metrics: Measuring | null, { gates, share }: Measured['waived']): void {
  if (metrics === null) return;
  metrics.waived = [...new Set([...metrics.waived, ...gates])];
  measured.waived = { share, gates: metrics.waived };
}

/** Keeps what a stretch measured, for the next one and the next step. Null where nothing was. */
export function keepMetrics(
  measured: Measured,
  metrics: Measuring | null,
  watched: Watched,
): readonly MetricReading[] | null {
  if (metrics === null || watched.metrics === undefined) return null;
  const { states, readings } = watched.metrics;
  metrics.states = states;
  const others = measured.states.filter(({ gate }) => !states.some((state) => state.gate === gate));
  measured.states = [...others, ...states];
  return readings;
}

/** One look of every gate on metrics more, on top of what the stretches before have seen. */
export async function askMetrics(
  run: Run,
  course: Course,
  { share, metrics }: { readonly share: number; readonly metrics: Measuring },
): Promise<Verdict> {
  const { pace } = run.request;
  const input = onceMore(course, { pace, share, metrics });
  const watched = await looking(pace).watchEndpoints('asking the gates on metrics once, to promote early', input);
  return watched.verdict;
}

export function onceMore(
  { ref, standing, ...course }: Course,
  { pace, share, metrics }: Pick<WatchInput, 'pace' | 'share'> & { readonly metrics: Measuring },
): WatchInput {
  return {
    ...ref,
    gates: [],
    sides: sides(course),
    standing,
    share,
    untilMs: Date.now(),
    pace,
    windows: [],
    inconclusiveSince: null,
    metrics: { ...metrics, once: true },
  };
}
