import { spawn } from 'node:child_process';
import { startGround } from '../ground.ts';
import type { Measure } from '../measure.ts';
import { median, seconds } from '../statistics.ts';
import { startWorkerProcess } from '../../demo/worker-process.ts';

/** From starting the process to its first poll, against what importing the SDK alone takes. */
export const workerStart: Measure = {
  name: 'worker-start',
  doing: 'workers are started (about 30 s)',
  run: async ({ quick, temporal }) => {
    const times = quick ? 2 : 5;
    const ground = await startGround(await temporal(), { records: 0, blacks: 0, worker: 'none' });
    const [started, imported]: [number[], number[]] = [[], []];
    try {
      for (let time = 0; time < times; time++) {
        const worker = startWorkerProcess(ground.temporal, ground.sandbox.env());
        started.push((await worker.polls().finally(() => worker.kill())) - worker.spawnedAt);
        imported.push(await importTheSdk());
      }
    } finally {
      await ground.close();
    }
    const ratio = median(started) / median(imported);
    return [
      {
        measure: 'worker start -> first poll',
        goal: 'none: a ratio to watch',
        reached: `${ratio.toFixed(1)} x importing the SDK, ${seconds(median(started))} (median of ${times})`,
        yardstick: `node, import @temporalio/worker: ${seconds(median(imported))}`,
        ok: null,
      },
    ];
  },
};

async function importTheSdk(): Promise<number> {
  const startedAt = Date.now();
  const code = "await import('@temporalio/worker'); process.exit(0)";
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  const exit = await new Promise((resolve) => child.once('exit', resolve));
  if (exit !== 0) throw new Error('@temporalio/worker cannot be imported');
  return Date.now() - startedAt;
}
