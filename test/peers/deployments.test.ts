/** What deployments of other tools got wrong while they ran, one test a bug: its number, and what it cost. All of them: docs/peers.md. */
import type { DeployActivities } from '../../src/contracts/deploy-activities.ts';
import { failure } from '../../src/policies/failures.ts';
import { brokenPromises } from '../support/promises.ts';
import { FAST, startYard, type Deployment, type Rig, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const ILL = { kind: 'status', status: 503 } as const;
const WELL = { kind: 'well' } as const;
const CANARY = [
  { share: 50, holdMs: 60_000 },
  { share: 100, holdMs: 200 },
];
const untilHeld = (run: Deployment) => run.until(({ phase, share }) => phase === 'holding' && share === 50);

/** Changes what becomes of one activity; `nth` counts its calls from 1. */
function striking(
  name: keyof DeployActivities,
  strike: (work: () => Promise<unknown>, nth: number) => Promise<unknown>,
): { around: (activities: DeployActivities) => DeployActivities } {
  let calls = 0;
  return {
    around: (activities) => ({
      ...activities,
      [name]: (input: never) => {
        calls += 1;
        return strike(() => (activities[name] as (of: never) => Promise<unknown>)(input), calls);
      },
    }),
  };
}

async function endsOnRed(rig: Rig, run: Deployment): Promise<void> {
  expect((await run.end()).report?.outcome).toBe('rolled-back');
  expect(rig.observer.now()).toBe('red');
  expect(rig.observer.fenceStage()).toBe('idle');
  expect(brokenPromises(rig, ['red', '50 %', 'black'])).toEqual([]);
}

test.concurrent(
  'rolls back while it waits for an approval (flagger #1801: failed checks 18 of 5, and it went on waiting)',
  async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({
      approve: { promotion: { by: ['*@example.com'], withinMs: 60_000, remindMs: null } },
    });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(rig.observer.now()).toBe('black');
    await rig.sandbox.black.behave(ILL);
    await endsOnRed(rig, run);
  },
);

test.concurrent('rolls back while it is paused (flagger #1801: the same, held by a gate)', async () => {
  const rig = await yard.rig();
  const run = await rig.deploy({ steps: CANARY });
  await untilHeld(run);
  await run.handle.executeUpdate('pause', { args: [{ by: 'a test', reason: 'lunch' }] });
  await rig.sandbox.black.behave(ILL);
  await endsOnRed(rig, run);
});

test.concurrent(
  'a deployment that is over hears no abort, and nothing changes (argo-rollouts #1292: the stable side was scaled to 0)',
  async () => {
    const rig = await yard.rig();
    const run = await rig.deploy();
    expect((await run.end()).report?.outcome).toBe('promoted');
    const writes = rig.observer.writes();
    await expect(run.handle.signal('abort', { by: 'a test', reason: 'too late' })).rejects.toThrow(/completed/);
    await run.handle.cancel(); // Temporal says nothing to that
    expect([rig.observer.writes(), rig.observer.now()]).toEqual([writes, 'black']);
  },
);

test.concurrent(
  'an abort is heard while nothing else can go on (argo-rollouts #1259, #2982, #2823, #4294; flagger #1588, #1591, #379: it hung)',
  async () => {
    const rig = await yard.rig({ insyncAfterMs: 1_500 });
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase }) => phase === 'settling');
    const { status } = await run.abort();
    expect(status.outcome).toBe('rolled-back');
    await endsOnRed(rig, run);
  },
);

test.concurrent(
  'a change that is never in sync is given up (the same bugs: each state has a limit, and a way out)',
  async () => {
    const rig = await yard.rig();
    const pace = { ...FAST, insync: { pollMs: 20, noticeMs: 60_000, limitMs: 500 } };
    const run = await rig.deploy({
      pace,
      steps: [
        { share: 50, holdMs: 300 },
        { share: 100, holdMs: 300 },
      ],
    });
    await untilHeld(run);
    rig.sandbox.route53.insyncAfterMs = 2_000;
    await endsOnRed(rig, run);
  },
);

test.concurrent(
  'after a rollback the same version can be deployed, and the old one after it (argo-rollouts #3304: the state was left inconsistent)',
  async () => {
    const rig = await yard.rig();
    const ill = await rig.deploy({ bakeMs: 60_000 });
    await ill.until(({ phase, share }) => phase === 'holding' && share === 100);
    await rig.sandbox.black.behave(ILL);
    await endsOnRed(rig, ill);
    await rig.sandbox.black.behave(WELL);
    expect((await (await rig.deploy()).end()).report?.outcome).toBe('promoted');
    const home = await rig.deploy({ to: { kind: 'values', values: ['192.0.2.10'] } });
    expect((await home.end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red', 'black', 'red']);
    expect(brokenPromises(rig, ['red', 'black'])).toEqual([]);
  },
);

test.concurrent(
  'a black that was never healthy gets no traffic (spinnaker #6973, #5149, #4330: red was disabled for it)',
  async () => {
    const rig = await yard.rig();
    await rig.sandbox.black.behave(ILL);
    const end = await (await rig.deploy()).end();
    expect(end).toMatchObject({ status: 'FAILED', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
  },
);

test.concurrent(
  'while one moves a record no other can (spinnaker #4895: a rollback and a resize at once emptied the active side)',
  async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await untilHeld(run);
    await expect(rig.deploy({ to: { kind: 'values', values: ['192.0.2.10'] } })).rejects.toThrow(/already started/);
    await run.abort();
    await endsOnRed(rig, run);
  },
);

test.concurrent(
  'no worker remembers anything: whatever dies, another goes on (spinnaker #6224, #6443, #5952, #4426, #6597: executions were lost)',
  async () => {
    const lost = () => failure('Unavailable', 'The worker died after its work, and before it could say so.');
    const seen = new Set<string>();
    const dying = (activities: DeployActivities): DeployActivities =>
      Object.fromEntries(
        Object.entries(activities).map(([name, run]) => [
          name,
          async (input: never) => {
            const done: unknown = await (run as (of: never) => Promise<unknown>)(input);
            const first = !seen.has(name);
            seen.add(name);
            if (first) throw lost();
            return done;
          },
        ]),
      ) as unknown as DeployActivities; // the same functions under the same names
    const rig = await yard.rig({ around: dying });
    const run = await rig.deploy({ steps: CANARY.map(({ share }) => ({ share, holdMs: 200 })) });
    expect((await run.end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'black']);
    expect(brokenPromises(rig, ['red', '50 %', 'black'])).toEqual([]);
  },
);

test.concurrent(
  'says until when red must stay, after the last cache has let go of it (argo-rollouts #4834, #478, #4534, #4926, #501: downtime although all was verified)',
  async () => {
    const rig = await yard.rig();
    const startedAt = Date.now();
    const { report } = await (await rig.deploy()).end();
    expect(report?.outcome).toBe('promoted');
    const ttlMs = 60_000;
    expect(report?.cachesAgreeAt).toBeGreaterThanOrEqual(startedAt + ttlMs);
    expect(report?.keepRedUntil).toBeGreaterThan(report?.cachesAgreeAt ?? Infinity);
  },
);

test.concurrent(
  'does not promote while a name server still answers red (argo-rollouts #4834: the switch was taken for done)',
  async () => {
    const rig = await yard.rig();
    rig.sandbox.nameServers.servers[0]?.lag(Infinity);
    const run = await rig.deploy({ pace: { ...FAST, verify: { inARow: 2, everyMs: 10, limitMs: 500 } } });
    await endsOnRed(rig, run);
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  },
);

describe('sagas', () => {
  test.concurrent(
    'a write that failed after its effect is undone (temporalio/samples-typescript: the compensation is registered after the step)',
    async () => {
      const rig = await yard.rig(
        striking('swapRecord', async (work) => {
          await work();
          throw failure('Unauthorized', 'AccessDenied');
        }),
      );
      await endsOnRed(rig, await rig.deploy());
      expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
    },
  );

  test.concurrent(
    'a compensation that fails is tried again, and is no success meanwhile (temporalio/samples-typescript: its error is swallowed)',
    async () => {
      const rig = await yard.rig(
        striking('restoreRecord', (work, nth) =>
          nth <= 4 ? Promise.reject(failure('Unauthorized', 'AccessDenied')) : work(),
        ),
      );
      const run = await rig.deploy({ steps: CANARY });
      await untilHeld(run);
      await run.handle.signal('abort', { by: 'a test', reason: 'not good' });
      await run.until(({ phase }) => phase === 'rolling-back' || phase === 'blocked');
      expect((await run.status()).outcome).toBeNull();
      await endsOnRed(rig, run);
    },
  );

  test.concurrent(
    'a cancellation does not reach the compensation (temporalio/documentation, saga-pattern; sdk-java #305: it was cancelled with the rest)',
    async () => {
      const rig = await yard.rig(
        striking('restoreRecord', async (work) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          return work();
        }),
      );
      const run = await rig.deploy({ steps: CANARY });
      await untilHeld(run);
      await run.handle.cancel();
      await run.until(({ phase }) => phase === 'rolling-back');
      await run.handle.cancel();
      expect((await run.end()).status).toBe('CANCELLED');
      expect(rig.observer.now()).toBe('red');
      expect(rig.observer.fenceStage()).toBe('idle');
    },
  );

  test.concurrent(
    'the compensation does not begin beside the step that it undoes (TRY_CANCEL, the default of the SDK: both are under way)',
    async () => {
      const order: string[] = [];
      const slow = striking('swapRecord', async (work) => {
        order.push('step begins');
        await new Promise((resolve) => setTimeout(resolve, 400));
        return work().finally(() => order.push('step ends'));
      });
      const seen = striking('restoreRecord', (work) => {
        order.push('undo begins');
        return work();
      });
      const rig = await yard.rig({ around: (activities) => seen.around(slow.around(activities)) });
      const run = await rig.deploy();
      while (order.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await run.handle.cancel();
      expect((await run.end()).status).toBe('CANCELLED');
      expect(order).toEqual(['step begins', 'step ends', 'undo begins']);
      expect(rig.observer.now()).toBe('red');
    },
  );
});
