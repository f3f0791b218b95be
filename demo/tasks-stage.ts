import { startTasks, type TasksSandbox } from '../sandbox/tasks.ts';
import { SYNC_QUEUE } from '../src/contracts/sync.ts';
import type { TakeDown } from './take-down.ts';
import { startWorkerProcess, type WorkerPlace, type WorkerProcess } from './worker-process.ts';

/** Where syncs are played: Todoist, To Do, and a worker in a process of its own, which can be killed. */
export interface TasksStage {
  readonly services: TasksSandbox;
  /** Of `services.configFile`. */
  readonly pair: string;
  /** SIGKILL: it can say nothing to anybody. */
  killWorker(): Promise<void>;
  /** Another one, as a supervisor would. */
  startWorker(): Promise<void>;
}

/** Slow enough to watch, and half as slow as the real ones. */
const LATENCY_MS = { read: 50, write: 120 };

export async function startTasksStage(place: WorkerPlace, takeDown: TakeDown[]): Promise<TasksStage> {
  const services = await startTasks({ graph: { latencyMs: LATENCY_MS }, todoist: { latencyMs: LATENCY_MS.read } });
  takeDown.push(() => services.close());
  const env = { ...services.env(), SWITCHYARD_QUEUES: 'sync' };
  let worker: WorkerProcess | null = null;
  const killWorker = async (): Promise<void> => worker?.kill();
  takeDown.push(killWorker);
  const startWorker = async (): Promise<void> => {
    worker = startWorkerProcess(place, env, { queue: SYNC_QUEUE });
    await worker.polls();
  };
  await startWorker();
  return { services, pair: 'tasks', killWorker, startWorker };
}
