import { requestSync } from '../src/request-sync.ts';
import { startSync } from '../src/cli/start-sync.ts';
import { syncRequest } from '../src/cli/sync-request.ts';
import { declaredPairs } from '../src/cli/sync-policy.ts';
import { SYNC_QUEUE, syncId, type SyncReport, type SyncRequest } from '../src/contracts/sync.ts';
import type { BenchTemporal } from './bench-temporal.ts';
import { startTaskServices, type TaskLatencies, type TaskServices } from './task-services.ts';
import { startWorkerProcess, type WorkerProcess } from '../demo/worker-process.ts';

/** Both services and a worker, each in a process of its own, and a pair at the default pace. */
export interface SyncGround {
  readonly pair: string;
  readonly services: TaskServices;
  readonly worker: WorkerProcess;
  /** Runs to its end. @throws where it does not end well, or where a task has not exactly one copy. */
  sync(): Promise<SyncRun>;
  /** Asks for a run soon, as an event does. */
  wish(): Promise<void>;
  /** Waits for the end of the run that is under way. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export interface SyncRun {
  readonly tookMs: number;
  readonly report: SyncReport;
  /** Of its longest history. */
  readonly events: number;
  /** That To Do took during it. */
  readonly writes: number;
}

const PAIR = 'bench';

export async function startSyncGround(
  temporal: BenchTemporal,
  latencies: TaskLatencies,
  program?: readonly string[],
): Promise<SyncGround> {
  const services = await startTaskServices(latencies);
  const env = { ...services.env, SWITCHYARD_QUEUES: 'sync' };
  const options = { queue: SYNC_QUEUE, ...(program === undefined ? {} : { program }) };
  const worker = startWorkerProcess(temporal, env, options);
  const close = async (): Promise<void> => void (await Promise.all([worker.kill(), services.close()]));
  try {
    await worker.polls();
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    pair: PAIR,
    services,
    worker,
    sync: () => sync(temporal, services),
    rest: async () => void (await temporal.client.client.workflow.getHandle(syncId(PAIR)).result()),
    wish: async () => void (await requestSync(temporal.client.client, requestOf('event'))),
    close,
  };
}

function requestOf(trigger: SyncRequest['trigger']): SyncRequest {
  const policy = { from: { secret: 'todoist-token' }, to: { secret: 'graph-token' } };
  const declared = declaredPairs({ file: { version: 1, sync: { [PAIR]: policy } }, at: () => '' }).get(PAIR);
  if (declared === undefined) throw new Error('there is no pair to measure');
  return syncRequest(declared, { trigger, by: 'bench', adopt: false, allowRemovals: null });
}

async function sync({ client }: BenchTemporal, services: TaskServices): Promise<SyncRun> {
  const before = await services.ask({ kind: 'copies', pair: PAIR }, 'copies');
  const startedAt = Date.now();
  const { runId } = await startSync(client, requestOf('manual'));
  const report = (await client.client.workflow.getHandle(syncId(PAIR), runId).result()) as SyncReport;
  const tookMs = Date.now() - startedAt;
  const { historyLength } = await client.client.workflow.getHandle(syncId(PAIR)).describe();
  const after = await services.ask({ kind: 'copies', pair: PAIR }, 'copies');
  const inScope = report.view?.inScope ?? -1;
  if (report.outcome !== 'synced' || after.sources !== inScope || after.copies !== inScope)
    throw new Error(`${report.outcome}: ${inScope} tasks, ${after.sources} with a copy, ${after.copies} copies`);
  return { tookMs, report, events: historyLength, writes: after.writes - before.writes };
}
