import type { WorkflowHandle } from '@temporalio/client';
import type { Endpoint } from '../../sandbox/endpoints/endpoint.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import {
  GROUP_WORKFLOW,
  groupId,
  type GroupReport,
  type GroupRequest,
  type GroupStatus,
} from '../../src/contracts/deploy-group.ts';
import { deployId, MESSAGES, type DeployRequest, type DeployStatus, type Pace } from '../../src/contracts/deploy.ts';
import { observe, type Observer } from './observer.ts';
import { endOf, untilStatus, type RunEnd } from './run-handle.ts';
import { FAST, PLAIN, requestFor, type RigOptions, type Yard } from './yard.ts';

/** A record of the group, with an endpoint of its own for black. */
export interface GroupRecord {
  readonly record: string;
  readonly zoneId: string;
  readonly red: string;
  readonly black: Endpoint;
  readonly observer: Observer;
}

export interface GroupRig {
  readonly group: string;
  readonly sandbox: Sandbox;
  /** Sorted by name: those of the first zone, then of the second. */
  readonly records: readonly GroupRecord[];
  request(overrides?: Partial<GroupRequest>, shared?: Partial<DeployRequest>): GroupRequest;
  deploy(overrides?: Partial<GroupRequest>, shared?: Partial<DeployRequest>): Promise<GroupDeployment>;
  /** The run that holds the lock of a record, whatever it is. */
  lockOf(record: string): WorkflowHandle;
  /** What every record is now. */
  now(): readonly string[];
  /** How much of the change log is older than what is judged; nothing where it is not said. */
  readonly since?: number;
}

export interface GroupDeployment {
  readonly handle: WorkflowHandle;
  status(): Promise<GroupStatus>;
  until(what: (status: GroupStatus) => boolean): Promise<GroupStatus>;
  end(): Promise<RunEnd<GroupReport>>;
}

export interface GroupRigOptions extends RigOptions {
  readonly zones?: number;
  /** Records of each zone. */
  readonly each?: number;
}

/** As fast as `FAST`, with room for many probes at once on a busy machine. */
export const CALM: Pace = {
  ...FAST,
  probeEveryMs: 150,
  probeTimeoutMs: 3_000,
  inconclusive: { limitMs: 15_000, limitAtFullMs: 15_000 },
  ownViewMs: 8_000,
  blockedAfterMs: 15_000,
};

/** A sandbox with the records of a group on red, in zones of their own: `z1r1.z1.…`, `z1r2.z1.…`, `z2r1.z2.…`. */
export async function groupRig(yard: Yard, options: GroupRigOptions = {}): Promise<GroupRig> {
  const { zones = 2, each = 2 } = options;
  const places: Place[] = [];
  const prepare = async (sandbox: Sandbox): Promise<void> => {
    for (let zone = 1; zone <= zones; zone += 1) places.push(...(await addZone(sandbox, { zone, each })));
  };
  const { sandbox } = await yard.rig({ withoutTls: true, ...options, prepare });
  return groupOf({ ...yard, sandbox, group: `g${sandbox.zone.split('.')[0] ?? ''}` }, places);
}

/** One of several groups of a sandbox whose worker runs already: the zones `of` are its own. */
export async function groupIn(at: Omit<GroupParts, 'group'>, of: readonly number[]): Promise<GroupRig> {
  const places: Place[] = [];
  for (const zone of of) places.push(...(await addZone(at.sandbox, { zone, each: 2 })));
  return groupOf({ ...at, group: `g${of.join('-')}-${at.sandbox.zone.split('.')[0] ?? ''}` }, places);
}

type Place = Omit<GroupRecord, 'observer'>;

interface GroupParts {
  readonly sandbox: Sandbox;
  readonly temporal: Yard['temporal'];
  readonly taskQueue: string;
  readonly ids: string[];
  readonly group: string;
}

function groupOf({ sandbox, temporal, taskQueue, ids, group }: GroupParts, places: readonly Place[]): GroupRig {
  const records = places
    .map((place) => {
      const colours = { red: [place.red], black: [place.black.address] };
      return { ...place, observer: observe({ ...sandbox, zoneId: place.zoneId }, place.record, colours) };
    })
    .sort((a, b) => (a.record < b.record ? -1 : 1));
  const request: GroupRig['request'] = (overrides = {}, shared = {}) => ({
    group,
    keepHealthy: null,
    planHash: null,
    records: records.map(({ record, black }) =>
      requestFor(record, { to: { kind: 'values', values: [black.address] }, gates: [PLAIN], pace: CALM, ...shared }),
    ),
    ...overrides,
  });
  const deploy: GroupRig['deploy'] = async (overrides, shared) => {
    const handle = await temporal.client.workflow.start(GROUP_WORKFLOW, {
      workflowId: groupId(group),
      taskQueue,
      args: [request(overrides, shared)],
      workflowIdConflictPolicy: 'FAIL',
    });
    ids.push(groupId(group), ...records.map(({ record }) => deployId(record)));
    return groupDeployment(handle);
  };
  return {
    group,
    sandbox,
    records,
    request,
    deploy,
    lockOf: (record) => temporal.client.workflow.getHandle(deployId(record)),
    now: () => records.map(({ observer }) => observer.now()),
  };
}

export function groupDeployment(handle: WorkflowHandle): GroupDeployment {
  const status = () => handle.query<GroupStatus>(MESSAGES.status);
  return {
    handle,
    status,
    until: (what) => untilStatus(handle, status, what),
    end: () => endOf<GroupReport>(handle),
  };
}

async function addZone(sandbox: Sandbox, { zone, each }: { zone: number; each: number }) {
  const { route53, endpoints } = sandbox;
  const name = `z${zone}.${sandbox.zone}`;
  const nameServers = route53.zones()[0]?.nameServers ?? [];
  const zoneId = route53.createZone({ name, nameServers });
  const red = await endpoints.add(`192.0.2.${100 + zone}`, { hosts: [`*.${name}`] });
  return Promise.all(
    Array.from({ length: each }, async (_, index) => {
      const record = `z${zone}r${index + 1}.${name}`;
      route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: red.address }] });
      const black = await endpoints.add(`198.51.100.${zone * 20 + index}`, { hosts: [`*.${name}`] });
      return { record, zoneId, red: red.address, black };
    }),
  );
}

/** The status of the run that holds a record's lock. */
export const lockStatus = (handle: WorkflowHandle): Promise<DeployStatus> =>
  handle.query<DeployStatus>(MESSAGES.status);
