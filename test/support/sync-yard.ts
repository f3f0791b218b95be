import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { LogEntry } from '@temporalio/worker';
import type { FaultPlan } from '../../sandbox/faults.ts';
import { startGraph, type GraphOptions, type GraphStandIn } from '../../sandbox/graph/stand-in.ts';
import { startTodoist, type TodoistOptions, type TodoistStandIn } from '../../sandbox/todoist/stand-in.ts';
import { NOTHING_LEFT, standingOf, type Standing } from '../../src/activities/tasks/standing.ts';
import { createSyncActivities } from '../../src/activities/tasks/sync-activities.ts';
import { loadConfig } from '../../src/config.ts';
import type { SyncActivities, SyncPlanView } from '../../src/contracts/sync-activities.ts';
import {
  DEFAULT_SYNC_PACE,
  SYNC_MESSAGES,
  SYNC_PLAN_WORKFLOW,
  SYNC_TICK_WORKFLOW,
  SYNC_WORKFLOW,
  syncId,
} from '../../src/contracts/sync.ts';
import type { PairSpec, SyncPace, SyncReport, SyncRequest, SyncStatus } from '../../src/contracts/sync.ts';
import { endOf, untilStatus, type RunEnd } from './run-handle.ts';
import type { TestTemporal } from './temporal.ts';
import { startTestWorker, type TestWorker } from './test-worker.ts';

/** A production run, a hundred times faster: the same order of times, so the same races. */
export const FAST_SYNC: SyncPace = {
  ...DEFAULT_SYNC_PACE,
  debounceMs: 200,
  settleMs: 1_200,
  chunk: 50,
  giveUpAfterMs: 30_000,
  retry: { firstMs: 20, maxMs: 200 },
  heartbeatMs: 2_000,
};

/** Below the settle time, above what the sandbox needs: what hangs is given up before what was sent may land. */
const TIMEOUTS = { readMs: 700, writeMs: 700 };

export interface SyncRig {
  readonly pair: string;
  readonly todoist: TodoistStandIn;
  readonly graph: GraphStandIn;
  readonly activities: SyncActivities;
  spec(overrides?: Partial<PairSpec>): PairSpec;
  request(overrides?: Partial<SyncRequest>): SyncRequest;
  start(overrides?: Partial<SyncRequest>): Promise<SyncRunHandle>;
  /** Starts a run and waits for its end. */
  readonly sync: (overrides?: Partial<SyncRequest>) => Promise<SyncEnd>;
  /** As an event does: starts a run, or tells the one that is under way. Returns the id of that run. */
  wish(overrides?: Partial<SyncRequest>): Promise<string>;
  /** As a Schedule does. */
  tick(overrides?: Partial<SyncRequest>): Promise<WorkflowHandle>;
  /** `--dry-run` */
  plan(overrides?: Partial<SyncRequest>): Promise<SyncPlanView>;
}

export interface SyncRunHandle {
  readonly handle: WorkflowHandle;
  status(): Promise<SyncStatus>;
  until(what: (status: SyncStatus) => boolean): Promise<SyncStatus>;
  end(): Promise<SyncEnd>;
}

export type SyncEnd = RunEnd<SyncReport>;

export interface SyncYard {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  rig(options?: SyncRigOptions): Promise<SyncRig>;
  /** Replays every run against its own history, and closes. */
  close(): Promise<void>;
}

export interface SyncYardOptions {
  /** Gets everything that the worker logs, however unimportant; unless told otherwise only errors are printed. */
  readonly log?: (entry: LogEntry) => void;
  /** Activities beside those of a sync. */
  readonly also?: object;
}

export interface SyncRigOptions {
  readonly graph?: GraphOptions;
  readonly todoist?: TodoistOptions;
  readonly pace?: Partial<SyncPace>;
  /** Beside the addresses and tokens of the two stand-ins. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeouts?: { readonly readMs: number; readonly writeMs: number };
  /** What Temporal says of attempts that run without it; default: that each of them counts. */
  readonly standing?: Standing;
}

/** One worker for all tests of a file; each test has services of its own, told apart by the name of the pair. */
export async function startSyncYard({ log, also = {} }: SyncYardOptions = {}): Promise<SyncYard> {
  const rigs = new Map<string, SyncRig>();
  const worker = await startTestWorker({ queue: 'sync', activities: { ...dispatching(rigs), ...also }, log });
  return {
    temporal: worker.temporal,
    taskQueue: worker.taskQueue,
    rig: async (options = {}) => {
      const rig = await openRig(worker, options);
      rigs.set(rig.pair, rig);
      return rig;
    },
    close: () => worker.close(() => Promise.all([...rigs.values()].map(closeServices))),
  };
}

function dispatching(rigs: ReadonlyMap<string, SyncRig>): SyncActivities {
  const find = (pair: string): SyncActivities => {
    const rig = rigs.get(pair);
    if (rig === undefined) throw new Error(`no rig has the pair ${pair}`);
    return rig.activities;
  };
  return {
    syncChunk: (input) => find(input.spec.pair).syncChunk(input),
    planSync: (input) => find(input.spec.pair).planSync(input),
    diagnoseSync: (input) => find(input.spec.pair).diagnoseSync(input),
    hasToldByHand: (input) => find(input.pair).hasToldByHand(input),
  };
}

/** Where a fault strikes: at one of the services, or within a `$batch`. */
export type FaultPlace = 'todoist' | 'graph' | 'steps';

export function faultsOf({ todoist, graph }: Pick<SyncRig, 'todoist' | 'graph'>, place: FaultPlace): FaultPlan {
  if (place === 'todoist') return todoist.faults;
  return place === 'graph' ? graph.faults : graph.steps;
}

export async function closeServices({ todoist, graph }: Pick<SyncRig, 'todoist' | 'graph'>): Promise<void> {
  await Promise.all([todoist.close(), graph.close()]);
}

export type SyncRigParts = Pick<TestWorker, 'temporal' | 'taskQueue' | 'ids'>;

export async function openRig(parts: SyncRigParts, options: SyncRigOptions = {}): Promise<SyncRig> {
  const pair = `p${randomUUID().slice(0, 8)}`;
  const [graph, todoist] = await Promise.all([startGraph(options.graph), startTodoist(options.todoist)]);
  const env: Record<string, string> = { ...syncEnv({ graph, todoist }), ...options.env };
  const own = `SWITCHYARD_SECRET_GRAPH_${pair.toUpperCase()}`;
  const config = loadConfig({ ...env, [own]: env['SWITCHYARD_SECRET_GRAPH_TOKEN'] });
  const pace = { ...FAST_SYNC, ...options.pace };
  const standing = () => standingIn(Context.current(), options.standing);
  const activities = createSyncActivities({ config, timeouts: options.timeouts ?? TIMEOUTS, standing });
  // A secret of its own: requests of one secret share one gate, and tests that let requests hang would wait for each other.
  const { to } = specOf(pair);
  const spec = (overrides: Partial<PairSpec> = {}) =>
    specOf(pair, { to: { ...to, secret: `graph-${pair}` }, ...overrides });
  const request = (overrides: Partial<SyncRequest> = {}) => requestOf(spec(), { pace, ...overrides });
  const start = async (overrides: Partial<SyncRequest> = {}): Promise<SyncRunHandle> => {
    parts.ids.push(syncId(pair));
    const handle = await parts.temporal.client.workflow.start(SYNC_WORKFLOW, {
      workflowId: syncId(pair),
      taskQueue: parts.taskQueue,
      args: [request(overrides)],
      workflowIdConflictPolicy: 'FAIL',
    });
    return runOf(handle);
  };
  return {
    pair,
    todoist,
    graph,
    activities,
    spec,
    request,
    start,
    sync: async (overrides) => (await start(overrides)).end(),
    ...otherWays(parts, pair, request),
  };
}

/** Attempts of sync-direct.ts belong to no run of Temporal. */
function standingIn(context: Context, direct: Standing = COUNTS): Standing {
  return context.info.workflowType === 'test' ? direct : standingOf(context);
}

const COUNTS: Standing = { isCurrent: () => Promise.resolve(true), leftOpen: () => Promise.resolve(NOTHING_LEFT) };

function otherWays(
  { temporal, taskQueue, ids }: SyncRigParts,
  pair: string,
  request: SyncRig['request'],
): Pick<SyncRig, 'wish' | 'tick' | 'plan'> {
  const { workflow } = temporal.client;
  const named = (workflowId: string) => {
    ids.push(workflowId);
    return { workflowId, taskQueue };
  };
  return {
    wish: async (overrides) => {
      const { by, ...rest } = request({ trigger: 'event', ...overrides });
      const signal = { signal: SYNC_MESSAGES.syncRequested, signalArgs: [{ by }] };
      const options = { ...named(syncId(pair)), ...signal, args: [{ by, ...rest }] };
      return (await workflow.signalWithStart(SYNC_WORKFLOW, options)).signaledRunId;
    },
    tick: (overrides) =>
      workflow.start(SYNC_TICK_WORKFLOW, {
        ...named(`sync-tick:${pair}:${randomUUID().slice(0, 8)}`),
        args: [request({ trigger: 'schedule', ...overrides })],
      }),
    plan: (overrides) => {
      const { spec, adopt, allowRemovals, pace } = request(overrides);
      return workflow.execute(SYNC_PLAN_WORKFLOW, {
        ...named(`sync-plan:${pair}:${randomUUID().slice(0, 8)}`),
        args: [{ spec, adopt, allowRemovals, pace }],
      }) as Promise<SyncPlanView>;
    },
  };
}

/** The environment in which a worker reaches both stand-ins. */
export function syncEnv({ graph, todoist }: Pick<SyncRig, 'todoist' | 'graph'>): Record<string, string> {
  return {
    SWITCHYARD_TODOIST_URL: todoist.url,
    SWITCHYARD_GRAPH_URL: graph.url,
    SWITCHYARD_SECRET_TODOIST_TOKEN: 'todoist-token',
    SWITCHYARD_SECRET_GRAPH_TOKEN: 'graph-token',
  };
}

export function specOf(pair: string, overrides: Partial<PairSpec> = {}): PairSpec {
  return {
    pair,
    from: { secret: 'todoist-token', scope: { kind: 'everything' }, assignee: 'me-or-none' },
    to: { account: null, secret: 'graph-token', access: 'delegated', lists: { kind: 'default' } },
    completion: 'both',
    onDeleted: 'complete',
    onOutOfScope: 'remove',
    timeZone: null,
    stopAt: { percent: 10, atLeast: 5, never: 100, empty: true },
    fields: { reminders: true, categories: true, priority3: 'normal', titleMax: 255 },
    ...overrides,
  };
}

export function requestOf(spec: PairSpec, overrides: Partial<SyncRequest> = {}): SyncRequest {
  return {
    spec,
    trigger: 'manual',
    by: 'a test',
    adopt: false,
    allowRemovals: null,
    pace: FAST_SYNC,
    carried: null,
    ...overrides,
  };
}

export function runOf(handle: WorkflowHandle): SyncRunHandle {
  const status = () => handle.query<SyncStatus>(SYNC_MESSAGES.status);
  return {
    handle,
    status,
    until: (what) => untilStatus(handle, status, what),
    end: () => endOf<SyncReport>(handle),
  };
}
