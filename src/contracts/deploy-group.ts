import type { KeptRecord } from '../core/dns/group-undo.ts';
import { planGroup, type GroupMember, type GroupPlan, type GroupPlanned } from '../core/dns/plan-group.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { mixedApprovals, mixedLockstep, mixedRoles, unknownHealth } from './group-rules.ts';
import { tooLargeTogether } from './group-size.ts';
import {
  deployId,
  planRequest,
  type DeployReport,
  type DeployRequest,
  type DeployStatus,
  type Place,
} from './deploy.ts';

/** Workflow types as strings, so that the client need not load workflow code. */
export const GROUP_WORKFLOW = 'deployGroup';
export const GROUP_PLAN_WORKFLOW = 'planGroupDeployment';

/** The lock of the group; each of its records has its own beside it (`deploy:<fqdn>`, held by a child). */
export const groupId = (group: string): string => deployId(groupSubject(group));

/** How a group is called where a record is called by its name. */
export const groupSubject = (group: string): string => `group/${group}`;

/** What the deployment of a group is asked to do. */
export interface GroupRequest {
  readonly group: string;
  /** At least so many records must serve from a healthy side in every state; null: no rule. */
  readonly keepHealthy: number | null;
  /** Refused when the plan of the group made now is another. */
  readonly planHash: string | null;
  /**
   * Each record as it would be deployed alone, at least one. What cannot differ in lockstep (who asks, the pace) is taken from the first; where
   * records say otherwise, `mixedApprovals` and `mixedLockstep` refuse them.
   */
  readonly records: readonly DeployRequest[];
  /** How the run waits for a record that is being deployed; without it, it is refused then. */
  readonly waitForLocks?: { readonly firstMs: number; readonly limitMs: number };
  /** Of an undo: records of the group that it leaves alone. They are read, since the number of the revision counts all. */
  readonly resting?: readonly Place[];
}

/** A plan of a group, and what it was made from. */
export interface PlannedGroup {
  readonly planned: GroupPlanned;
  readonly snapshots: readonly Snapshot[];
}

/** What the deployment of a group would do, by the very function that it runs: made by the worker and by `plan --local` alike. */
export function planTogether(request: GroupRequest, snapshots: readonly Snapshot[]): PlannedGroup {
  const owner = `${'x'.repeat(36)}/deploy-group:${request.group}/${'x'.repeat(36)}`; // as long as the one that its run will have
  const planned = planGroup(membersOf(request.records, snapshots), { ...request, owner });
  return { planned: planned.kind === 'unchanged' ? planned : agreed(request, planned), snapshots };
}

/** Its run would refuse what its records ask for differently: the plan does. */
function agreed(
  { keepHealthy, records }: GroupRequest,
  planned: Exclude<GroupPlanned, { kind: 'unchanged' }>,
): GroupPlanned {
  const reasons = [
    ...(planned.kind === 'refused'
      ? planned.reasons
      : [...mixedRoles(planned.plan, records), ...tooLargeTogether(planned.plan, records)]),
    ...unknownHealth(keepHealthy, records),
    ...mixedApprovals(records),
    ...mixedLockstep(records),
  ];
  return reasons.length === 0 ? planned : { kind: 'refused', reasons };
}

/** What the plan of a group is made from. */
export function membersOf(requests: readonly DeployRequest[], snapshots: readonly Snapshot[]): readonly GroupMember[] {
  return requests.flatMap((request) => {
    const snapshot = snapshots.find(({ record }) => record === request.record);
    return snapshot === undefined ? [] : [{ snapshot, request: planRequest(request) }];
  });
}

/** The status of a group has everything that the status of one record has, with the group's own phase and stages, and its records. */
export interface GroupStatus extends DeployStatus {
  readonly group: string;
  /** Null until the group is planned. */
  readonly groupPlan: GroupPlanFacts | null;
  /** Sorted by name. */
  readonly records: readonly DeployStatus[];
  /** Records that it leaves as they are, which an undo has to know; absent until the group is planned, and in runs of before. */
  readonly kept?: readonly KeptRecord[];
}

/** What is shown of a group's plan; the plans themselves are in the records. */
export type GroupPlanFacts = Omit<GroupPlan, 'plans'>;

export type GroupReport = GroupStatus & DeployReport;

/** What the child that holds the lock of one record is started with. */
export interface LockRequest {
  readonly group: string;
  readonly request: DeployRequest;
  /** Whom it is held for, so that it can ask whether that still runs; runs of before do not say it. */
  readonly holder?: LockHolder;
}

export interface LockHolder {
  /** As the fence names it: `<namespace id>/<workflow id>/<firstExecutionRunId>`. */
  readonly owner: string;
  /** How often the lock asks Temporal about it, at first. */
  readonly lookEveryMs: number;
}

/** What a run of a group says that needs a lock which an earlier run of the group may have left. */
export interface LockClaim {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Between a group and the children that hold the locks of its records. A child forwards what it is asked, and the group answers; it is told
 * what changes in its record's status, and released with the last one. A run that was reset claims what the run before it has left.
 */
export const LOCK_SIGNALS = {
  forward: 'forward',
  answer: 'answer',
  tell: 'tell',
  release: 'release',
  claim: 'claim',
} as const;

export const LOCK_WORKFLOW = 'lockRecord';

/** A message to one record, on its way to its group. */
export interface Forwarded {
  /** Of this message, among those of its child. */
  readonly id: number;
  readonly record: string;
  readonly verb: string;
  /** As its sender gave it: the group reads it as it reads its own. */
  readonly message: unknown;
}

/** What became of it. */
export interface ForwardAnswer {
  readonly id: number;
  readonly sentence: string;
  readonly refused: boolean;
}
