import { DEFAULT_PACE, MAY_FAIL } from '../contracts/deploy.ts';
import type { RecordPolicy } from '../contracts/file.ts';
import { formatDuration } from '../core/duration.ts';
import type { Gate } from '../core/dns/gate.ts';
import type { StepGates } from '../core/dns/gates-at.ts';
import { canBeAt, gatesInForce, type MetricGate } from '../core/metrics/metric-gate.ts';
import type { Findings } from './parse/parsed.ts';
import { problem } from './stop.ts';

/** Gates of a record where they are in force. */
export interface PlacedGates {
  readonly gates: readonly Gate[];
  readonly stepGates: readonly StepGates[];
  readonly metricGates: readonly MetricGate[];
}

/** A gate by its name: a probe, or one on metrics. */
export type NamedGate =
  { readonly kind: 'probe'; readonly gate: Gate } | { readonly kind: 'metric'; readonly gate: MetricGate };

export interface Placing {
  readonly policy: RecordPolicy;
  /** Finds gates by their names, and notes those that are not declared. */
  readonly find: (names: readonly string[], ...keys: readonly PropertyKey[]) => readonly NamedGate[];
  readonly share: MetricGate | null;
  readonly findings: Findings;
  readonly place: (...keys: readonly PropertyKey[]) => string;
}

/** Puts the gates of a record and of its steps where they belong, and notes what could never work there (A2). */
export function placeGates(placing: Placing): PlacedGates {
  const { policy, find, share } = placing;
  const everywhere = find(policy.gates ?? [], 'gates');
  const steps = (policy.steps ?? []).flatMap((step, index) =>
    typeof step === 'number' || step.gates === undefined
      ? []
      : [{ share: step.share, index, found: find(step.gates, 'steps', index, 'gates') }],
  );
  const metricGates = [
    ...metricsOf(everywhere),
    ...(share === null ? [] : [share]),
    ...steps.flatMap((step) => metricsOf(step.found).map((gate): MetricGate => ({ ...gate, share: step.share }))),
  ];
  for (const gate of metricGates) noteMisplaced(gate, placing);
  noteUndecided(metricGates, placing);
  return {
    gates: probesOf(everywhere),
    stepGates: steps.flatMap((step) => {
      const gates = probesOf(step.found);
      return gates.length === 0 ? [] : [{ share: step.share, gates }];
    }),
    metricGates: withoutDoubles(metricGates),
  };
}

const probesOf = (found: readonly NamedGate[]): readonly Gate[] =>
  found.flatMap((one) => (one.kind === 'probe' ? [one.gate] : []));
const metricsOf = (found: readonly NamedGate[]): readonly MetricGate[] =>
  found.flatMap((one) => (one.kind === 'metric' ? [one.gate] : []));

/** A gate of the record is in force at a step that names it, too: once. */
function withoutDoubles(gates: readonly MetricGate[]): readonly MetricGate[] {
  return gates.filter(
    ({ name, share }, at) =>
      gates.findIndex((other) => other.name === name && (other.share === share || other.share === null)) === at ||
      share === null,
  );
}

/** What the design of a deployment allows: it is rolled back when nothing can be said for longer. */
const { limitMs, limitAtFullMs } = DEFAULT_PACE.inconclusive;

function noteMisplaced(gate: MetricGate, { policy, findings, place }: Placing): void {
  const where = gate.share === null ? place('gates') : place('steps', indexOf(policy, gate.share), 'gates');
  const shares = gate.share === null ? sharesOf(policy) : [gate.share];
  if (!shares.some((share) => canBeAt(gate.kind, share))) {
    const next = policy.steps === undefined && gate.kind === 'share' ? place('observedShare') : where;
    findings.note(
      problem(`${next}: ${gate.name} needs a step at which red serves too`, 'steps with a share below 100'),
    );
  }
  const full = shares.includes(100) && canBeAt(gate.kind, 100);
  const most = full ? limitAtFullMs : limitMs;
  if (gate.waitMs === null || gate.waitMs <= most) return;
  const at = full ? ' at 100 %' : '';
  findings.note(
    problem(
      `${where}: ${gate.name} waits ${formatDuration(gate.waitMs)} while it can say nothing`,
      `at most ${formatDuration(most)}${at}`,
    ),
  );
}

function indexOf({ steps = [] }: RecordPolicy, share: number): number {
  return steps.findIndex((step) => typeof step !== 'number' && step.share === share);
}

function sharesOf({ steps = [100] }: RecordPolicy): readonly number[] {
  return steps.map((step) => (typeof step === 'number' ? step : step.share));
}

/** Counted gates of which never enough can fail decide nothing: that is a dry run, and should say so. */
function noteUndecided(gates: readonly MetricGate[], { policy, findings, place }: Placing): void {
  const counted = gates.filter(({ weight }) => weight === 'counted');
  const mayFail = policy.mayFail ?? MAY_FAIL;
  if (counted.length === 0) {
    if (policy.mayFail !== undefined)
      findings.note(
        problem(`${place('mayFail')}: no gate of this record has critical: false`, 'gates that are counted'),
      );
    return;
  }
  const shares = sharesOf(policy);
  const most = Math.max(...shares.map((share) => gatesInForce(counted, share).length));
  if (most > mayFail) return;
  const names = [...new Set(counted.map(({ name }) => name))].join(', ');
  findings.note(
    problem(
      `${place('gates')}: ${names} can never decide: at most ${most} count at one step, and ${mayFail} may fail`,
      'a smaller mayFail, more gates that are not critical, or dryRun: true',
    ),
  );
}
