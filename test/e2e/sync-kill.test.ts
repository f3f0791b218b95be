import type { ChunkBeat } from '../../src/contracts/sync-activities.ts';
import { endChildren, startWorkerChild, type Child } from '../support/e2e-child.ts';
import { runDirectly } from '../support/sync-direct.ts';
import { copyOf } from '../support/sync-copies.ts';
import { brokenSyncPromises } from '../support/sync-promises.ts';
import { closeServices, openRig, specOf, syncEnv, type SyncRig, type SyncRunHandle } from '../support/sync-yard.ts';
import { connect, freshTaskQueue, type TestTemporal } from '../support/temporal.ts';

/**
 * A worker dies, is told to end, or sleeps while it writes: the next one goes on from what stands in the two services. Nothing is there
 * twice, nothing is lost, and nothing is closed that nobody completed (S1, S3).
 */
let temporal: TestTemporal;
const opened: SyncRig[] = [];
beforeAll(async () => {
  temporal = await connect();
});
afterAll(async () => {
  await endChildren();
  await Promise.all(opened.map(closeServices));
  await temporal.close();
});

/** Writes of a worker before it is killed: at the first, within a batch, at its end, in the next activity; `npm run test:long` has more. */
const KILLS = process.env['SWITCHYARD_TEST_RUNS'] === undefined ? [1, 9, 21] : [1, 5, 9, 14, 21, 3];

test.concurrent(
  'kill -9 again and again while 120 tasks are created, updated and completed: each has one copy (S1, S3)',
  async () => {
    const { rig, worker } = await openGrounds({ chunk: 15 }); // what is in flight at a death lands all the same: little at once
    await addWork(rig);
    const run = await startRun(rig);
    let killed = 0;
    for (const writes of KILLS) {
      const dying = await worker();
      const goOn = await reaches(rig, run, writes);
      if (!goOn) break;
      dying.kill('SIGKILL');
      await dying.exit;
      killed += 1;
    }
    expect(killed).toBe(KILLS.length);
    await worker();
    await endsWell(rig, run);
    expect(rig.todoist.closures().filter(({ by }) => by === 'api')).toHaveLength(COMPLETED);
    expect(created(rig)).toBe(2 * NEW); // none but those before and those of now, each once
  },
  120_000,
);

test.concurrent(
  'SIGTERM lets the batches in flight finish, and the next worker repeats none of them (S1)',
  async () => {
    const { rig, worker } = await openGrounds();
    await addWork(rig);
    const run = await startRun(rig);
    const ending = await worker();
    await reaches(rig, run, 12);
    ending.kill('SIGTERM');
    expect(await ending.exit).toBe(0);
    const beat = await lastBeat(run);
    expect(beat.creations).not.toBeNull(); // it has said what it sent: the next one need not wait for what it does not know
    const before = rig.graph.writes;
    expect(before).toBeLessThan(150);
    await worker();
    await endsWell(rig, run);
    expect(created(rig)).toBe(2 * NEW);
  },
  120_000,
);

test.concurrent(
  'a worker that slept for longer than its heartbeats may sends nothing more of what it was at (S1)',
  async () => {
    const { rig, worker } = await openGrounds();
    await addWork(rig);
    const run = await startRun(rig);
    const sleeping = await worker();
    await reaches(rig, run, 12);
    sleeping.kill('SIGSTOP');
    await isOver(run, 1);
    const asked = rig.graph.faults.seen.length;
    sleeping.kill('SIGCONT');
    await endsWell(rig, run);
    expect(rig.graph.faults.seen[asked]?.operation).toBe('GET lists'); // of the next attempt, and no batch of this one
    expect(created(rig)).toBe(2 * NEW);
  },
  120_000,
);

const NEW = 60;
const COMPLETED = 20;

/** Sixty tasks that stand there already, of which twenty each change, are completed, or have completed copies; and sixty new ones. */
async function addWork(rig: SyncRig): Promise<void> {
  const { person } = rig.todoist;
  const old = Array.from({ length: NEW }, (_, i) => person.add({ content: `old ${i}` }));
  await runDirectly(rig, rig.request({ pace: { ...rig.request().pace, chunk: 1_000 } }));
  old.forEach((id, i) => {
    if (i % 3 === 0) person.edit(id, { content: `changed ${i}` });
    else if (i % 3 === 1) person.complete(id);
    else rig.graph.person.complete(copyOf(rig, id).id);
  });
  for (let i = 0; i < NEW; i++) person.add({ content: `new ${i}` });
}

interface Grounds {
  readonly rig: SyncRig;
  /** Starts a worker in a process of its own. */
  readonly worker: () => Promise<Child>;
}

async function openGrounds({ chunk } = { chunk: 200 }): Promise<Grounds> {
  const taskQueue = freshTaskQueue('sync-e2e');
  const rig = await openRig(
    { temporal, taskQueue, ids: [] },
    {
      graph: { latencyMs: { read: 0, write: 15 } },
      pace: { chunk, settleMs: 1_500 },
      timeouts: { readMs: 20_000, writeMs: 20_000 },
    },
  );
  opened.push(rig);
  const sandbox = { env: () => ({ ...syncEnv(rig), SWITCHYARD_QUEUES: 'sync' }) };
  return { rig, worker: () => startWorkerChild({ sandbox, address: temporal.address }, taskQueue) };
}

/** Its worker has no secrets but those that every pair has. */
const startRun = (rig: SyncRig): Promise<SyncRunHandle> => rig.start({ spec: specOf(rig.pair) });

/** Waits until Temporal has given up an attempt. */
async function isOver({ handle }: SyncRunHandle, attempt: number): Promise<void> {
  for (;;) {
    const { raw } = await handle.describe();
    if ((raw.pendingActivities?.[0]?.attempt ?? 0) > attempt) return;
    await new Promise((go) => setTimeout(go, 50));
  }
}

/** Waits until so many more writes were accepted; false where the run ends before. */
async function reaches({ graph }: SyncRig, run: SyncRunHandle, more: number): Promise<boolean> {
  const enough = graph.writes + more;
  const over = { yet: false };
  void run.end().then(() => (over.yet = true));
  while (graph.writes < enough && !over.yet) await new Promise((go) => setTimeout(go, 2));
  return graph.writes >= enough;
}

async function endsWell(rig: SyncRig, run: SyncRunHandle): Promise<void> {
  const end = await run.end();
  expect([end.message, end.report]).toMatchObject(['', { outcome: 'synced', setAside: [] }]);
  expect(brokenSyncPromises(rig)).toEqual([]);
  const before = [rig.graph.writes, rig.todoist.writes];
  await runDirectly(rig);
  expect([rig.graph.writes, rig.todoist.writes]).toEqual(before);
}

const created = ({ graph }: SyncRig): number =>
  graph.log.filter(({ by, op }) => by === 'api' && op === 'POST task').length;

async function lastBeat({ handle }: SyncRunHandle): Promise<Partial<ChunkBeat>> {
  const { raw } = await handle.describe();
  const data = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data;
  return data == null ? {} : (JSON.parse(Buffer.from(data).toString()) as Partial<ChunkBeat>);
}
