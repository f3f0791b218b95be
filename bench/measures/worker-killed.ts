import { setTimeout as sleep } from 'node:timers/promises';
import { askToAbort } from '../../src/cli/follow.ts';
import { fastRequest } from '../../demo/fast-request.ts';
import { startGround, type Ground } from '../ground.ts';
import type { Measure, Row } from '../measure.ts';
import { largest, seconds } from '../statistics.ts';
import { startWorkerProcess, type WorkerProcess } from '../../demo/worker-process.ts';

/** Four probes at the default rhythm, at worst, and the second that a living worker may add. */
const ALIVE_MS = 20_000 + 1_000;
const WATCHING_MS = 15_000;
/** `WRITE_HEARTBEAT` of the workflow's writes. */
const HEARTBEAT_MS = 20_000;
const WRITING_GOAL_MS = 1_000 + HEARTBEAT_MS;

/** The worker is killed in the middle, and another one takes over, as under any supervisor. */
export const workerKilled: Measure = {
  name: 'worker-killed',
  doing: 'workers are killed while they watch and while they write (about 2 min)',
  run: async ({ quick, temporal }) => {
    const samples = quick ? 2 : 6;
    const ground = await startGround(await temporal(), { records: samples + 1, blacks: samples + 1, worker: 'none' });
    const workers: WorkerProcess[] = [];
    const start = async (): Promise<WorkerProcess> => {
      const worker = startWorkerProcess(ground.temporal, ground.sandbox.env());
      workers.push(worker);
      await worker.polls();
      return worker;
    };
    try {
      return [await whileWatching(ground, start, samples), await whileWriting(ground, start)];
    } finally {
      await Promise.all(workers.map((worker) => worker.kill()));
      await ground.close();
    }
  },
};

type StartWorker = () => Promise<WorkerProcess>;

async function whileWatching(ground: Ground, start: StartWorker, samples: number): Promise<Row> {
  const worker = await start();
  const runs = await Promise.all(ground.lots.slice(0, samples).map((lot) => ground.deploy(lot)));
  await Promise.all(runs.map((run) => run.until(({ phase }) => phase === 'holding')));
  const diedAt = Date.now();
  await Promise.all(runs.map(({ lot }) => lot.black.behave({ kind: 'status', status: 503 })));
  await sleep(7_000); // in the middle of the detection
  await worker.kill();
  const next = await start();
  await Promise.all(runs.map((run) => run.end()));
  await next.kill();
  const took = runs.map((run) => run.revertedAt() - diedAt);
  return {
    measure: 'the same, worker killed while watching',
    goal: `${seconds(ALIVE_MS + WATCHING_MS)} in all`,
    reached: `${seconds(largest(took))} (largest of ${samples})`,
    yardstick: `up to ${seconds(ALIVE_MS)} with a living worker`,
    ok: largest(took) <= ALIVE_MS + WATCHING_MS,
  };
}

const SPEED = 20;

/** The write that brings red back hangs in the worker that is killed, and reaches Route 53 by the next one only. */
async function whileWriting(ground: Ground, start: StartWorker): Promise<Row> {
  const lot = ground.lots.at(-1);
  if (lot === undefined) throw new Error('there is no record to write');
  const worker = await start();
  const run = await ground.deploy(lot, { change: (request) => fastRequest(request, SPEED) });
  await run.until(({ phase }) => phase === 'holding');
  const { faults } = ground.sandbox.route53;
  const hung = faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind: 'hang' } });
  const askedAt = Date.now();
  await askToAbort(ground.temporal.client, run.run, { by: 'bench', reason: 'bench' });
  while (hung.fired() === 0) await sleep(5);
  await worker.kill();
  await start();
  await run.end();
  const took = run.revertedAt() - askedAt;
  return {
    measure: 'the same, worker killed during the write',
    goal: `${seconds(WRITING_GOAL_MS)} after the decision`,
    reached: seconds(took),
    yardstick: `heartbeat timeout of a write ${seconds(HEARTBEAT_MS)}`,
    ok: took <= WRITING_GOAL_MS,
  };
}
