import { setTimeout as sleep } from 'node:timers/promises';
import type { Measure } from '../measure.ts';
import { median, percentile, seconds } from '../statistics.ts';
import { startSyncGround, type SyncGround } from '../sync-ground.ts';
import { UNSCALED } from '../task-services.ts';

const GOAL_MS = 10_000;
const STANDING = 300;

/** From an event of Todoist to the task in To Do, with the debounce of 5 s in it and the services as slow as they are. */
export const syncWish: Measure = {
  name: 'sync-wish',
  doing: 'events ask for a run, and their tasks are waited for (about 2 min)',
  run: async ({ quick, temporal }) => {
    const times = quick ? 3 : 12;
    const ground = await startSyncGround(await temporal(), UNSCALED);
    try {
      await ground.services.ask({ kind: 'fill', tasks: quick ? 40 : STANDING }, 'done');
      await ground.sync();
      const took: number[] = [];
      for (let time = 0; time < times; time++) took.push(await untilCopied(ground));
      const p95 = percentile(took, 95);
      return [
        {
          measure: 'syncRequested -> the task is in To Do',
          goal: `${seconds(GOAL_MS)} (95 of 100)`,
          reached: `${seconds(p95)}, median ${seconds(median(took))} (of ${times})`,
          yardstick: 'debounce 5 s; Todoist 0.5 s and To Do 0.2 s a request, as they are',
          ok: p95 <= GOAL_MS,
        },
      ];
    } finally {
      await ground.close();
    }
  },
};

const GIVE_UP_MS = 60_000;

/** Milliseconds from the wish, at rest: one in the middle of a run is served sooner. */
async function untilCopied({ services, pair, ...ground }: SyncGround): Promise<number> {
  const { id } = await services.ask({ kind: 'add' }, 'added');
  const wishedAt = Date.now();
  await ground.wish();
  while (Date.now() < wishedAt + GIVE_UP_MS) {
    const { at } = await services.ask({ kind: 'copied', pair, id }, 'copied');
    if (at !== null) {
      await ground.rest();
      return at - wishedAt;
    }
    await sleep(50);
  }
  throw new Error('the task did not come');
}
