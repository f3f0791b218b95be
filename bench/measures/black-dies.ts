import { setTimeout as sleep } from 'node:timers/promises';
import { fourthFailureAt } from '../fourth-failure.ts';
import { startGround, type Deployment } from '../ground.ts';
import type { Measure } from '../measure.ts';
import { largest, median, seconds } from '../statistics.ts';

const GOAL_MS = 1_000;
/** Blacks die at moments spread over the time between two probes. */
const PROBE_EVERY_MS = 5_000;

/** Black dies during a hold, and everything is as in production: the default gates, every 5 s, 4 of 6. */
export const blackDies: Measure = {
  name: 'black-dies',
  doing: 'blacks die under the default gates (about 50 s)',
  run: async ({ quick, temporal }) => {
    const samples = quick ? 3 : 8;
    const ground = await startGround(await temporal(), { records: samples, blacks: samples });
    try {
      const runs = await Promise.all(ground.lots.map((lot) => ground.deploy(lot)));
      await Promise.all(runs.map((run) => run.until(({ phase }) => phase === 'holding')));
      const deaths = await Promise.all(runs.map((run, index) => die(run, (PROBE_EVERY_MS * index) / samples)));
      const over = deaths.map(({ overMs }) => overMs);
      const total = deaths.map(({ totalMs }) => totalMs);
      return [
        {
          measure: 'black dies -> reverting batch accepted',
          goal: `4 probes + ${seconds(GOAL_MS)}`,
          reached: `4 probes + ${seconds(largest(over))} (largest of ${samples})`,
          yardstick: `in all ${seconds(median(total))} median, ${seconds(largest(total))} largest; 4 probes take 15 to 20 s`,
          ok: largest(over) <= GOAL_MS,
        },
      ];
    } finally {
      await ground.close();
    }
  },
};

/** How long one took in all, and how long after the probe that decided it. */
async function die(run: Deployment, afterMs: number): Promise<{ readonly totalMs: number; readonly overMs: number }> {
  await sleep(afterMs);
  const diedAt = Date.now();
  await run.lot.black.behave({ kind: 'status', status: 503 });
  const decidedAt = fourthFailureAt(await run.end());
  return { totalMs: run.revertedAt() - diedAt, overMs: run.revertedAt() - decidedAt };
}
