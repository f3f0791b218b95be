import { newList, postInLanes, postOneByOne } from '../bare/todo-calls.ts';
import type { Measure, Row } from '../measure.ts';
import { seconds } from '../statistics.ts';
import { startSyncGround, type SyncGround, type SyncRun } from '../sync-ground.ts';
import { SCALED, startTaskServices } from '../task-services.ts';

const FASTER = { first: 3.5, rerun: 50 };
const OVER_FLOOR = 1.2;
/** In the quick form too: of fewer, the start of a run would be most of what is measured. */
const TASKS = 1_000;

/** The first sync and one without a change, against the script that they replace and against what the throttle allows. */
export const syncFirst: Measure = {
  name: 'sync-first',
  doing: 'tasks are synced for the first time, and again (about 60 s)',
  run: async ({ quick, temporal }) => {
    const yardsticks = await measureBare(TASKS);
    const ground = await startSyncGround(await temporal(), SCALED);
    try {
      await ground.services.ask({ kind: 'fill', tasks: TASKS }, 'done');
      const first = await ground.sync();
      const rerun = await fastest(ground, quick ? 1 : 3);
      return [...firstRows(yardsticks, first), rerunRow(yardsticks, rerun)];
    } finally {
      await ground.close();
    }
  },
};

/** In a mailbox of their own, so that what they leave behind is not read with the rest. */
async function measureBare(tasks: number): Promise<Yardsticks> {
  const services = await startTaskServices(SCALED);
  try {
    const place = await newList(services.env['SWITCHYARD_GRAPH_URL'] ?? '', 'graph-token');
    const loopMs = await timed(() => postOneByOne(place, tasks));
    const floorMs = await timed(() => postInLanes(place, tasks));
    return { tasks, loopMs, floorMs };
  } finally {
    await services.close();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = Date.now();
  await work();
  return Date.now() - startedAt;
}

/** The best of some: what it can be, on a machine that others use too. All of them may write nothing. */
async function fastest(ground: SyncGround, times: number): Promise<SyncRun> {
  let best = await ground.sync();
  for (let time = 1; time < times; time++) {
    const run = await ground.sync();
    if (run.writes > best.writes || (run.writes === best.writes && run.tookMs < best.tookMs)) best = run;
  }
  return best;
}

interface Yardsticks {
  readonly tasks: number;
  readonly loopMs: number;
  readonly floorMs: number;
}

function firstRows({ tasks, loopMs, floorMs }: Yardsticks, { tookMs }: SyncRun): readonly Row[] {
  const faster = loopMs / tookMs;
  const over = tookMs / floorMs;
  const arithmetic = (tasks * SCALED.writeMs) / 4;
  return [
    {
      measure: `first sync of ${tasks} tasks`,
      goal: `1/${FASTER.first} of the loop`,
      reached: `1/${faster.toFixed(1)}, ${seconds(tookMs)}`,
      yardstick: `one POST after another ${seconds(loopMs)}, latencies scaled by 1/10`,
      ok: faster >= FASTER.first,
    },
    {
      measure: 'the same, over what the throttle allows',
      goal: `${OVER_FLOOR} x the floor`,
      reached: `${over.toFixed(2)} x`,
      yardstick: `bare batches in 4 lanes ${seconds(floorMs)}, by arithmetic ${seconds(arithmetic)}`,
      ok: over <= OVER_FLOOR,
    },
  ];
}

function rerunRow({ tasks, loopMs }: Yardsticks, { tookMs, writes }: SyncRun): Row {
  const faster = loopMs / tookMs;
  return {
    measure: `a rerun of ${tasks} tasks without a change`,
    goal: `1/${FASTER.rerun} of the loop, 0 writes`,
    reached: `1/${faster.toFixed(0)}, ${seconds(tookMs)}, ${writes} writes`,
    yardstick: `the loop again ${seconds(loopMs)}, and every task twice`,
    ok: faster >= FASTER.rerun && writes === 0,
  };
}
