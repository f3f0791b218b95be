import { WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { addTasks, appliedBy, writesDuring } from '../support/sync-copies.ts';
import { brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

/** Long enough for what a test does while a request is held. */
const PATIENT = { timeouts: { readMs: 30_000, writeMs: 30_000 }, pace: { heartbeatMs: 20_000 } };

describe('the lock', () => {
  test.concurrent('a second start is refused while a run is under way, and possible after it (S1)', async () => {
    const rig = await yard.rig(PATIENT);
    addTasks(rig, 3);
    const held = holdReads(rig);
    const run = await rig.start();
    await held.reached;
    await expect(rig.start()).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
    held.release();
    expect(appliedBy(await run.end())).toEqual({ create: 3 });
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  });

  test.concurrent('a scheduled, a manual and a wished run at once are one run (S1)', async () => {
    const rig = await yard.rig(PATIENT);
    addTasks(rig, 3);
    const held = holdReads(rig);
    const [tick, manual, wished] = await Promise.all([
      rig.tick(),
      rig.start().then(
        ({ handle }) => handle.describe(),
        () => null,
      ),
      rig.wish(),
    ]);
    const scheduled = await runOfTick(tick);
    await held.reached;
    held.release();
    const end: unknown = await yard.temporal.client.workflow.getHandle(`sync:${rig.pair}`).result();
    expect(end).toMatchObject({ outcome: 'synced', totals: { applied: { create: 3 } } });
    const runs = new Set([wished, manual?.runId ?? wished, scheduled ?? wished]);
    expect([...runs]).toEqual([wished]);
    expect(await tick.result()).toEqual({ skipped: scheduled === null });
  });

  test.concurrent('a tick is skipped while a run is under way, and says so', async () => {
    const rig = await yard.rig(PATIENT);
    addTasks(rig, 1);
    const held = holdReads(rig);
    const run = await rig.start();
    await held.reached;
    expect(await (await rig.tick()).result()).toEqual({ skipped: true });
    held.release();
    await run.end();
    expect(await (await rig.tick()).result()).toEqual({ skipped: false });
  });

  test.concurrent('a tick whose run fails fails with the same sentence', async () => {
    const rig = await yard.rig();
    rig.todoist.revoke('todoist-token');
    const tick = await rig.tick();
    await expect(tick.result()).rejects.toMatchObject({
      cause: { cause: { type: 'SignInNeeded', message: expect.stringMatching(/Renew the token/) as string } },
    });
  });
});

describe('syncRequested', () => {
  test.concurrent('twenty wishes at once give one run with one look at work', async () => {
    const rig = await yard.rig();
    addTasks(rig, 2);
    const runs = await Promise.all(Array.from({ length: 20 }, () => rig.wish()));
    expect(new Set(runs).size).toBe(1);
    const report: unknown = await yard.temporal.client.workflow.getHandle(`sync:${rig.pair}`).result();
    expect(report).toMatchObject({
      outcome: 'synced',
      trigger: 'event',
      rounds: 1,
      totals: { applied: { create: 2 } },
    });
  });

  test.concurrent('a wish during a run is answered by one more look of the same run', async () => {
    const rig = await yard.rig(PATIENT);
    addTasks(rig, 2);
    const held = holdReads(rig);
    const run = await rig.start();
    await held.reached;
    const late = rig.todoist.person.add({ content: 'Late' });
    const joined = await Promise.all([rig.wish(), rig.wish(), rig.wish()]);
    held.release();
    const end = await run.end();
    expect(new Set(joined)).toEqual(new Set([(await run.handle.describe()).runId]));
    expect(end.report).toMatchObject({ outcome: 'synced', rounds: 2 });
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(rig.todoist.task(late).checked).toBe(false);
  });

  test.concurrent.each([
    { at: 'in the middle of its work', pace: { chunk: 5 } },
    { at: 'when nothing was left to do', pace: { mostRounds: 1 } },
  ])(
    'so many wishes that the history grows long continue the run as new $at, with its numbers and without losing one',
    async ({ pace }) => {
      const rig = await yard.rig({ ...PATIENT, pace: { ...PATIENT.pace, ...pace } });
      addTasks(rig, 10);
      const held = holdReads(rig);
      const run = await rig.start();
      await held.reached;
      const isLong = async (): Promise<boolean> => (await run.handle.describe()).historyLength >= 2_000;
      while (!(await isLong())) await Promise.all(Array.from({ length: 20 }, () => rig.wish()));
      held.release();
      const end = await run.end();
      expect(end.report).toMatchObject({ outcome: 'synced', trigger: 'manual', totals: { applied: { create: 10 } } });
      const [first, last] = [await firstExecution(run.handle), await run.handle.describe()];
      expect(first.status.name).toBe('CONTINUED_AS_NEW');
      expect(last.runId).not.toBe(first.runId);
      expect(last.historyLength).toBeLessThan(100);
      expect(end.report?.startedAt).toBe(first.startTime.getTime());
      expect(end.report?.rounds).toBe(2);
      expect(end.report?.view).toMatchObject({ links: 0, planned: { create: 10 } }); // of the first look, before it continued
      const { events } = await run.handle.fetchHistory();
      expect(events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes)).toBe(true); // it knows of the wishes
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );
});

describe('cancelling', () => {
  test.concurrent('in the middle ends CANCELED with nothing in flight, and the next run completes (S1)', async () => {
    const rig = await yard.rig(PATIENT);
    addTasks(rig, 600);
    let sent = 0;
    let cancelled = false;
    rig.graph.faults.add({
      operation: '$batch',
      times: Infinity,
      when: ({ body }) => {
        sent += (JSON.parse(body) as { requests: unknown[] }).requests.length;
        return true;
      },
      fault: {
        kind: 'meanwhile',
        run: async () => {
          if (!cancelled) await run.handle.cancel();
          else await new Promise((resolve) => setTimeout(resolve, 300)); // the cancellation comes with a heartbeat
          cancelled = true;
        },
      },
    });
    const run = await rig.start();

    const end = await run.end();
    expect(rig.graph.writes).toBe(sent); // everything that was sent has landed
    expect(end.status).toBe('CANCELLED');
    expect(await run.status()).toMatchObject({ phase: 'cancelled', outcome: 'cancelled' });
    expect(sent).toBeLessThan(600);
    rig.graph.faults.clear();
    expect((await rig.sync()).report?.totals.applied.create).toBe(600 - sent);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('while it collects wishes ends at once, and writes nothing', async () => {
    const rig = await yard.rig({ pace: { debounceMs: 60_000 } });
    addTasks(rig, 1);
    await rig.wish();
    const handle = yard.temporal.client.workflow.getHandle(`sync:${rig.pair}`);
    await handle.cancel();
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    expect(rig.graph.faults.seen).toEqual([]);
  });
});

describe('a service that is away', () => {
  test.concurrent.each(['graph', 'todoist'] as const)(
    '%s: is asked until it is back, and the UI says why and since when',
    async (which) => {
      const rig = await yard.rig();
      addTasks(rig, 3);
      rig[which].faults.add({ operation: '*', fault: { kind: 'reset' }, times: Infinity });
      const run = await rig.start();
      const waiting = await pendingOf(run.handle, ({ attempt }) => attempt >= 3);
      expect(waiting.message).toMatch(/no usable answer \(\w+\)\. Without progress since \d\d:\d\d:\d\d/);
      rig[which].faults.clear();

      const end = await run.end();
      expect(end.report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 3 } } });
      expect(end.report?.totals.retried).toBeGreaterThanOrEqual(2);
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );

  test.concurrent('for longer than is allowed ends the run as GaveUp, and the next one goes on', async () => {
    const rig = await yard.rig({ pace: { giveUpAfterMs: 300 } });
    addTasks(rig, 3);
    rig.graph.faults.add({
      operation: '*',
      fault: { kind: 'refuse', status: 502, code: 'BadGateway' },
      times: Infinity,
    });
    const end = await rig.sync();
    expect(end).toMatchObject({ status: 'FAILED', type: 'GaveUp', report: { outcome: 'failed' } });
    expect(end.message).toMatch(/HTTP 502.*Without progress since .*The next run goes on/s);
    rig.graph.faults.clear();
    expect(appliedBy(await rig.sync())).toEqual({ create: 3 });
  });
});

describe('Retry-After', () => {
  test.concurrent.each([
    { which: 'graph', operation: 'GET lists', status: 429 },
    { which: 'graph', operation: '$batch', status: 429 },
    { which: 'graph', operation: 'GET tasks', status: 503 },
    { which: 'todoist', operation: 'sync read', status: 429 },
  ] as const)(
    '$which: a long one at $operation ($status) is the next delay of Temporal, and no failure',
    async (at) => {
      const rig = await yard.rig();
      addTasks(rig, 3);
      const { which, operation, status } = at;
      const fault = { kind: 'refuse', status, code: 'TooManyRequests', retryAfterSeconds: 40 } as const;
      rig[which].faults.add({ operation, fault });
      const run = await rig.start();

      const waiting = await pendingOf(run.handle, ({ attempt }) => attempt === 2);
      expect(waiting).toMatchObject({
        type: 'Throttled',
        message: expect.stringMatching(/asked to wait 40 s/) as string,
      });
      expect(waiting.delayMs).toBeGreaterThan(38_000);
      expect(waiting.delayMs).toBeLessThan(42_000);
      await run.handle.cancel();
      await run.end();
      expect((await rig.sync()).report).toMatchObject({ outcome: 'synced' });
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );

  test.concurrent('however often it is asked for, no run is given up for it', async () => {
    const rig = await yard.rig({ pace: { giveUpAfterMs: 100 } });
    addTasks(rig, 3);
    const fault = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 0.3 } as const;
    rig.graph.faults.add({ operation: 'GET lists', fault, times: 4 });
    const end = await rig.sync();
    expect(end.report).toMatchObject({
      outcome: 'synced',
      totals: { applied: { create: 3 }, throttled: { times: 4 } },
    });
  });

  test.concurrent('a short one between writes is waited for, counted, and no task is written twice (S1)', async () => {
    const rig = await yard.rig();
    addTasks(rig, 60);
    const fault = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 1 } as const;
    rig.graph.steps.add({ operation: 'POST task', fault, after: 15 });
    const end = await rig.sync();
    expect(end.report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 60 }, retried: 0 } });
    expect(end.report?.totals.throttled).toEqual({ times: 1, waitedMs: 1_000 });
    expect(rig.graph.tasks()).toHaveLength(60);
  });
});

/** Keeps the first look of a run waiting until it is released. */
function holdReads({ graph }: SyncRig): { readonly reached: Promise<void>; readonly release: () => void } {
  const [reached, released] = [signal(), signal()];
  const run = async (): Promise<void> => {
    reached.give();
    await released.promise;
  };
  graph.faults.add({ operation: 'GET lists', fault: { kind: 'meanwhile', run } });
  return { reached: reached.promise, release: released.give };
}

function signal(): { readonly promise: Promise<void>; readonly give: () => void } {
  let give: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (give = resolve));
  return { promise, give };
}

/** The run that a tick has started; null where it was skipped. */
async function runOfTick(tick: WorkflowHandle): Promise<string | null> {
  return eventually(async () => {
    const { events } = await tick.fetchHistory();
    const started = events?.find((event) => event.childWorkflowExecutionStartedEventAttributes);
    const runId = started?.childWorkflowExecutionStartedEventAttributes?.workflowExecution?.runId;
    if (typeof runId === 'string') return { found: runId };
    return events?.some((event) => event.workflowExecutionCompletedEventAttributes) === true ? { found: null } : null;
  });
}

interface Pending {
  readonly attempt: number;
  readonly type: string;
  readonly message: string;
  /** From the end of the last attempt to the next. */
  readonly delayMs: number;
}

/** What the UI shows of an activity that waits for its next attempt. */
async function pendingOf(handle: WorkflowHandle, what: (pending: Pending) => boolean): Promise<Pending> {
  return eventually(async () => {
    const { raw } = await handle.describe();
    const [activity] = raw.pendingActivities ?? [];
    const { lastFailure, currentRetryInterval } = activity ?? {};
    if (!activity || !lastFailure || !currentRetryInterval) return null;
    const pending = {
      attempt: activity.attempt ?? 0,
      type: lastFailure.applicationFailureInfo?.type ?? '',
      message: lastFailure.message ?? '',
      delayMs: Number(currentRetryInterval.seconds ?? 0) * 1_000 + (currentRetryInterval.nanos ?? 0) / 1e6,
    };
    return what(pending) ? { found: pending } : null;
  });
}

async function firstExecution(handle: WorkflowHandle) {
  const { raw } = await handle.describe();
  const runId = raw.workflowExecutionInfo?.firstRunId ?? '';
  return yard.temporal.client.workflow.getHandle(handle.workflowId, runId).describe();
}

/** Asks until there is an answer; the limit of the test ends it. */
async function eventually<T>(ask: () => Promise<{ readonly found: T } | null>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer.found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
