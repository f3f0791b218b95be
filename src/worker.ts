/**
 * The worker: logger -> Temporal -> activities -> a worker a task queue -> drain when told to stop.
 *
 * D3 A restart alone never rolls anything back: a write under way is finished before the process ends, a watch ends at once and goes on
 * in the next worker from its heartbeat.
 */
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type NativeConnection,
  type WorkerOptions,
} from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createDeployActivities, type DeployDeps } from './activities/deploy-activities.ts';
import { createDoctorActivities } from './activities/diagnose.ts';
import { createDocsActivities, openWorkshop, type DocsWorkshop } from './activities/docs/docs-activities.ts';
import { createStageActivities } from './activities/docs/stage-activities.ts';
import { createSyncActivities } from './activities/tasks/sync-activities.ts';
import { createGuardActivities } from './activities/guard-activities.ts';
import { createNotifyActivities } from './activities/notify.ts';
import { linkSignals } from './activities/linked-signal.ts';
import { createResetActivities } from './activities/reset-activities.ts';
import { createAwsClients, type AwsClients } from './clients.ts';
import type { Config } from './config.ts';
import { connectToTemporal } from './connect-to-temporal.ts';
import { DEPLOY_QUEUE } from './contracts/deploy.ts';
import { DOCS_QUEUE } from './contracts/docs-runs.ts';
import { SYNC_QUEUE } from './contracts/sync.ts';
import type { HealthAt } from './health-at.ts';
import { createLogger, type Logger } from './logger.ts';
import { observeState } from './observe/observe-state.ts';
import { serveHealth } from './serve-health.ts';
import { whatSyncsMiss } from './sign-in/what-syncs-miss.ts';
import { installRuntime } from './temporal-runtime.ts';
import { answers, untilLost } from './until-lost.ts';
import { pinnedTo } from './worker-version.ts';

export interface StartOptions {
  readonly logger: Logger;
  /** Default: a new one, waited for as long as it takes, and closed at the end. */
  readonly connection?: NativeConnection;
  /** One queue for all chores that the configuration names, instead of one each. */
  readonly taskQueue?: string;
  readonly aws?: AwsClients;
  /** Code made by `bundleWorkflowCode`, instead of the configuration's. */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** Stops the worker, also while it still waits for Temporal. */
  readonly signal?: AbortSignal;
  /** After so long without the server, the worker gives up, in milliseconds; default 5 min. */
  readonly lostAfterMs?: number;
}

export interface RunningWorker {
  /** Fulfilled when stopped; rejected when the server is lost for good. */
  readonly finished: Promise<void>;
  /** Takes no more tasks, lets writes finish, hands watches over, and waits for the end. */
  stop(): Promise<void>;
  /** Whether it polls, and the server answers. */
  isReady(): Promise<boolean>;
}

interface WorkerDeps extends DeployDeps {
  readonly config: Config;
  readonly docs: DocsWorkshop;
}

/** Watches are many and long; their own limit leaves room for writes. */
const ACTIVITY_SLOTS = 500;

/** The task queues by chore: each brings its activities. */
const CHORES: Readonly<Record<string, (deps: WorkerDeps) => object>> = {
  [DEPLOY_QUEUE]: (deps) => ({
    ...createDeployActivities(deps),
    ...createDoctorActivities(deps),
    ...createGuardActivities(deps),
    ...createNotifyActivities(deps),
    ...createResetActivities(deps),
  }),
  [SYNC_QUEUE]: (deps) => ({ ...createSyncActivities(deps), ...createNotifyActivities(deps) }),
  [DOCS_QUEUE]: ({ docs }) => createDocsActivities(docs),
};

export interface ProcessOptions {
  /** Log lines are for eyes, unless the configuration says otherwise. */
  readonly isTerminal: boolean;
  /** Stops the worker, also while it still waits for Temporal. */
  readonly signal?: AbortSignal;
}

/** How a process begins that runs a worker, once: its log, the warnings of its configuration, Temporal's runtime, the worker. */
export async function beginWorker(config: Config, { isTerminal, signal }: ProcessOptions): Promise<RunningWorker> {
  const logger = createLogger(config.log, isTerminal);
  for (const warning of config.warnings) logger.warn(warning);
  const missing = config.queues.includes(SYNC_QUEUE) ? await whatSyncsMiss(config) : null;
  if (missing !== null) logger.info(missing);
  installRuntime(logger, config.metricsAddress);
  const announce = (): void => logger.info('finishing writes under way, handing everything else over');
  signal?.addEventListener('abort', announce, { once: true });
  const worker = await withHealth(config.health, () =>
    startWorker(config, { logger, ...(signal === undefined ? {} : { signal }) }),
  );
  worker.finished.then(
    () => logger.info('stopped'),
    () => undefined, // whoever waits for the end says why
  );
  return worker;
}

/** It answers from before Temporal does, so that a supervisor can tell waiting from being dead, until the worker has ended. */
async function withHealth(at: HealthAt | null, start: () => Promise<RunningWorker>): Promise<RunningWorker> {
  if (at === null) return start();
  let running: RunningWorker | null = null;
  const health = await serveHealth(at, async () => running !== null && (await running.isReady()));
  try {
    running = await start();
  } catch (cause) {
    await health.close();
    throw cause;
  }
  const finished = running.finished.finally(() => health.close());
  return { ...running, finished };
}

/** Starts the workers of `config.queues` in this process. Fulfilled when they poll, or when told to stop before. */
export async function startWorker(config: Config, options: StartOptions): Promise<RunningWorker> {
  const { logger } = options;
  const { signal: stopping, end: askToStop } = linkSignals(...(options.signal === undefined ? [] : [options.signal]));
  const connection = options.connection ?? (await connectToTemporal(config.temporal, { logger, signal: stopping }));
  if (connection === null) return STOPPED;

  const docs = openWorkshop({ config, stopping, ownQueue: `${DOCS_QUEUE}:${hostname()}:${randomUUID().slice(0, 8)}` });
  const deps = { config, stopping, docs, aws: options.aws ?? createAwsClients(config.aws) };
  const parts = { config, options, connection, deps };
  const workers = await Promise.all([
    ...queuesOf(config, options).map((queue) => createWorker(parts, queue)),
    ...(config.queues.includes(DOCS_QUEUE) ? [createStageWorker(parts)] : []),
  ]);
  if (config.metricsAddress !== null)
    void observeState({ config, connection, meter: Runtime.instance().metricMeter, logger, signal: stopping });
  const finished = runAll(workers, { connection, stopping, options });
  logger.info({ queues: workers.map((worker) => worker.options.taskQueue) }, 'polling for work');
  return {
    finished,
    stop: async () => {
      askToStop();
      await finished;
    },
    isReady: async () =>
      workers.every((worker) => worker.getState() === 'RUNNING') && (await answers(connection, READY_WITHIN_MS)),
  };
}

/** Told to stop before Temporal answered. */
const STOPPED: RunningWorker = {
  finished: Promise.resolve(),
  stop: () => Promise.resolve(),
  isReady: () => Promise.resolve(false),
};

const READY_WITHIN_MS = 2_000;

interface Parts {
  readonly config: Config;
  readonly options: StartOptions;
  readonly connection: NativeConnection;
  readonly deps: WorkerDeps;
}

/** Longer than the longest write with its reading before and after; no force time, which would lose a finished write (measured). */
const SHUTDOWN_GRACE = '60 s';

interface Queue {
  readonly name: string;
  /** By their own queues. */
  readonly chores: readonly string[];
}

function queuesOf({ queues }: Config, { taskQueue }: StartOptions): readonly Queue[] {
  if (taskQueue !== undefined) return [{ name: taskQueue, chores: queues }];
  return queues.map((name) => ({ name, chores: [name] }));
}

async function createWorker({ config, options, connection, deps }: Parts, { name, chores }: Queue): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: name,
    activities: Object.assign({}, ...chores.map((chore) => activitiesOf(chore, deps))) as object,
    ...(await workflowCode(config, options)),
    stickyQueueScheduleToStartTimeout: '1 s', // a dead worker's queue would cost up to 10 s of a rollback
    shutdownGraceTime: SHUTDOWN_GRACE,
    maxHeartbeatThrottleInterval: '250 ms', // by default a cancellation is heard only after 0.8 x the heartbeat timeout
    defaultHeartbeatThrottleInterval: '250 ms',
    maxConcurrentActivityTaskExecutions: ACTIVITY_SLOTS,
    ...(config.version === null ? {} : { workerDeploymentOptions: pinnedTo(name, config.version) }),
  });
}

/** The stages of a build share a folder, so they come to this worker alone, on a queue that nobody else polls. */
async function createStageWorker({ config, connection, deps }: Parts): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: deps.docs.ownQueue,
    activities: createStageActivities(deps.docs),
    shutdownGraceTime: SHUTDOWN_GRACE,
    maxHeartbeatThrottleInterval: '250 ms',
    defaultHeartbeatThrottleInterval: '250 ms',
  });
}

function activitiesOf(chore: string, deps: WorkerDeps): object {
  const activities = CHORES[chore];
  if (activities === undefined) throw new Error(`no chore has the task queue ${chore}`);
  return activities(deps);
}

/** A prebuilt bundle where there is one; in a clone the folder is bundled now, without the bundler's own report. */
async function workflowCode(config: Config, options: StartOptions): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  if (options.workflowBundle !== undefined) return { workflowBundle: options.workflowBundle };
  if (config.workflowBundle !== null) return { workflowBundle: { codePath: config.workflowBundle } };
  // The folder, not its index: that is TypeScript in a clone and JavaScript in `dist`.
  const workflowsPath = fileURLToPath(new URL('./workflows', import.meta.url));
  return { workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }) };
}

interface Surroundings {
  readonly connection: NativeConnection;
  readonly stopping: AbortSignal;
  readonly options: StartOptions;
}

const LOST_AFTER_MS = 5 * 60_000;

async function runAll(workers: readonly Worker[], { connection, stopping, options }: Surroundings): Promise<void> {
  const ended = new AbortController();
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stopping.addEventListener('abort', stop, { once: true, signal: ended.signal });
  const runs = Promise.all(workers.map((worker) => worker.run()));
  if (stopping.aborted) stop();
  try {
    await Promise.race([
      runs,
      untilLost(connection, { lostAfterMs: options.lostAfterMs ?? LOST_AFTER_MS, signal: ended.signal }),
    ]);
  } catch (cause) {
    stop(); // of several workers one failed, or the server is gone
    runs.catch(() => undefined); // the first failure is the one that is reported
    throw cause;
  } finally {
    ended.abort();
  }
  if (options.connection === undefined) await connection.close();
}
