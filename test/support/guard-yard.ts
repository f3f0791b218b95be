import { randomUUID } from 'node:crypto';
import { createGuardActivities } from '../../src/activities/guard-activities.ts';
import {
  GUARD_PACE,
  GUARD_WORKFLOW,
  type GuardActivities,
  type GuardPace,
  type GuardReport,
  type GuardRequest,
} from '../../src/contracts/guard.ts';
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

/** A yard whose deployments sign their fences with the namespace's own id, and whose worker guards them. */
export interface GuardYard extends Yard {
  readonly namespaceId: string;
  /** Starts a deployment that a guard may find. */
  deploy(rig: Rig, overrides?: Parameters<Rig['deploy']>[0]): Promise<Deployment>;
  /** Runs one guard over the record of a rig, to its end. */
  guard(rig: Rig, overrides?: Partial<GuardRequest>): Promise<GuardReport>;
}

/** `also`: activities beside those of deployments and guards. */
export async function startGuardYard(also: object = {}): Promise<GuardYard> {
  const guards = new Map<Sandbox, GuardActivities>();
  const yard = await startYard((sandboxOf) => ({
    ...dispatching((record) => guardOf(guards, sandboxOf(record))),
    ...also,
  }));
  const { client, namespace } = yard.temporal;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  const namespaceId = namespaceInfo?.id ?? '';
  return {
    ...yard,
    namespaceId,
    deploy: (rig, overrides) => rig.deploy({ namespaceId, ...overrides }),
    guard: (rig, overrides = {}) => {
      const workflowId = `guard-${randomUUID()}`;
      yard.ids.push(workflowId);
      return client.workflow.execute<(request: GuardRequest) => Promise<GuardReport>>(GUARD_WORKFLOW, {
        workflowId,
        taskQueue: yard.taskQueue,
        args: [guardRequest(rig, overrides)],
      });
    },
  };
}

export function guardRequest({ record }: Rig, overrides: Partial<GuardRequest> = {}): GuardRequest {
  const records = [{ record, zone: null, verify: 'authoritative' as const }];
  return { records, act: 'restore', pace: FAST_GUARD, ...overrides };
}

function guardOf(guards: Map<Sandbox, GuardActivities>, sandbox: Sandbox): GuardActivities {
  const known = guards.get(sandbox) ?? createGuardActivities(depsFor(sandbox));
  guards.set(sandbox, known);
  return known;
}

/** Whoever looks at one record looks into its sandbox; Temporal is the same for all. */
function dispatching(find: (record: string) => GuardActivities): GuardActivities {
  const recordOf = (owner: string): string => /\/deploy:([^/]+)\//.exec(owner)?.[1] ?? '';
  return {
    readFences: (input) => find(input.records[0]?.record ?? '').readFences(input),
    askOwners: (input) => find(recordOf(input.owners[0] ?? '')).askOwners(input),
    repairRecords: (input) => find(input.repairs[0]?.record ?? '').repairRecords(input),
  };
}
