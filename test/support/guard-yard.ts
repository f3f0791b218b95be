import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { DeployDeps } from '../../src/activities/deploy-activities.ts';
import { createGuardActivities } from '../../src/activities/guard-activities.ts';
import {
  GUARD_PACE,
  GUARD_WORKFLOW,
  type GuardActivities,
  type GuardPace,
  type GuardReport,
  type GuardRequest,
} from '../../src/contracts/guard.ts';
import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { repairRecords } from '../../src/activities/repair-records.ts';
import { fromWire } from '../../src/activities/wire-record-set.ts';
import { readFence, type Fence } from '../../src/core/dns/fence.ts';
import { fenceName } from '../../src/core/dns/name.ts';
import { createResetActivities } from '../../src/activities/reset-activities.ts';
import type { ResetActivities } from '../../src/contracts/reset.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { depsFor, startYard, type Deployment, type Rig, type Yard } from './yard.ts';

/** A guard in production, hundreds of times faster. */
export const FAST_GUARD: GuardPace = {
  ...GUARD_PACE,
  lookAgainMs: 200,
  overdueAfterMs: 300,
  retry: { firstMs: 20, maxMs: 100 },
  insync: { pollMs: 20, limitMs: 10_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 5_000 },
};

/** What restores a record in the place of its run. */
export type MendActivities = GuardActivities & ResetActivities;

type GuardRecords = (request: GuardRequest) => Promise<GuardReport>;

/** A yard whose deployments sign their fences with the namespace's own id, and whose worker guards them. */
export interface GuardYard extends Yard {
  readonly namespaceId: string;
  /** Starts a deployment that a guard may find. */
  deploy(rig: Rig, overrides?: Parameters<Rig['deploy']>[0]): Promise<Deployment>;
  /** The same, until it holds at 50 %, where it stays. */
  atHalf(rig: Rig, overrides?: Parameters<Rig['deploy']>[0]): Promise<Deployment>;
  /** Starts one guard over the record of a rig. */
  startGuard(rig: Rig, overrides?: Partial<GuardRequest>): Promise<WorkflowHandle<GuardRecords>>;
  /** Runs one guard over the record of a rig, to its end. */
  guard(rig: Rig, overrides?: Partial<GuardRequest>): Promise<GuardReport>;
  /** Guards and resets of a rig's record do their work by these from now on. */
  use(rig: Rig, activities: MendActivities): void;
}

/** `also`: activities beside those of deployments and guards. */
export async function startGuardYard(also: object = {}): Promise<GuardYard> {
  const guards = new Map<Sandbox, MendActivities>();
  const yard = await startYard((sandboxOf) => ({
    ...dispatching((record) => guardOf(guards, sandboxOf(record))),
    ...also,
  }));
  const { client, namespace } = yard.temporal;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  const namespaceId = namespaceInfo?.id ?? '';
  const startGuard: GuardYard['startGuard'] = (rig, overrides = {}) => {
    const workflowId = `guard-${randomUUID()}`;
    yard.ids.push(workflowId);
    return client.workflow.start<GuardRecords>(GUARD_WORKFLOW, {
      workflowId,
      taskQueue: yard.taskQueue,
      args: [guardRequest(rig, overrides)],
    });
  };
  const deploy: GuardYard['deploy'] = (rig, overrides) => rig.deploy({ namespaceId, ...overrides });
  return {
    ...yard,
    namespaceId,
    deploy,
    atHalf: async (rig, overrides) => {
      const run = await deploy(rig, { steps: HALF, ...overrides });
      await run.until(({ phase, share }) => phase === 'holding' && share === 50);
      return run;
    },
    startGuard,
    guard: async (rig, overrides) => (await startGuard(rig, overrides)).result(),
    use: ({ sandbox }, activities) => void guards.set(sandbox, activities),
  };
}

export const HALF = [
  { share: 50, holdMs: 120_000 },
  { share: 100, holdMs: 200 },
];

export function guardRequest({ record }: Rig, overrides: Partial<GuardRequest> = {}): GuardRequest {
  const records = [{ record, zone: null, verify: 'authoritative' as const }];
  return { records, act: 'restore', pace: FAST_GUARD, ...overrides };
}

export function mendActivities(deps: DeployDeps): MendActivities {
  return { ...createGuardActivities(deps), ...createResetActivities(deps) };
}

function guardOf(guards: Map<Sandbox, MendActivities>, sandbox: Sandbox): MendActivities {
  const known = guards.get(sandbox) ?? mendActivities(depsFor(sandbox));
  guards.set(sandbox, known);
  return known;
}

/** Whoever looks at one record looks into its sandbox; Temporal is the same for all. */
function dispatching(find: (record: string) => MendActivities): MendActivities {
  const recordOf = (owner: string): string => /\/deploy:([^/]+)\//.exec(owner)?.[1] ?? '';
  return {
    readFences: (input) => find(input.records[0]?.record ?? '').readFences(input),
    askOwners: (input) => find(recordOf(input.owners[0] ?? '')).askOwners(input),
    repairRecords: (input) => find(input.repairs[0]?.record ?? '').repairRecords(input),
    resetRecord: (request) => find(request.task.record).resetRecord(request),
  };
}

export function fenceThatStands({ sandbox, record }: Pick<Rig, 'sandbox' | 'record'>): Fence {
  const [set] = sandbox.route53.recordSets(sandbox.zoneId, fenceName(record));
  const reading = readFence(set === undefined ? null : fromWire(set));
  if (reading.kind !== 'standing') throw new Error('no fence');
  return reading.fence;
}

/** The restore by itself, of a guard that is wrong about the run. */
export function repairByHand({ sandbox, record }: Pick<Rig, 'sandbox' | 'record'>, fence: Fence) {
  const deps = depsFor(sandbox);
  const repairing = { aws: deps.aws, look: lookDeps(deps), findSnapshot: () => Promise.resolve(null) };
  const repairs = [{ record, zone: null, verify: 'authoritative' as const, fence }];
  return repairRecords(repairing, { repairs, pace: FAST_GUARD }, plainPulse());
}
