import type { DeployRequest } from '../contracts/deploy.ts';
import { SHORTEST_BAKE_MS, SHORTEST_HOLD_MS } from '../core/dns/draw-steps.ts';
import { formatDuration } from '../core/duration.ts';
import { canBeAt, gatesInForce, type MetricGate } from '../core/metrics/metric-gate.ts';
import { earliestPassMs } from '../core/metrics/metric-rule.ts';
import type { RequestFlags } from './deploy-flags.ts';
import { quoted, type Findings } from './parse/parsed.ts';
import type { NamedPolicy } from './record-policy.ts';
import { problem } from './stop.ts';

type Steps = DeployRequest['steps'];

interface Assembly {
  readonly flags: RequestFlags;
  readonly named: NamedPolicy | null;
  readonly findings: Findings;
}

/** What of the request says how long each step is held. */
type Holds = Pick<DeployRequest, 'steps' | 'holdMs' | 'bakeMs'>;

/**
 * The gates of the file beside its probes, as far as the steps of this deployment have them; nothing where there are none, so that a request without them is
 * what it always was.
 */
export function measuredGates(
  from: Assembly,
  holds: Holds,
): Pick<DeployRequest, 'stepGates' | 'metricGates' | 'mayFail'> {
  const { named, flags } = from;
  const { steps } = holds;
  const shares = steps.map(({ share }) => share);
  const isAsked = ({ share }: { readonly share: number | null }): boolean => share === null || shares.includes(share);
  const stepGates = flags.check === undefined ? (named?.stepGates ?? []).filter(isAsked) : [];
  const metricGates = accepting((named?.metricGates ?? []).filter(isAsked).filter(saysAnything(shares)), from);
  for (const step of steps)
    noteShortHolds(from, { step, holdMs: holdOf(holds, step) }, gatesInForce(metricGates, step.share));
  noteThinStart(from, steps, metricGates);
  const mayFail = named?.policy.mayFail;
  return {
    ...(stepGates.length === 0 ? {} : { stepGates }),
    ...(metricGates.length === 0 ? {} : { metricGates }),
    ...(mayFail === undefined ? {} : { mayFail }),
  };
}

/** What the file has and this deployment has not, because its steps are others: said, never silent. */
export function leftOut(
  { metricGates = [], stepGates = [], steps }: DeployRequest,
  named: NamedPolicy | null,
): readonly string[] {
  if (named === null) return [];
  const isIn = (list: readonly { readonly share: number | null }[], one: { readonly share: number | null }): boolean =>
    list.some(({ share }) => share === one.share);
  const metrics = named.metricGates.filter(
    (gate) => !metricGates.some(({ name, share }) => name === gate.name && share === gate.share),
  );
  const probes = named.stepGates.filter((step) => !isIn(stepGates, step)).flatMap(({ gates }) => gates);
  const names = [...new Set([...metrics, ...probes].map(({ name }) => name))];
  if (names.length === 0) return [];
  const shown = steps.map(({ share }) => share).join(',');
  return [`not in force with steps ${shown}: ${names.join(', ')} of ${named.at('gates')}`];
}

const saysAnything =
  (shares: readonly number[]) =>
  ({ kind, share }: MetricGate): boolean =>
    share !== null || shares.some((one) => canBeAt(kind, one));

/** `--accept-alarm` names an alarm, or its gate. */
function accepting(gates: readonly MetricGate[], { flags, findings }: Assembly): readonly MetricGate[] {
  const names = flags.acceptAlarm ?? [];
  const alarms = gates.flatMap((gate) => (gate.kind === 'alarm' ? [gate] : []));
  for (const name of names) {
    if (alarms.some((gate) => gate.alarm === name || gate.name === name)) continue;
    const known = alarms.map(({ alarm }) => alarm).join(', ') || 'this record has no gate on an alarm';
    findings.note(problem(`--accept-alarm: ${quoted(name)} is no alarm of this deployment`, known));
  }
  return gates.map((gate) =>
    gate.kind === 'alarm' && names.some((name) => name === gate.alarm || name === gate.name)
      ? { ...gate, accepted: true }
      : gate,
  );
}

/** A hold that ends before its gate can have passed would only wait at its end, and eat the deadline. */
function noteShortHolds(
  { findings }: Assembly,
  { step, holdMs }: { readonly step: Steps[number]; readonly holdMs: number },
  gates: readonly MetricGate[],
): void {
  for (const gate of gates) {
    if (gate.kind !== 'threshold') continue;
    const needMs = earliestPassMs(gate.samples);
    if (needMs <= holdMs) continue;
    const { min, everyMs } = gate.samples;
    const takes = `its ${min} samples, one every ${formatDuration(everyMs)}, take ${formatDuration(needMs)}`;
    const found = `${gate.name}: ${takes}, and the hold at ${step.share} % is ${formatDuration(holdMs)}`;
    findings.note(problem(found, 'a longer hold, or fewer samples'));
  }
}

/** What is asked for; else the shortest that a plan gives. */
function holdOf({ holdMs, bakeMs }: Holds, step: Steps[number]): number {
  if (step.holdMs !== null) return step.holdMs;
  return step.share === 100 ? (bakeMs ?? SHORTEST_BAKE_MS) : (holdMs ?? SHORTEST_HOLD_MS);
}

const THIN = 5;

/** DNS is split by resolvers: of 1 % of the answers a few large ones make none, or half of the requests (facts on resolvers: docs/gates.md). */
function noteThinStart({ findings }: Assembly, steps: Steps, gates: readonly MetricGate[]): void {
  const first = steps[0]?.share ?? 100;
  if (first >= THIN || gates.some(({ kind }) => kind === 'share')) return;
  findings.note(
    problem(
      `a first step of ${first} % may be no request at all, or many: DNS is split by resolvers, not by requests`,
      `a first step of ${THIN} % or more, or observedShare in switchyard.yaml, which waits until black gets its share`,
    ),
  );
}
