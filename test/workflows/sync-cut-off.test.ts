/**
 * Runs that end without a word of what they have sent, and attempts that Temporal no longer counts on: neither may give a task two copies.
 */
import { NOTHING_LEFT } from '../../src/activities/tasks/standing.ts';
import { addTasks } from '../support/sync-copies.ts';
import { attempt, runDirectly } from '../support/sync-direct.ts';
import { brokenSyncPromises } from '../support/sync-promises.ts';
import { runOf, startSyncYard, type SyncRig, type SyncRunHandle, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(() => yard.close());

/** Three batches. */
const MANY = 60;
/** After the client's time limit, before `settleMs`. */
const LANDS_LATE = { kind: 'apply-late', afterMs: 1_500 } as const;

describe('a run after one that was cut off', () => {
  const ways: readonly (readonly [string, (rig: SyncRig, run: SyncRunHandle) => Promise<SyncRunHandle>])[] = [
    [
      'terminated',
      async (rig, run) => {
        await run.handle.terminate('by hand');
        return rig.start();
      },
    ],
    ['reset', async (_rig, run) => resetOf(run)],
    [
      'given up',
      async (rig, run) => {
        const away = { kind: 'refuse', status: 503, code: 'ServiceUnavailable' } as const;
        const rule = rig.graph.faults.add({ operation: 'GET lists', times: Infinity, fault: away });
        expect(await run.end()).toMatchObject({ type: 'GaveUp' });
        rule.remove();
        return rig.start();
      },
    ],
    [
      'cancelled',
      async (rig, run) => {
        await run.handle.cancel();
        await run.end();
        return rig.start();
      },
    ],
  ];

  test.concurrent.each(ways)('%s: creates nothing that the other may have sent (S1)', async (_way, goOn) => {
    const rig = await yard.rig({ pace: { giveUpAfterMs: 100, settleMs: 2_000 } });
    addTasks(rig, MANY);
    rig.graph.faults.add({ operation: '$batch', times: 3, fault: LANDS_LATE });
    const run = await rig.start();
    await until(() => rig.graph.faults.seen.filter(({ fault }) => fault === 'apply-late').length === 3);
    const next = await goOn(rig, run);
    expect((await next.end()).report).toMatchObject({ outcome: 'synced' });
    await rig.graph.faults.landed();
    expect(rig.graph.log.filter(({ op }) => op === 'POST task')).toHaveLength(MANY);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('that had seen everything it sent creates at once', async () => {
    const rig = await yard.rig({ pace: { settleMs: 120_000 } });
    addTasks(rig, 3);
    const rule = rig.todoist.faults.add({ operation: 'sync read', fault: { kind: 'refuse', status: 401, code: 'X' } });
    expect(await rig.sync()).toMatchObject({ type: 'SignInNeeded' });
    rule.remove();
    expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 3 } } });
  });
});

describe('a run after one that is done', () => {
  test.concurrent.each([12, 250])(
    'of %d tasks makes no second copy of what a replica does not show yet (S1)',
    async (tasks) => {
      const rig = await yard.rig({ graph: { flickerMs: 1_500 }, pace: { chunk: 1_000, settleMs: 3_000 } });
      addTasks(rig, tasks);
      await rig.plan(); // so that the look that ends the first run shows everything, and the one after it does not
      expect((await rig.sync()).report).toMatchObject({ outcome: 'synced' });
      expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 0 } } });
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );

  test.concurrent('creates what is new at once', async () => {
    const rig = await yard.rig({ pace: { settleMs: 120_000 } });
    addTasks(rig, 3);
    await rig.sync();
    addTasks(rig, 2);
    expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 2 } } });
  });
});

async function resetOf({ handle }: SyncRunHandle): Promise<SyncRunHandle> {
  const { client } = yard.temporal;
  const { runId } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId: handle.workflowId, runId },
    reason: 'a test',
    requestId: runId,
    ...(first == null ? {} : { workflowTaskFinishEventId: first }),
  });
  return runOf(client.workflow.getHandle(handle.workflowId));
}

describe('an attempt that Temporal does not count on', () => {
  test.concurrent('because it cannot be reached sends nothing more after a moment (S1)', async () => {
    let reachable = true;
    const standing = {
      isCurrent: () => (reachable ? Promise.resolve(true) : Promise.reject(new Error('no Temporal'))),
      leftOpen: () => Promise.resolve(NOTHING_LEFT),
    };
    const rig = await yard.rig({
      standing,
      pace: { chunk: 1_000, settleMs: 800 },
      graph: { latencyMs: { read: 0, write: 25 } },
    });
    addTasks(rig, 400);
    const alone = attempt(rig);
    await until(() => rig.graph.writes > 0);
    reachable = false;
    await expect(alone.end).rejects.toThrow('Temporal cannot be asked whether this attempt counts (no Temporal).');
    expect(rig.graph.writes).toBeLessThan(400);
    reachable = true;
    await runDirectly(rig);
    expect(rig.graph.log.filter(({ op }) => op === 'POST task')).toHaveLength(400);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('because another one has begun, or its run is over, sends nothing (S1)', async () => {
    const standing = { isCurrent: () => Promise.resolve(false), leftOpen: () => Promise.resolve(NOTHING_LEFT) };
    const rig = await yard.rig({ standing });
    addTasks(rig, 3);
    await expect(attempt(rig).end).rejects.toThrow('For Temporal this attempt is over');
    expect(rig.graph.writes).toBe(0);
  });

  test.concurrent('creates nothing for a while where nobody can tell of the run before (S1)', async () => {
    const standing = {
      isCurrent: () => Promise.resolve(true),
      leftOpen: () => Promise.reject(new Error('no Temporal')),
    };
    const rig = await yard.rig({ standing });
    addTasks(rig, 3);
    const began = Date.now();
    await attempt(rig).end;
    expect(rig.graph.log.every(({ at }) => at >= began + 1_200)).toBe(true);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });
});

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}
