import { MESSAGES } from '../../src/contracts/deploy.ts';
import { writeByHand } from '../support/by-hand.ts';
import { writesOf } from '../support/group-promises.ts';
import { groupRig, type GroupDeployment, type GroupRig } from '../support/group-yard.ts';
import { until } from '../support/until.ts';
import { startYard, type Yard } from '../support/yard.ts';

/** What waits for people, for a date or for Route 53, of a group: all of its records, or none. */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const TWO = { zones: 2, each: 1 } as const;
const ILL = { kind: 'status', status: 503 } as const;
const BY = { by: 'ann@example.com', reason: 'change 4711' };
const RULE = { by: ['*'], withinMs: 60_000, remindMs: null };
const QUICK = { steps: [10, 100].map((share) => ({ share, holdMs: 150 })) };

const isWaiting = ({ phase }: { readonly phase: string }): boolean => phase === 'awaiting-approval';
const approve = ({ handle }: Pick<GroupDeployment, 'handle'>) => handle.executeUpdate(MESSAGES.approve, { args: [BY] });

async function wroteNothing(rig: GroupRig, run: GroupDeployment, type: string): Promise<void> {
  expect(await run.end()).toMatchObject({ type, report: { outcome: 'refused' } });
  expect(writesOf(rig)).toEqual([]);
}

test.concurrent(
  'an approval of the cutover is waited for by all records, and given through the lock of any',
  async () => {
    const rig = await groupRig(yard, TWO);
    const run = await rig.deploy({}, { ...QUICK, approve: { cutover: RULE } });
    await run.until(isWaiting);
    expect(writesOf(rig)).toEqual([]);
    await approve({ handle: rig.lockOf(rig.records[1]!.record) });
    expect((await run.end()).report).toMatchObject({ outcome: 'promoted', decisions: [{ of: 'cutover' }] });
  },
);

test.concurrent(
  'an approval of the cutover is for the plan of all: one record that changed meanwhile refuses all (D2, D4)',
  async () => {
    const rig = await groupRig(yard, TWO);
    const run = await rig.deploy({}, { ...QUICK, approve: { cutover: RULE } });
    await run.until(isWaiting);
    writeByHand({ sandbox: rig.sandbox, ...rig.records[1]! }, '203.0.113.66');
    await approve(run);
    await wroteNothing(rig, run, 'Refused');
  },
);

test.concurrent(
  'an approval of the cutover is no pass: a black of one record that sickened meanwhile refuses all (D7)',
  async () => {
    const rig = await groupRig(yard, TWO);
    const run = await rig.deploy({}, { ...QUICK, approve: { cutover: RULE } });
    await run.until(isWaiting);
    await rig.records[1]!.black.behave(ILL);
    await approve(run);
    await wroteNothing(rig, run, 'Unhealthy');
  },
);

test.concurrent('a freeze refuses a group that the client let pass, at once and without a write', async () => {
  const rig = await groupRig(yard, TWO);
  const at = Date.now();
  const windows = [{ from: at - 60_000, until: at + 60_000, words: 'the weekend' }];
  const freeze = { windows, override: null };
  const run = await rig.deploy({}, { ...QUICK, freeze, approve: { cutover: RULE } }); // and asks nobody
  await wroteNothing(rig, run, 'Frozen');
});

test.concurrent('a freeze that begins while somebody decides is asked again before the first write', async () => {
  const rig = await groupRig(yard, TWO);
  const from = Date.now() + 6_000;
  const freeze = { windows: [{ from, until: from + 60_000, words: 'the weekend' }], override: null };
  const run = await rig.deploy({}, { ...QUICK, freeze, approve: { cutover: RULE } });
  await run.until(isWaiting);
  await until('the freeze has begun', () => Date.now() >= from);
  await approve(run);
  await wroteNothing(rig, run, 'Frozen');
});

test.concurrent('a cutover of a group that nobody confirms in time is taken back everywhere (D3)', async () => {
  const rig = await groupRig(yard, TWO);
  const run = await rig.deploy({}, { ...QUICK, confirmByMs: 400, gates: [], unchecked: true });
  expect(await run.end()).toMatchObject({ type: 'NotApproved', report: { outcome: 'rolled-back' } });
  for (const { observer } of rig.records) expect(observer.everyState()).toEqual(['red', '10 %', 'black', 'red']);
});

/** The activities that a run has begun, and those whose end it has drawn its conclusions from. */
async function workOf({ handle }: GroupDeployment): Promise<Readonly<Record<'begun' | 'known', readonly string[]>>> {
  const events = (await handle.fetchHistory()).events ?? [];
  const begun = new Map(
    events.map((one) => [String(one.eventId), one.activityTaskScheduledEventAttributes?.activityType?.name ?? null]),
  );
  const concluded = events.findLastIndex((one) => one.workflowTaskCompletedEventAttributes != null);
  const ends = events.slice(0, concluded).map((one) => one.activityTaskCompletedEventAttributes?.scheduledEventId);
  return {
    begun: [...begun.values()].filter((type) => type !== null),
    known: ends.flatMap((id) => begun.get(String(id)) ?? []),
  };
}

test.concurrent('no zone goes on while another one is not in sync (G2, D7)', async () => {
  const rig = await groupRig(yard, TWO);
  const { route53 } = rig.sandbox;
  let letGo = (): void => undefined;
  const opened = new Promise<void>((resolve) => (letGo = resolve));
  const late = ({ path }: { readonly path: string }): boolean =>
    route53.log.some(({ changeId = '-', zoneId }) => path.includes(changeId) && zoneId === rig.records[1]!.zoneId);
  const held = route53.faults.add({
    operation: 'GetChange',
    when: late,
    fault: { kind: 'meanwhile', run: () => opened },
  });
  const run = await rig.deploy({}, QUICK);
  await run.until(() => held.fired() > 0);
  await until('the other zone is in sync, and the run knows', async () =>
    (await workOf(run)).known.includes('awaitInsync'),
  );
  expect((await workOf(run)).begun.filter((type) => type === 'verifyRecords')).toHaveLength(1); // before the first write
  expect(rig.now()).toEqual(['10 %', '10 %']);
  expect((await run.status()).phase).toBe('settling');
  letGo();
  expect((await run.end()).report?.outcome).toBe('promoted');
});

test.concurrent(
  'an automatic rollback that would leave fewer records healthy than keepHealthy says stops, visible, and an abort restores (G5)',
  async () => {
    const rig = await groupRig(yard, { zones: 1, each: 2 });
    const run = await rig.deploy(
      { keepHealthy: 1 },
      { steps: [{ share: 100, holdMs: 60_000 }], ifRedIsIll: 'restore', acceptIllRed: true },
    );
    await run.until(({ phase }) => phase === 'holding');
    await rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[0]!.red)!.behave(ILL);
    const isRedIll = ({
      windows,
    }: {
      windows: readonly { side: string; observations: readonly { ok: boolean }[] }[];
    }) => windows.some(({ side, observations }) => side === 'red' && observations.filter(({ ok }) => !ok).length > 3);
    await run.until(({ records }) => records.every(isRedIll)); // of a shared red both know
    await rig.records[0]!.black.behave(ILL);
    const stopped = await run.until(({ phase }) => phase === 'blocked');
    expect(stopped.blocked?.sentence).toMatch(/at red only 0 of 2 records would serve from a healthy side/);
    expect(rig.now()).toEqual(['black', 'black']);
    await run.handle.signal(MESSAGES.abort, BY);
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.now()).toEqual(['red', 'red']);
  },
);
