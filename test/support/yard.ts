import { randomUUID } from 'node:crypto';
import { ServiceError, type WorkflowHandle } from '@temporalio/client';
import { createDeployActivities, type DeployDeps } from '../../src/activities/deploy-activities.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import { DEFAULT_PACE, DEPLOY_WORKFLOW, deployId, MESSAGES } from '../../src/contracts/deploy.ts';
import type { DeployReport, DeployRequest, DeployStatus, MessageAnswer, Pace } from '../../src/contracts/deploy.ts';
import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import type { GroupActivities } from '../../src/contracts/group-activities.ts';
import type { Gate, HttpGate } from '../../src/core/dns/gate.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import { observe, type Observer } from './observer.ts';
import { endOf, untilStatus, type RunEnd } from './run-handle.ts';
import type { TestTemporal } from './temporal.ts';
import { startTestWorker, type TestWorkerOptions } from './test-worker.ts';

/** A production deployment, a hundred times faster: the same order of times, so the same races. */
export const FAST: Pace = {
  ...DEFAULT_PACE,
  probeEveryMs: 50,
  probeTimeoutMs: 1_500, // longer than the processors of a busy machine are away
  preflight: { inARow: 2, overMs: 50 },
  driftEveryMs: 100,
  stretch: { minMs: 300, maxMs: 5_000 },
  insync: { pollMs: 20, noticeMs: 5_000, limitMs: 20_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 5_000 },
  inconclusive: { limitMs: 5_000, limitAtFullMs: 3_000 }, // as above
  ownViewMs: 600,
  retry: { firstMs: 50, maxMs: 300 },
  blockedAfterMs: 1_500,
};

export const HEALTHY: HttpGate = {
  kind: 'http',
  name: 'healthy',
  scheme: 'https',
  host: null,
  port: 443,
  path: '/healthz',
  method: 'GET',
  headers: [],
  status: [200],
  contains: null,
  json: {},
  maxLatencyMs: null,
  followRedirects: false,
  verifyCertificate: true,
};

/** The same without TLS, for files that have no processor time for very many handshakes. */
export const PLAIN: Gate = { ...HEALTHY, scheme: 'http', port: 80 };

/** One sandbox, one record on red, and what a test asks of it. */
export interface Rig {
  readonly sandbox: Sandbox;
  readonly record: string;
  readonly observer: Observer;
  request(overrides?: Partial<DeployRequest>): DeployRequest;
  deploy(overrides?: Partial<DeployRequest>): Promise<Deployment>;
  /** Closes its sandbox: for files with very many rigs; the yard closes the others. */
  close(): Promise<void>;
}

/** A running deployment, from the outside. */
export interface Deployment {
  readonly handle: WorkflowHandle;
  status(): Promise<DeployStatus>;
  /** Waits until the status fulfils a condition. */
  until(what: (status: DeployStatus) => boolean): Promise<DeployStatus>;
  abort(reason?: string): Promise<MessageAnswer>;
  /** How it ended, whether well or not. */
  end(): Promise<End>;
}

export type End = RunEnd<DeployReport>;

/** Of records alone, and of groups. */
export type AllActivities = DeployActivities & GroupActivities;

/** A worker on a queue of its own, for all tests of a file; each test has a sandbox of its own. */
export interface Yard {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  /** Of all runs, for their replay. */
  readonly ids: string[];
  rig(options?: RigOptions): Promise<Rig>;
  /** Replays every run against its own history, and closes. */
  close(): Promise<void>;
}

export interface RigOptions {
  readonly insyncAfterMs?: number;
  /** Adds zones, records and endpoints before the worker knows the sandbox. */
  readonly prepare?: (sandbox: Sandbox) => Promise<void>;
  /** The same as `around`, of the activities of groups. */
  readonly aroundGroup?: (activities: GroupActivities) => GroupActivities;
  /** The same, of both. */
  readonly aroundAll?: (activities: AllActivities) => AllActivities;
  /** Changes an activity before the worker sees it: slower, or failing in the worker's own process. */
  readonly around?: (activities: DeployActivities) => DeployActivities;
  /** Times out writes sooner than in production. */
  readonly writeMs?: number;
  /** Trusts the runtime's authorities alone: reading them all once more costs a rig more than the rest of it. */
  readonly withoutTls?: boolean;
  /** Times out questions to name servers sooner than in production. */
  readonly askTimeoutMs?: number;
  /** Roles of other accounts, by the names that the worker binds to them. */
  readonly roles?: SandboxOptions['roles'];
  /** Variables of the worker that are not those of its sandbox. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `also`: activities beside those of deployments, out of the sandbox that has a record. */
export async function startYard(
  also: (sandboxOf: SandboxOf) => object = () => ({}),
  wish: Pick<TestWorkerOptions, 'knowsPatches'> = {},
): Promise<Yard> {
  const rigs = new Map<string, { sandbox: Sandbox; activities: AllActivities }>();
  const ofDeployments = dispatching((record) => rigThatHas(rigs, record).activities);
  const activities = { ...ofDeployments, ...also((record) => rigThatHas(rigs, record).sandbox) };
  const worker = await startTestWorker({ queue: 'yard', activities, ...wish });
  const rig = async (options: RigOptions = {}): Promise<Rig> => {
    const zone = `t${randomUUID().slice(0, 8)}.example`;
    const { insyncAfterMs = 40, roles } = options;
    const sandbox = await startSandbox({ zone, insyncAfterMs, seed: 7, ...(roles === undefined ? {} : { roles }) });
    await options.prepare?.(sandbox);
    const plain = activitiesFor(sandbox, options);
    const changed = { ...plain, ...options.around?.(plain), ...options.aroundGroup?.(plain) };
    const activities = options.aroundAll?.(changed) ?? changed;
    rigs.set(zone, { sandbox, activities });
    return rigOf({ ...worker, sandbox, closed: () => void rigs.delete(zone) });
  };
  const close = () => worker.close(() => Promise.all([...rigs.values()].map(({ sandbox }) => sandbox.close())));
  const { temporal, taskQueue, ids } = worker;
  return { temporal, taskQueue, ids, rig, close };
}

/** The worker's own configuration for a sandbox. */
export function activitiesFor(sandbox: Sandbox, options: RigOptions = {}): AllActivities {
  return createDeployActivities(depsFor(sandbox, options));
}

export function depsFor(sandbox: Sandbox, options: RigOptions = {}): DeployDeps {
  const { SWITCHYARD_CA_FILE: ca, ...env } = { ...sandbox.env(), ...options.env };
  const config = loadConfig(options.withoutTls === true || ca === undefined ? env : { ...env, SWITCHYARD_CA_FILE: ca });
  const credentials = { accessKeyId: 'switchyard', secretAccessKey: 'sandbox' };
  const timeouts = { readMs: options.writeMs ?? 2_000, writeMs: options.writeMs ?? 2_000 };
  const aws = createAwsClients(config.aws, { credentials, timeouts });
  const { askTimeoutMs } = options;
  return { config, aws, ...(askTimeoutMs === undefined ? {} : { askTimeoutMs }) };
}

export type SandboxOf = (record: string) => Sandbox;

function rigThatHas<T>(rigs: ReadonlyMap<string, T>, record: string): T {
  for (const [zone, rig] of rigs) if (record.endsWith(zone)) return rig;
  throw new Error(`no rig has ${record}`);
}

/** One worker serves many sandboxes: the record's zone says which. */
function dispatching(find: (record: string) => AllActivities): AllActivities {
  const first = ({ records: [one] }: { readonly records: readonly { readonly record: string }[] }) =>
    find(one?.record ?? '');
  return {
    readRecords: (input) => first(input).readRecords(input),
    swapZone: (input) => first(input).swapZone(input),
    restoreZone: (input) => first(input).restoreZone(input),
    setZoneFences: (input) => first(input).setZoneFences(input),
    verifyRecords: (input) => first(input).verifyRecords(input),
    checkRecords: (input) => first(input).checkRecords(input),
    measureRecords: (input) => first(input).measureRecords(input),
    watchRecords: (input) => first(input).watchRecords(input),
    readRecord: (input) => find(input.record).readRecord(input),
    swapRecord: (input) => find(input.record).swapRecord(input),
    restoreRecord: (input) => find(input.record).restoreRecord(input),
    setFence: (input) => find(input.record).setFence(input),
    awaitInsync: (input) => find(input.record).awaitInsync(input),
    verifyAnswers: (input) => find(input.record).verifyAnswers(input),
    checkEndpoints: (input) => find(input.record).checkEndpoints(input),
    checkMetrics: (input) => find(input.record).checkMetrics(input),
    watchEndpoints: (input) => find(input.record).watchEndpoints(input),
  };
}

export interface RigParts {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  readonly sandbox: Sandbox;
  readonly ids: string[];
  readonly closed: () => void;
}

/** Its sandbox's record is the rig's: several rigs may share one sandbox. */
export function rigOf({ temporal, taskQueue, sandbox, ids, closed }: RigParts): Rig {
  const { record } = sandbox;
  const request = (overrides: Partial<DeployRequest> = {}) => requestFor(record, overrides);
  const deploy = async (overrides: Partial<DeployRequest> = {}): Promise<Deployment> => {
    const workflowId = deployId(record);
    ids.push(workflowId);
    const handle = await temporal.client.workflow.start(DEPLOY_WORKFLOW, {
      workflowId,
      taskQueue,
      args: [request(overrides)],
      workflowIdConflictPolicy: 'FAIL',
    });
    return deploymentOf(handle);
  };
  return {
    sandbox,
    record,
    observer: observe(sandbox, record, { red: ['192.0.2.10'], black: ['192.0.2.20'] }),
    request,
    deploy,
    close: async () => {
      closed();
      await sandbox.close();
    },
  };
}

export function requestFor(record: string, overrides: Partial<DeployRequest> = {}): DeployRequest {
  return {
    record,
    zone: null,
    to: { kind: 'values', values: ['192.0.2.20'] },
    type: null,
    from: null,
    steps: [{ share: 100, holdMs: null }],
    holdMs: 300,
    bakeMs: 300,
    deadlineMs: null,
    preLowerTtl: null,
    ttl: null,
    slowRollbackOk: false,
    leave: [],
    gates: [HEALTHY],
    unchecked: false,
    acceptIllRed: false,
    ifRedIsIll: 'compare',
    verify: 'authoritative',
    planHash: null,
    startWithinMs: 60_000,
    requestId: null,
    by: 'a test',
    namespaceId: 'test-namespace',
    searchAttributes: false,
    pace: FAST,
    ...overrides,
  };
}

export function deploymentOf(handle: WorkflowHandle): Deployment {
  const status = () => handle.query<DeployStatus>(MESSAGES.status);
  return {
    handle,
    status,
    until: (what) => untilStatus(handle, status, what),
    abort: async (reason = 'a test asked for it') => {
      for (;;) {
        try {
          return await handle.executeUpdate<MessageAnswer, [{ by: string; reason: string }]>(MESSAGES.abort, {
            updateId: 'abort',
            args: [{ by: 'a test', reason }],
          });
        } catch (error) {
          // The harmless race of a new event with the end of a run takes the message down with it; the client asks again, too.
          if (!(error instanceof ServiceError && JSON.stringify(error.cause).includes('workflow task failure')))
            throw error;
        }
      }
    },
    end: () => endOf<DeployReport>(handle),
  };
}
