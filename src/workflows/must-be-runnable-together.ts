import { patched } from '@temporalio/workflow';
import { hasGates, looksFirst, type DeployRequest } from '../contracts/deploy.ts';
import { mixedApprovals, mixedLockstep, mixedRoles, unknownHealth } from '../contracts/group-rules.ts';
import { tooLargeTogether } from '../contracts/group-size.ts';
import type { GroupPlan } from '../core/dns/plan-group.ts';
import { failure } from '../policies/failures.ts';
import { memberOf, showRecord, type GroupRun } from './group-run.ts';
import {
  mustFitHistory,
  mustHavePlan,
  mustKnowWhomToAsk,
  NOTHING_LOOKS_FIRST,
  type Runnable,
} from './must-be-runnable.ts';

/** The plan to run, or a refusal with every reason of every record at once (A2); nothing has been written yet. */
export function mustBeRunnableTogether(group: GroupRun, planned: Runnable<GroupPlan>): GroupPlan {
  const { run, request } = group;
  const plan = mustHavePlan(run, planned);
  mustHaveGates(group);
  mustAgree(group, plan);
  mustKnowWhomToAsk(run.request, request.records);
  mustFitHistory(plan, run.request.pace);
  const { plans, ...facts } = plan;
  group.plan = facts;
  for (const one of plans) showRecord(group, one.record, { plan: one });
  for (const record of facts.unchanged) memberOf(group, record).own = { outcome: 'unchanged' };
  return plan;
}

/** What its records ask for differently cannot be done once for all of them. */
function mustAgree({ request: { keepHealthy, records } }: GroupRun, plan: GroupPlan): void {
  const reasons = [
    ...unknownHealth(keepHealthy, records),
    ...mixedApprovals(records),
    ...mixedRoles(plan, records),
    ...tooLargeTogether(plan, records).filter(() => patched('a group fits into one message')),
    ...mixedLockstep(records).filter(() => patched('the records of a group agree')), // runs of before go on as they began
  ];
  if (reasons.length === 0) return;
  const next = [...new Set(reasons.flatMap((one) => one.next ?? []))].join(' ');
  throw failure('Refused', reasons.map(({ sentence }) => sentence).join(' '), next === '' ? {} : { next });
}

function mustHaveGates({ request: { records } }: GroupRun): void {
  const next = 'Give them gates with --check or in switchyard.yaml, or accept that with --unchecked.';
  const checked = records.filter(({ unchecked }) => !unchecked);
  const ungated = checked.filter((one) => !hasGates(one));
  if (ungated.length > 0)
    throw failure('Refused', `no gate was given for ${namesOf(ungated)}: nothing would notice an ill black.`, { next });
  const unseen = checked.filter((one) => !looksFirst(one));
  if (unseen.length === 0 || !patched('a probe looks first')) return; // runs of before go on as they began
  const sentence = `no probe of ${namesOf(unseen)} is in force at the first step: ${NOTHING_LOOKS_FIRST}`;
  throw failure('Refused', sentence, { next });
}

const namesOf = (records: readonly DeployRequest[]): string => records.map(({ record }) => record).join(', ');
