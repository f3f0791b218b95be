import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type LogEntry,
  type PatchActivationCallback,
} from '@temporalio/worker';
import { replayAll } from './replay-all.ts';
import { connect, freshTaskQueue, workflowBundle, type TestTemporal } from './temporal.ts';

/** A worker of a test file, on a queue of its own. */
export interface TestWorker {
  readonly temporal: TestTemporal;
  readonly taskQueue: string;
  /** Of all runs, for their replay. */
  readonly ids: string[];
  /** Lets the worker end, replays every run against its own history, then lets go of what the runs worked with, and of Temporal. */
  close(release: () => Promise<unknown>): Promise<void>;
}

export interface TestWorkerOptions {
  readonly queue: string;
  readonly activities: object;
  /** Gets everything that the worker logs, however unimportant; unless told otherwise only errors are printed. */
  readonly log?: ((entry: LogEntry) => void) | undefined;
  /** Whether a run is carried on as by the worker of today, or as by one of before; every task is one of a worker that has just been started then. */
  readonly knowsPatches?: PatchActivationCallback;
}

export async function startTestWorker({
  queue,
  activities,
  log,
  knowsPatches,
}: TestWorkerOptions): Promise<TestWorker> {
  installRuntime(log);
  const temporal = await connect();
  const taskQueue = freshTaskQueue(queue);
  const worker = await Worker.create({
    connection: temporal.nativeConnection,
    taskQueue,
    workflowBundle: workflowBundle(),
    activities,
    maxHeartbeatThrottleInterval: 50,
    defaultHeartbeatThrottleInterval: 50,
    stickyQueueScheduleToStartTimeout: '1s',
    ...(knowsPatches === undefined ? {} : { patchActivationCallback: knowsPatches, maxCachedWorkflows: 0 }),
  });
  const running = worker.run();
  const ids: string[] = [];
  const close = async (release: () => Promise<unknown>): Promise<void> => {
    worker.shutdown();
    await running;
    try {
      await replayAll(temporal, ids);
    } finally {
      await release();
      await temporal.close();
    }
  };
  return { temporal, taskQueue, ids, close };
}

function installRuntime(log: TestWorkerOptions['log']): void {
  if (log === undefined) {
    // Activities fail here on purpose all the time.
    const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
    return;
  }
  const logging = { filter: makeTelemetryFilterString({ core: 'DEBUG' }), forward: {} };
  Runtime.install({ logger: new DefaultLogger('TRACE', log), telemetryOptions: { logging } });
}
