import type { BenchTemporal } from '../bench-temporal.ts';
import { buildWorker } from '../build-worker.ts';
import type { Measure, Row } from '../measure.ts';
import { residentMb, watchMemory } from '../watch-memory.ts';
import { seconds } from '../statistics.ts';
import { startSyncGround, type SyncRun } from '../sync-ground.ts';
import { SCALED } from '../task-services.ts';

const LONGER = 10.5;
const MOST_MB = 300;
/** What a worker of 300 MB is told: by itself V8 collects garbage late, where the machine has room. */
const HEAP = ['--max-old-space-size=144', '--max-semi-space-size=4'];
const MOST_EVENTS = 4_096;

/** Ten times as many tasks take ten times as long, and no more room. */
export const syncLarge: Measure = {
  name: 'sync-large',
  doing: '1,000 and 10,000 tasks are synced (about 90 s)',
  run: async ({ quick, temporal }) => {
    const tasks = quick ? 200 : 1_000;
    const built = await buildWorker();
    const program = [...HEAP, built];
    const small = await firstSync(await temporal(), tasks, program);
    const large = await firstSync(await temporal(), tasks * 10, program);
    return [timeRow(tasks, small, large), memoryRow(tasks, small, large), historyRow(tasks, large)];
  },
};

interface Sized extends SyncRun {
  /** The most memory that the worker's process had, in MB. */
  readonly peakMb: number;
  /** Before it had done anything. */
  readonly idleMb: number;
}

async function firstSync(temporal: BenchTemporal, tasks: number, program: readonly string[]): Promise<Sized> {
  const ground = await startSyncGround(temporal, SCALED, program);
  try {
    await ground.services.ask({ kind: 'fill', tasks }, 'done');
    const idleMb = await residentMb(ground.worker.pid);
    const memory = watchMemory(ground.worker.pid);
    const run = await ground.sync();
    await ground.sync(); // a look at everything, too
    return { ...run, peakMb: memory.stop(), idleMb };
  } finally {
    await ground.close();
  }
}

function timeRow(tasks: number, small: Sized, large: Sized): Row {
  const longer = large.tookMs / small.tookMs;
  return {
    measure: `first sync of ${tasks * 10} tasks`,
    goal: `${LONGER} x that of ${tasks}`,
    reached: `${longer.toFixed(1)} x, ${seconds(large.tookMs)}`,
    yardstick: `${tasks} tasks ${seconds(small.tookMs)}; the budget of 10,000 requests in 10 min is not counted`,
    ok: longer <= LONGER,
  };
}

function memoryRow(tasks: number, small: Sized, large: Sized): Row {
  return {
    measure: 'the same, memory of the worker',
    goal: `${MOST_MB} MB`,
    reached: `${large.peakMb.toFixed(0)} MB at most`,
    yardstick: `${small.peakMb.toFixed(0)} MB with ${tasks}, ${large.idleMb.toFixed(0)} MB idle; built, ${HEAP.join(' ')}`,
    ok: large.peakMb <= MOST_MB,
  };
}

function historyRow(tasks: number, { events, report }: Sized): Row {
  return {
    measure: 'the same, events of its history',
    goal: String(MOST_EVENTS),
    reached: `${events}, in ${report.rounds} activities`,
    yardstick: `${tasks * 10} tasks`,
    ok: events <= MOST_EVENTS,
  };
}
