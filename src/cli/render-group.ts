import { asksSomebody, type DeployStatus } from '../contracts/deploy.ts';
import type { GroupRequest, GroupStatus } from '../contracts/deploy-group.ts';
import { approvalsTogether } from '../contracts/group-rules.ts';
import { displayName } from '../core/dns/name.ts';
import type { GroupPlan, GroupPlanned } from '../core/dns/plan-group.ts';
import { sideWords } from '../core/dns/serving.ts';
import { formatDuration } from '../core/duration.ts';
import { waitLines } from './render-plan.ts';
import { unplannedLines } from './render-unplanned.ts';
import { about, count, outside, table } from './words.ts';

/** The status of a group has its records besides. */
export const isGroup = (status: DeployStatus): status is GroupStatus => 'records' in status;

/** The plan of a group as an operator reads it: its zones, its steps, and what each record moves to. */
export function groupPlanLines(planned: GroupPlanned): readonly string[] {
  return planned.kind === 'planned' ? plannedLines(planned.plan) : unplannedLines(planned);
}

/** What the group is going to wait for, beside its plan: what any of its records asks for, once. */
export function groupWaitLines(
  { records }: Pick<GroupRequest, 'records'>,
  { steps }: Pick<GroupPlan, 'steps'>,
): readonly string[] {
  const approve = approvalsTogether(records);
  const confirmByMs = records[0]?.confirmByMs; // all of them ask for the same
  const wish = {
    gates: records.flatMap(({ gates }) => gates),
    stepGates: records.flatMap(({ stepGates = [] }) => stepGates),
    metricGates: records.flatMap(({ metricGates = [] }) => metricGates),
    ...(approve === undefined ? {} : { approve }),
    ...(confirmByMs === undefined ? {} : { confirmByMs }),
  };
  const asking = records.filter(asksSomebody).map(({ record }) => record);
  return waitLines(wish, { steps }, asking.length === records.length ? [] : asking);
}

function plannedLines(plan: GroupPlan): readonly string[] {
  return [
    `group/${plan.group}  ${count(plan.plans.length, 'record')} in ${count(plan.zones.length, 'zone')}`,
    ...recordTable(plan),
    ...plan.steps.map(
      ({ label, holdMs, changes }) =>
        `${label.padStart(8)}  ${count(changes, 'change')} in ${count(plan.zones.length, 'batch', 'batches')}, held ${formatDuration(holdMs)}`,
    ),
    ...plan.zones.map(
      ({ zone, records, largest }) =>
        `zone         ${displayName(zone.name)}: ${count(records.length, 'record')} in one batch of at most ${largest.elements} values and ${largest.characters} characters (Route 53 takes 1000 and 32000)`,
    ),
    ...plan.unchanged.map((record) => `unchanged    ${outside(record)} serves that already`),
    ...plan.warnings.map((warning) => `warning      ${outside(warning)}`),
    `Plan ${plan.hash.slice(0, 8)}, about ${about(plan.timing.totalMs)}. Nothing was written.`,
  ];
}

function recordTable({ plans, steps }: GroupPlan): readonly string[] {
  return table([
    ['RECORD', 'RED', 'BLACK', ...steps.map(({ label }) => outside(label))],
    ...plans.map((one) => [
      outside(one.record),
      outside(sideWords(one.red)),
      outside(sideWords(one.black)),
      ...one.steps.map(({ changes }) => count(changes, 'change')),
    ]),
  ]);
}
