import type { DeployRequest } from '../contracts/deploy.ts';
import type { ApprovalRules } from '../core/dns/approval.ts';
import { formatDuration } from '../core/duration.ts';
import { displayName } from '../core/dns/name.ts';
import { sideWords } from '../core/dns/serving.ts';
import { planBatches } from '../core/dns/plan-batches.ts';
import type { Change } from '../core/dns/swap.ts';
import type { Plan, Planned } from '../core/dns/plan.ts';
import type { RecordSet, RecordSets } from '../core/dns/record-set.ts';
import { isGatedAt } from '../contracts/deploy.ts';
import { expectedShareWords, gateWords, sharesOf } from '../core/metrics/gate-words.ts';
import type { MetricGate } from '../core/metrics/metric-gate.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { unplannedLines } from './render-unplanned.ts';
import { about, clock, count, outside, table } from './words.ts';

export interface PlanView {
  readonly snapshot: Pick<Snapshot, 'readAt' | 'record' | 'zone'>;
  /** `the worker at temporal.example.com:7233`, or `this client with its own AWS credentials`. */
  readonly readBy: string;
  readonly verbose: boolean;
  /** Gates of the request that measure; they are no part of the plan. */
  readonly metricGates?: readonly MetricGate[];
}

/** A plan as an operator reads it: where it starts, every step, how long the world needs to follow. */
export function planLines(planned: Planned, view: PlanView): readonly string[] {
  return planned.kind === 'planned' ? plannedLines(planned.plan, view) : unplannedLines(planned);
}

function plannedLines(plan: Plan, view: PlanView): readonly string[] {
  return [
    headLine(plan, view),
    ...stepLines(plan),
    ...metricLines(plan, view.metricGates ?? []),
    ...(view.verbose ? batchLines(plan) : []),
    followLine(plan),
    ...plan.warnings.map((warning) => `warning      ${outside(warning)}`),
    `Plan ${plan.hash.slice(0, 8)}, about ${about(plan.timing.totalMs)}. Nothing was written.`,
  ];
}

/**
 * What the deployment is going to wait for, beside its plan: who decides, and for how long it waits.
 *
 * @param asking whose gates have somebody asked, where that are some records of a group.
 */
export function waitLines(
  request: Pick<DeployRequest, 'approve' | 'confirmByMs' | 'gates' | 'stepGates' | 'metricGates'>,
  { steps }: { readonly steps: readonly Pick<Plan['steps'][number], 'holdMs'>[] },
  asking: readonly string[] = [],
): readonly string[] {
  const { approve = {}, confirmByMs } = request;
  const approvals = (['cutover', 'promotion', 'inconclusive'] as const).flatMap((of) => {
    const rule = approve[of];
    if (rule === undefined) return [];
    const otherwise = of === 'cutover' ? 'otherwise nothing is written' : 'otherwise red is restored';
    const who = outside(rule.by.join(', '));
    const whose = of === 'inconclusive' && asking.length > 0 ? ` (${outside(asking.join(', '))})` : '';
    return [
      `approval     ${WAITING[of]}${whose}, by ${who} (not authenticated), within ${about(rule.withinMs)}; ${otherwise}`,
    ];
  });
  if (confirmByMs === undefined) return approvals;
  const byGates = isGatedAt(request, 100) && (steps.at(-1)?.holdMs ?? 0) <= confirmByMs;
  const who = byGates ? 'by somebody, or by gates that pass for the whole bake,' : 'by somebody';
  return [...approvals, `confirm      at 100 % ${who} within ${about(confirmByMs)}; otherwise red is restored`];
}

const WAITING = {
  cutover: 'the cutover',
  promotion: 'the promotion',
  inconclusive: 'going on where a gate says nothing for too long',
} as const satisfies Readonly<Record<keyof ApprovalRules, string>>;

function headLine(plan: Plan, { snapshot, readBy }: PlanView): string {
  const kind = `${plan.types.join(' and ')}  ${kindOf(plan.before)}, TTL ${ttlOf(plan.before)}`;
  return `${plan.record}  ${kind}  (zone ${displayName(plan.zone.name)}, read ${clock(snapshot.readAt)} by ${readBy})`;
}

function kindOf(sets: RecordSets): string {
  if (sets.some(({ alias }) => alias !== null)) return 'alias';
  return sets.some(({ weight }) => weight !== null) ? 'weighted' : 'simple';
}

function ttlOf(sets: RecordSets): string {
  const ttls = [...new Set(sets.flatMap(({ ttl }) => (ttl === null ? [] : [ttl])))];
  return ttls.length === 0 ? "of the alias' target" : ttls.join(' and ');
}

function stepLines(plan: Plan): readonly string[] {
  const rows = plan.steps.map((step, index) => [
    step.label.padStart(7),
    [stepWords(plan, index), step.holdMs === 0 ? null : `held ${formatDuration(step.holdMs)}`]
      .filter((word) => word !== null)
      .join(', '),
    count(step.changes, 'change'),
  ]);
  const { label, sets, changes } = plan.promotion;
  return table([...rows, [label.padStart(7), promotionWords(sets), count(changes, 'change')]]);
}

function stepWords(plan: Plan, index: number): string {
  const step = plan.steps[index];
  if (step === undefined || step.kind === 'lower-ttl') return 'traffic stays on red while caches follow';
  const black = step.sets.filter(({ setIdentifier }) => setIdentifier?.startsWith('switchyard-black-') === true);
  const total = sumOfWeights(step.sets);
  if (black.length === 0 || total === 0) return `${sideWords(plan.black)} answers`;
  const weight = `weight ${sumOfWeights(black)} of ${total}`;
  return index === plan.steps.findIndex(({ kind }) => kind === 'shift')
    ? `${sideWords(plan.black)} gets ${weight}`
    : weight;
}

/** Of one type: two families carry the same weights. */
function sumOfWeights(sets: RecordSets): number {
  const type = sets[0]?.type;
  return sets.filter((set) => set.type === type).reduce((sum, { weight }) => sum + (weight ?? 0), 0);
}

function promotionWords(sets: RecordSets): string {
  const simple = sets.every(({ setIdentifier }) => setIdentifier === null);
  const what = sets.length === 1 ? 'one' : String(sets.length);
  return `${what} ${simple ? kindOf(sets) : 'weighted'} record${sets.length === 1 ? '' : 's'}, TTL ${ttlOf(sets)}`;
}

/** Each gate once, with the steps at which it is in force, and what the share that is asked for means. */
function metricLines({ steps }: Plan, gates: readonly MetricGate[]): readonly string[] {
  const shares = steps.filter(({ kind }) => kind === 'shift').map(({ share }) => share);
  const names = [...new Set(gates.map(({ name }) => name))];
  return names.flatMap((name) => {
    const mine = gates.filter((gate) => gate.name === name);
    const [first] = mine;
    if (first === undefined) return [];
    const at = shares.filter((share) => mine.some((gate) => sharesOf(gate, [share]).length > 0));
    const rows = [
      `gate         ${outside(`${name}  ${gateWords(first)}, at ${at.map((share) => `${share} %`).join(', ')}`)}`,
    ];
    if (first.kind !== 'share') return rows;
    return [...rows, ...at.map((share) => `expect       ${expectedShareWords(share, first.tolerance)}`)];
  });
}

function followLine({ timing: { forwardMs, backMs } }: Plan): string {
  const back = backMs === forwardMs ? 'the way back takes as long' : `the way back takes ${formatDuration(backMs)}`;
  return `Every resolver follows within ${formatDuration(forwardMs)} of being in sync; ${back}.`;
}

/** The exact batches of `--verbose`, the ways back included; the fence, which is in each, changes with the time and is left out. */
function batchLines(plan: Plan): readonly string[] {
  return planBatches(plan).flatMap(({ label, batch }) => [
    `batch        ${outside(label)}, and the fence`,
    ...batch.map((change) => `  ${changeWords(change)}`),
  ]);
}

function changeWords({ action, set }: Change): string {
  return outside(`${action === 'DELETE' ? '-' : '+'} ${setWords(set)}`);
}

/** One record set in a line: `www.example.com A 60 192.0.2.10 weight 10 as switchyard-black-1`. */
export function setWords(set: RecordSet): string {
  const value = set.alias === null ? set.values.join(',') : `alias ${set.alias.dnsName}@${set.alias.zoneId}`;
  const weight = set.weight === null ? '' : ` weight ${set.weight} as ${set.setIdentifier ?? '?'}`;
  return `${displayName(set.name)} ${set.type} ${set.ttl ?? '-'} ${value}${weight}`;
}
