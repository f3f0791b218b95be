/**
 * The activity of a sync where attempts of it overlap, follow each other, or read what is not there yet: called directly, as Temporal calls
 * it, so that each test decides what the next attempt knows of the one before.
 */
import type { GraphStandIn } from '../../../sandbox/graph/stand-in.ts';
import type { FaultPlan } from '../../../sandbox/faults.ts';
import type { ChunkBeat } from '../../../src/contracts/sync-activities.ts';
import { attempt, runDirectly, type Attempt } from '../../support/sync-direct.ts';
import { brokenSyncPromises } from '../../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncRigOptions, type SyncYard } from '../../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(() => yard.close());

const MANY = 30;

async function rigWith(options: SyncRigOptions = {}, tasks = MANY): Promise<SyncRig> {
  const timeouts = { readMs: 10_000, writeMs: 10_000 }; // nothing here waits for one
  const rig = await yard.rig({ timeouts, ...options, pace: { chunk: 1_000, ...options.pace } });
  for (let i = 0; i < tasks; i++) rig.todoist.person.add({ content: `task ${i}` });
  return rig;
}

const created = ({ log }: GraphStandIn): number =>
  log.filter(({ by, op }) => by === 'api' && op === 'POST task').length;

/** Nothing is broken, and another run has nothing to do. */
async function isAtRest(rig: SyncRig): Promise<void> {
  expect(brokenSyncPromises(rig)).toEqual([]);
  const before = [rig.graph.writes, rig.todoist.writes];
  await runDirectly(rig);
  expect([rig.graph.writes, rig.todoist.writes]).toEqual(before);
}

describe('attempts that overlap', () => {
  test.concurrent(
    'two that both looked before either wrote end with one copy a task, and lose no edit (S1)',
    async () => {
      const rig = await rigWith();
      holdUntilBothWrite(rig);
      const both = [attempt(rig), attempt(rig)];
      const ends = await Promise.all(both.map(({ end }) => end));
      expect(ends.map(({ setAside }) => setAside)).toEqual([[], []]);
      expect(created(rig.graph)).toBeGreaterThan(MANY); // they did race
      await isAtRest(rig);
    },
  );

  test.concurrent('two that both saw a link missing set it once, and neither sets the task aside (S5)', async () => {
    const rig = await rigWith({}, 1);
    await runDirectly(rig);
    rig.graph.person.removeLink(rig.graph.tasks()[0]?.id ?? '');
    const run = async (): Promise<void> => void (await runDirectly(rig));
    rig.graph.faults.add({ operation: '$batch', fault: { kind: 'meanwhile', run } });
    await runDirectly(rig);
    await isAtRest(rig);
  });

  test.concurrent('two that both saw the same completion close its task once (S3)', async () => {
    const rig = await rigWith({}, 3);
    const daily = rig.todoist.person.add({ content: 'water the plants', due: 'every day' });
    await runDirectly(rig);
    for (const { id } of rig.graph.tasks()) rig.graph.person.complete(id);
    await Promise.all([attempt(rig).end, attempt(rig).end, attempt(rig).end]);
    expect(rig.todoist.closures().filter(({ taskId }) => taskId === daily)).toHaveLength(1);
    expect(rig.todoist.closures()).toHaveLength(4);
    await isAtRest(rig);
  });

  test.concurrent(
    'one that begins while the writes of a dead one are under way makes no second copy (S1)',
    async () => {
      const rig = await rigWith();
      const dead = await dyingAttempt(rig, { landsAfterMs: 900 });
      await attempt(rig, { info: { attempt: 2, heartbeatDetails: dead.lastBeat() } }).end;
      await dead.landed();
      expect(created(rig.graph)).toBe(MANY);
      await isAtRest(rig);
    },
  );

  test.concurrent(
    'what a dead one said last may be old: what it sent since is waited for all the same (S1)',
    async () => {
      const rig = await rigWith();
      const dead = await dyingAttempt(rig, { landsAfterMs: 900 });
      const beat = { ...(dead.lastBeat() as ChunkBeat), at: Date.now() - 60_000 };
      await attempt(rig, { info: { attempt: 2, heartbeatDetails: beat } }).end;
      await dead.landed();
      expect(created(rig.graph)).toBe(MANY);
      await isAtRest(rig);
    },
  );

  test.concurrent('a failed attempt hands on that the one before it died while it wrote (S1)', async () => {
    const rig = await rigWith();
    const dead = await dyingAttempt(rig, { landsAfterMs: 900 });
    rig.todoist.faults.add({ operation: 'sync read', fault: { kind: 'refuse', status: 503, code: 'X' } });
    const second = attempt(rig, { info: { attempt: 2, heartbeatDetails: dead.lastBeat() } });
    await expect(second.end).rejects.toThrow('no usable answer');
    await attempt(rig, { info: { attempt: 3, heartbeatDetails: second.lastBeat() } }).end;
    await dead.landed();
    expect(created(rig.graph)).toBe(MANY);
    await isAtRest(rig);
  });

  test.concurrent('one that was cancelled finishes the batch in flight, and sends no other (S1)', async () => {
    const rig = await rigWith({ graph: { latencyMs: { read: 0, write: 8 } } }, 200);
    const cancelled = attempt(rig);
    await until(() => rig.graph.writes > 10);
    cancelled.cancel();
    await expect(cancelled.end).rejects.toThrow();
    const { writes } = rig.graph;
    expect(writes % 20).toBe(0); // every batch that was sent is whole
    expect(writes).toBeLessThan(200);
    await attempt(rig, { info: { attempt: 2, heartbeatDetails: cancelled.lastBeat() } }).end;
    expect(rig.graph.writes).toBe(200);
    await isAtRest(rig);
  });
});

interface Dying extends Attempt {
  /** Waits until what it sent has landed. */
  landed(): Promise<void>;
}

/** Starts an attempt, lets it send its first creations, which land later, and returns as if it had died then. */
async function dyingAttempt(rig: SyncRig, { landsAfterMs }: { landsAfterMs: number }): Promise<Dying> {
  rig.graph.faults.add({ operation: '$batch', times: 2, fault: { kind: 'apply-late', afterMs: landsAfterMs } });
  const dying = attempt(rig);
  await until(() => rig.graph.faults.seen.filter(({ fault }) => fault === 'apply-late').length === 2);
  const beat = dying.lastBeat();
  dying.end.catch(() => undefined); // nobody hears of its end
  return { ...dying, lastBeat: () => beat, landed: () => rig.graph.faults.landed() };
}

/** Lets no batch pass before both attempts have sent theirs. */
function holdUntilBothWrite({ graph }: SyncRig): void {
  let waiting = 0;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const run = async (): Promise<void> => {
    waiting += 1;
    if (waiting === 4) open(); // each attempt sends the two batches of its thirty tasks at once
    await opened;
  };
  graph.faults.add({ operation: '$batch', times: 4, fault: { kind: 'meanwhile', run } });
}

/** Until a service that is 300 ms late shows what people did. */
const lagged = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 320));

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('completions of ours', () => {
  const steps = ['PATCH extension', 'GET task', 'PATCH task'] as const;
  const kinds = ['reset', 'apply-then-reset'] as const;
  const cells = steps.flatMap((operation) => kinds.map((kind) => ({ operation, kind })));

  test.concurrent.each(cells)(
    'one that never gets beyond $operation ($kind) is no completion of a person, when its task is opened again (S3)',
    async ({ operation, kind }) => {
      const rig = await rigWith({}, 2);
      await runDirectly(rig);
      const id = rig.todoist.tasks()[0]?.id ?? '';
      rig.todoist.person.complete(id);
      rig.graph.steps.add({ operation, times: Infinity, fault: { kind } });
      await attempt(rig).end; // it sets the task aside
      rig.graph.steps.clear();
      rig.todoist.person.reopen(id);
      await runDirectly(rig);
      expect(rig.todoist.closures().filter(({ by }) => by === 'api')).toEqual([]);
      await isAtRest(rig);
    },
  );

  test.concurrent('a mark that lands after it does not make it one of a person (S3)', async () => {
    const rig = await rigWith({}, 2);
    await runDirectly(rig);
    const id = rig.todoist.tasks()[0]?.id ?? '';
    rig.todoist.person.edit(id, { content: 'another text' });
    rig.graph.steps.add({ operation: 'PATCH extension', fault: { kind: 'apply-late', afterMs: 600 } });
    const completedThen = rig.graph.onWrite(() => {
      completedThen();
      rig.todoist.person.complete(id);
    });
    await runDirectly(rig);
    await rig.graph.steps.landed();
    rig.todoist.person.reopen(id);
    await runDirectly(rig);
    expect(rig.todoist.closures().filter(({ by }) => by === 'api')).toEqual([]);
    await isAtRest(rig);
  });
});

describe('completions of people', () => {
  test.concurrent('one of a task that changes while the run reads closes nothing any more (S3)', async () => {
    const rig = await rigWith({}, 2);
    const daily = rig.todoist.person.add({ content: 'water the plants', due: 'every day' });
    await runDirectly(rig);
    const copy = rig.graph.tasks().find(({ title }) => title === 'water the plants')?.id ?? '';
    rig.graph.person.complete(copy);
    // Between the look of which the plan is made and the one right before the closing, its owner closes this occurrence, too.
    const run = (): void => rig.todoist.person.complete(daily);
    rig.todoist.faults.add({ operation: 'sync read', after: 2, fault: { kind: 'meanwhile', run } });
    await runDirectly(rig);
    expect(rig.todoist.closures().filter(({ by }) => by === 'api')).toEqual([]);
    await isAtRest(rig);
  });

  test.concurrent('one whose answer is lost, where Todoist shows it late, closes one occurrence (S3)', async () => {
    const rig = await rigWith({ todoist: { lagMs: 300 } }, 1);
    const daily = rig.todoist.person.add({ content: 'water the plants', due: 'every day' });
    const other = rig.todoist.tasks()[0]?.id ?? '';
    await lagged();
    await runDirectly(rig);
    for (const { id } of rig.graph.tasks()) rig.graph.person.complete(id);
    rig.todoist.faults.add({ operation: 'sync write', times: 2, fault: { kind: 'apply-then-error' } });
    await expect(attempt(rig).end).rejects.toThrow('no usable answer');
    await expect(attempt(rig).end).rejects.toThrow('no usable answer');
    await runDirectly(rig);
    const closed = rig.todoist.closures().filter(({ by }) => by === 'api');
    expect(closed.map(({ taskId }) => taskId).sort()).toEqual([daily, other].sort());
    await lagged();
    await runDirectly(rig);
    await lagged();
    await isAtRest(rig);
  });
});

describe('writes between which a person acts', () => {
  test.concurrent('an edit that is made after the look is not written over unseen (S3)', async () => {
    const rig = await rigWith({}, 2);
    await runDirectly(rig);
    const { id, content } = rig.todoist.tasks()[0] ?? { id: '', content: '' };
    const copy = rig.graph.tasks().find(({ title }) => title === content)?.id ?? '';
    rig.todoist.person.edit(id, { priority: 4 });
    const run = (): void => rig.graph.person.edit(copy, { title: 'by hand' });
    rig.graph.faults.add({ operation: '$batch', fault: { kind: 'meanwhile', run } });
    const chunk = await runDirectly(rig);
    expect(chunk.totals.overruled).toEqual([id]); // Todoist wins, and the report says so
    await isAtRest(rig);
  });
});

describe('reads that do not show everything', () => {
  const lags = [
    ['To Do', { graph: { lagMs: 300 } }],
    ['Todoist', { todoist: { lagMs: 300 } }],
    ['both', { graph: { lagMs: 300 }, todoist: { lagMs: 300 } }],
  ] as const;
  test.concurrent.each(lags)('nothing is written twice where %s shows writes late (S1, S2)', async (_name, options) => {
    const rig = await rigWith(options, 12);
    await lagged();
    await runDirectly(rig);
    expect(created(rig.graph)).toBe(12);
    await lagged();
    const [edited, completed, closed, moved] = rig.todoist.tasks();
    rig.todoist.person.edit(edited?.id ?? '', { content: 'another text' });
    rig.todoist.person.complete(completed?.id ?? '');
    rig.todoist.person.remove(moved?.id ?? '');
    rig.graph.person.complete(rig.graph.tasks().find(({ title }) => title === closed?.content)?.id ?? '');
    await lagged();
    const { writes } = rig.graph;
    await runDirectly(rig);
    // Fields and mark of the edited one, mark and status of two, the mark of the closed one.
    expect(rig.graph.writes - writes).toBe(7);
    expect(rig.todoist.closures().filter(({ by }) => by === 'api')).toHaveLength(1);
    await lagged();
    await isAtRest(rig);
  });

  test.concurrent(
    'nothing is created twice where To Do answers from replicas that are not of the same age (S1)',
    async () => {
      const rig = await rigWith({ graph: { flickerMs: 900 }, pace: { chunk: 5 } }, 12);
      await rig.plan(); // so that the look at the end of an activity shows everything, and the one that follows does not
      expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', rounds: 3 });
      expect(created(rig.graph)).toBe(12);
      rig.graph.settings.flickerMs = 0;
      await isAtRest(rig);
    },
  );

  test.concurrent('Todoist is not read again and again while To Do has to show something', async () => {
    const rig = await rigWith({}, 3);
    const lost = { kind: 'refuse', status: 502, code: 'BadGateway' } as const; // sent, unclear, and never seen
    rig.graph.steps.add({ operation: 'POST task', fault: lost });
    await runDirectly(rig);
    const reads = (name: string, { seen }: FaultPlan): number =>
      seen.filter(({ operation }) => operation === name).length;
    // Two requests a look: the first one, one after each of two writes, one before the second. To Do is asked more often than that.
    expect(reads('GET lists', rig.graph.faults)).toBeGreaterThan(4);
    expect(reads('sync read', rig.todoist.faults)).toBe(8);
    await isAtRest(rig);
  });

  test.concurrent('a service that rewrites texts is written to once more, and then left alone (S2)', async () => {
    const rig = await rigWith({ graph: { rewriteBody: (content) => `${content}\n\n-- sent from my cloud` } }, 5);
    await runDirectly(rig);
    expect(rig.graph.log.filter(({ op }) => op === 'PATCH task')).toHaveLength(5);
    await isAtRest(rig);
  });

  test.concurrent('a full sync that is old or comes unasked removes nothing (S4)', async () => {
    const rig = await rigWith();
    await runDirectly(rig);
    const { writes } = rig.graph;
    rig.todoist.staleFullSyncs({ agoMs: 60_000, times: 3 });
    await runDirectly(rig);
    rig.todoist.forceFullSyncs(2);
    await runDirectly(rig);
    rig.todoist.staleFullSyncs({ agoMs: 60_000, times: 9 });
    rig.todoist.forceFullSyncs(9);
    await attempt(rig).end.catch(() => undefined); // it may give up, or stop: what it may not is remove
    expect(rig.graph.writes).toBe(writes);
  });
});

describe('what an attempt hands on', () => {
  test.concurrent('the creations that it has not seen reach the next attempt with its failure (S1)', async () => {
    const rig = await rigWith({ pace: { settleMs: 3_000 } }, 3);
    rig.graph.faults.add({ operation: '$batch', fault: { kind: 'apply-then-reset' } });
    rig.graph.faults.add({
      operation: 'GET lists',
      after: 1,
      times: Infinity,
      fault: { kind: 'refuse', status: 503, code: 'X' },
    });
    const run = await rig.start(rig.request());
    const ids = rig.todoist.tasks().map(({ id }) => id);
    let beat: Partial<ChunkBeat> = {};
    await until(async () => {
      const { raw } = await run.handle.describe();
      const [activity] = raw.pendingActivities ?? [];
      const [payload] = activity?.heartbeatDetails?.payloads ?? [];
      if (payload?.data != null) beat = JSON.parse(Buffer.from(payload.data).toString()) as Partial<ChunkBeat>;
      return (activity?.attempt ?? 0) > 2;
    });
    expect(Object.keys(beat.creations ?? {}).sort()).toEqual([...ids].sort());
    rig.graph.faults.clear();
    expect((await run.end()).report).toMatchObject({ outcome: 'synced' });
    expect(created(rig.graph)).toBe(3);
  });
});
