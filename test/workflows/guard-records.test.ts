import { GUARD_WORKFLOW, type GuardReport, type GuardRequest } from '../../src/contracts/guard.ts';
import {
  FAST_GUARD,
  fenceThatStands,
  guardRequest,
  HALF,
  repairByHand,
  startGuardYard,
  type GuardYard,
} from '../support/guard-yard.ts';
import { openNotifyHall, type NotifyHall } from '../support/notify-yard.ts';
import { brokenPromises } from '../support/promises.ts';
import { firstWorkflowTask, setBack, workflowTaskBefore } from '../support/set-back.ts';
import type { Deployment, Rig, RigOptions } from '../support/yard.ts';

/** Runs that Temporal ended or set back without asking them, and the guard that comes after (D4, D6). */
let hall: NotifyHall;
let yard: GuardYard;
beforeAll(async () => {
  hall = openNotifyHall();
  yard = await startGuardYard(hall.activities);
});
afterAll(async () => {
  await yard.close();
  await hall.close();
});

const STATES = ['red', '50 %', 'black'];

test.concurrent(
  'puts red back under a raised fence after a termination at 50 %, and the next deployment begins',
  async () => {
    const { rig, run } = await atHalf();
    await run.handle.terminate('a test pulled the plug');

    const report = await yard.guard(rig);

    expect(report).toMatchObject({
      outcome: 'restored',
      fences: 1,
      records: [{ record: rig.record, verdict: 'finding', fence: { stage: 'step' }, repair: { outcome: 'restored' } }],
    });
    expect(report.records[0]?.sentence).toMatch(/deploy:\S+ has ended \(TERMINATED\): seen at .* and at/);
    expect(rig.observer.now()).toBe('red');
    expect(rig.observer.fenceStage()).toBe('reset');
    expect(await yard.guard(rig)).toMatchObject({ outcome: 'quiet', records: [] }); // what a reset left is rest
    expect((await (await yard.deploy(rig)).end()).report?.outcome).toBe('promoted');
    expect(brokenPromises(rig, STATES)).toEqual([]);
  },
);

test.concurrent('only reports where nothing else was asked for, and says what to type', async () => {
  const { rig, run } = await atHalf();
  await run.handle.terminate();
  const writes = rig.observer.writes();

  const report = await yard.guard(rig, { act: 'report' });

  expect(report).toMatchObject({ outcome: 'act', records: [{ verdict: 'finding', repair: null }] });
  expect(report.records[0]?.next).toContain(`switchyard guard --once --restore ${rig.record}`);
  expect(rig.observer.writes()).toBe(writes);
});

test.concurrent('never touches a run that lives, however late it is (D6)', async () => {
  const { rig, run } = await atHalf();
  const anHourAgo = { ...FAST_GUARD, overdueAfterMs: -60 * 60_000 };

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'quiet', records: [{ verdict: 'running' }] });
  expect(await yard.guard(rig, { pace: anHourAgo })).toMatchObject({
    outcome: 'quiet',
    records: [{ verdict: 'overdue' }],
  });

  expect(rig.observer.now()).toBe('50 %');
  await run.abort();
  expect((await run.end()).report?.outcome).toBe('rolled-back');
});

test.concurrent(
  'leaves a run that Temporal has set back and that goes on: the newest of its chain counts, not the one in the fence',
  async () => {
    const { rig, run } = await atHalf();
    const again = await setBack(yard.temporal, run, (events) => workflowTaskBefore(events, 'watchEndpoints'));

    expect(await yard.guard(rig)).toMatchObject({ outcome: 'quiet', records: [{ verdict: 'running' }] });

    await again.abort();
    expect((await again.end()).report?.outcome).toBe('rolled-back');
  },
);

test.concurrent('puts red back where a run that was set back to its beginning has refused to go on', async () => {
  const { rig, run } = await atHalf();
  const again = await setBack(yard.temporal, run, firstWorkflowTask);
  expect(await again.end()).toMatchObject({ type: 'Refused' });

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'restored' });
  expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
});

test.concurrent(
  'restores the name also where a newer deployment began between the looks, and was refused',
  async () => {
    const { rig, run } = await atHalf();
    await run.handle.terminate();
    const guarding = yard.guard(rig, { pace: { ...FAST_GUARD, lookAgainMs: 1_500 } });
    const newer = await yard.deploy(rig);
    expect(await newer.end()).toMatchObject({ type: 'Refused' });

    expect(await guarding).toMatchObject({ outcome: 'restored' });
    expect(rig.observer.now()).toBe('red');
  },
);

test.concurrent('has nothing to do where somebody resets the record and deploys anew between the looks', async () => {
  const { rig, run } = await atHalf();
  await run.handle.terminate();
  const guarding = yard.guard(rig, { pace: { ...FAST_GUARD, lookAgainMs: 4_000 } });
  await repairByHand(rig, fenceThatStands(rig));
  const newer = await yard.deploy(rig, { steps: HALF });
  await newer.until(({ phase, share }) => phase === 'holding' && share === 50);

  expect((await guarding).outcome).toBe('quiet');
  expect(rig.observer.now()).toBe('50 %');
  await newer.abort();
});

test.concurrent(
  'a run that was alive after all finds the raised fence, writes nothing more, and says so (D3, D6)',
  async () => {
    const { rig, run } = await atHalf();
    const [end] = await repairByHand(rig, fenceThatStands(rig));
    expect(end).toMatchObject({ outcome: 'restored' });
    const writes = rig.observer.writes();

    expect(await run.end()).toMatchObject({ type: 'Superseded', report: { outcome: 'superseded' } });
    expect(rig.observer.writes()).toBe(writes);
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
  },
);

test.concurrent('a fence that has risen since it was judged is left: its run lives', async () => {
  const { rig, run } = await atHalf();
  const fence = fenceThatStands(rig);
  expect(await repairByHand(rig, { ...fence, gen: fence.gen - 1 })).toMatchObject([{ outcome: 'refused' }]);
  expect(rig.observer.now()).toBe('50 %');
  await run.abort();
});

test.concurrent('two guards at once put red back once', async () => {
  const { rig, run } = await atHalf();
  await run.handle.terminate();
  const writes = rig.observer.writes();

  const reports = await Promise.all([yard.guard(rig), yard.guard(rig)]);

  expect(reports.map(({ outcome }) => outcome)).toContain('restored');
  expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
  expect(rig.observer.writes()).toBe(writes + 1);
  expect(brokenPromises(rig, STATES)).toEqual([]);
});

test.concurrent.each(['apply-then-reset', 'apply-then-error', 'reset'] as const)(
  'a restore whose answer is lost (%s) is read back, and reported as what it is',
  async (kind) => {
    const { rig, run } = await atHalf();
    await run.handle.terminate();
    rig.sandbox.route53.faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind }, times: 1 });

    expect(await yard.guard(rig)).toMatchObject({
      outcome: 'restored',
      records: [{ repair: { outcome: 'restored' } }],
    });
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
  },
);

test.concurrent('never undoes the decision to leave a record as it stands, whatever its fence says (D4)', async () => {
  const { rig, run } = await atHalf();
  const lift = rig.sandbox.route53.deny('ChangeResourceRecordSets');
  void run.abort().catch(() => undefined);
  await run.until(({ phase }) => phase === 'blocked');
  const said = { by: 'a test', decision: 'leave', reason: 'black is right' };
  void run.handle.executeUpdate('resolve', { args: [said] }).catch(() => undefined);
  expect((await run.end()).report?.outcome).toBe('not-restored');
  lift();

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'refused', records: [{ verdict: 'left', repair: null }] });

  expect(rig.observer.now()).toBe('50 %');
  expect(rig.observer.fenceStage()).toBe('step');
});

test.concurrent('never overwrites what somebody else wrote past the fence (D4)', async () => {
  const { rig, run } = await atHalf();
  await run.handle.terminate();
  const { route53, zoneId } = rig.sandbox;
  const mine = route53.recordSets(zoneId, `${rig.record}.`).filter(({ Type }) => Type === 'A');
  const theirs = { Name: `${rig.record}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '198.51.100.7' }] } as const;
  route53.change(zoneId, ...mine.map((recordSet) => ({ action: 'DELETE' as const, recordSet })), {
    action: 'CREATE',
    recordSet: { ...theirs, ResourceRecords: [...theirs.ResourceRecords] },
  });

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'refused', records: [{ repair: { outcome: 'foreign' } }] });
  expect(rig.observer.now()).toBe('foreign: 198.51.100.7');
});

test.concurrent(
  'reports a fence of another namespace, such as of a server that was lost, and never restores it',
  async () => {
    const { rig, run } = await atHalf({}, 'the-namespace-of-a-server-that-is-gone');
    await run.handle.terminate();
    const writes = rig.observer.writes();

    const report = await yard.guard(rig);
    expect(report).toMatchObject({ outcome: 'refused', records: [{ verdict: 'foreign-namespace', repair: null }] });
    expect(report.records[0]?.next).toContain(`./switchyard reset ${rig.record} --to-snapshot`);
    expect(rig.observer.writes()).toBe(writes);
  },
);

test.concurrent('finds red in the history of the run where the fence had room for its hash alone', async () => {
  const rig = await yard.rig();
  const { route53, zoneId } = rig.sandbox;
  const many = Array.from({ length: 80 }, (_, at) => ({ Value: `192.0.2.${at + 100}` }));
  route53.put(zoneId, { Name: rig.record, Type: 'A', TTL: 60, ResourceRecords: many });
  const run = await yard.deploy(rig, { gates: [], unchecked: true, holdMs: 120_000, bakeMs: 120_000 });
  await run.until(({ phase }) => phase === 'holding');
  expect(fenceThatStands(rig).red).toMatch(/^sha256:/);
  await run.handle.terminate();

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'restored' });
  expect(route53.recordSets(zoneId, `${rig.record}.`)[0]?.ResourceRecords).toHaveLength(80);
});

test.concurrent('reports a zone that Route 53 does not give, and asks again by its Schedule', async () => {
  const { rig, run } = await atHalf();
  await run.handle.terminate();
  const fault = { kind: 'refuse', status: 403, code: 'AccessDenied', message: 'not allowed' } as const;
  rig.sandbox.route53.faults.add({ operation: 'ListHostedZonesByName', fault, times: Infinity });

  expect(await yard.guard(rig)).toMatchObject({ outcome: 'not-seen', records: [{ verdict: 'unread' }] });
});

test.concurrent('tells of a finding once, not at each run of its Schedule, and of its end', async () => {
  const [{ rig, run }, told] = await Promise.all([atHalf(), hall.open()]);
  await run.handle.terminate();
  const guard = await scheduled(guardRequest(rig, { act: 'report', notify: told.request() }));

  expect(await guard.runs()).toMatchObject({ outcome: 'act', told: [{ record: rig.record }], notices: [] });
  expect(await guard.runs()).toMatchObject({ outcome: 'act', told: [{ record: rig.record }] });
  await repairByHand(rig, fenceThatStands(rig));
  expect(await guard.runs()).toMatchObject({ outcome: 'quiet', told: [] });
  expect(await guard.runs()).toMatchObject({ outcome: 'quiet', told: [] });
  await guard.delete();

  expect(told.events()).toEqual([
    `guard ${rig.record}: ACT NOW: a deployment has died in the middle`,
    `guard ${rig.record}: what the guard had found is over`,
  ]);
  expect(told.standIn.receiver.received.map(({ message }) => message['trouble'])).toEqual(['begins', 'ends']);
});

test.concurrent(
  'what reached nobody is told by the next one of its Schedule, a finding as well as its end',
  async () => {
    const [{ rig, run }, told] = await Promise.all([atHalf(), hall.open()]);
    await run.handle.terminate();
    const notify = told.request(undefined, { giveUpAfterMs: 600, lastWordsMs: 1_500 });
    const guard = await scheduled(guardRequest(rig, { act: 'report', notify }));
    const silence = () =>
      told.standIn.faults.add({
        operation: '*',
        fault: { kind: 'refuse', status: 503, code: 'away' },
        times: Infinity,
      });

    const away = silence();
    expect(await guard.runs()).toMatchObject({
      outcome: 'act',
      told: [],
      notices: [expect.stringMatching(/could not be told/)],
    });
    away.remove();
    expect(await guard.runs()).toMatchObject({ outcome: 'act', told: [{ record: rig.record }] });
    await repairByHand(rig, fenceThatStands(rig));
    const again = silence();
    expect(await guard.runs()).toMatchObject({ outcome: 'quiet', told: [{ record: rig.record }] });
    again.remove();
    expect(await guard.runs()).toMatchObject({ outcome: 'quiet', told: [] });
    await guard.delete();

    expect(told.events()).toEqual([
      `guard ${rig.record}: ACT NOW: a deployment has died in the middle`,
      `guard ${rig.record}: what the guard had found is over`,
    ]);
  },
);

test.concurrent(
  'tells of a finding before it restores red, then that, and ends well also where nobody can be told',
  async () => {
    const [{ rig, run }, told] = await Promise.all([atHalf(), hall.open()]);
    await run.handle.terminate();
    const [deaf] = told.request().targets;
    if (deaf === undefined) throw new Error('no target');
    const notify = told.request([{ format: 'webhook' }]);
    const targets = [...notify.targets, { ...deaf, name: 'nobody-is-called-so' }];

    const report = await yard.guard(rig, { notify: { ...notify, targets } });

    expect(report).toMatchObject({ outcome: 'restored', told: [] });
    expect(report.notices).toHaveLength(1);
    expect(told.events()).toEqual([
      `guard ${rig.record}: a deployment has died in the middle, and red is being restored`,
      `guard ${rig.record}: red was restored`,
    ]);
    expect(told.standIn.receiver.received.map(({ message }) => message['trouble'])).toEqual(['begins', 'ends']);
  },
);

test.concurrent('tells at once of what it cannot restore yet, and says when it is restored after all', async () => {
  const [{ rig, run }, told] = await Promise.all([atHalf(), hall.open()]);
  await run.handle.terminate();
  const lift = rig.sandbox.route53.deny('ChangeResourceRecordSets');
  const guarding = yard.guard(rig, { notify: told.request([{ format: 'webhook' }]) });
  while (told.events().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told.events()).toEqual([
    `guard ${rig.record}: a deployment has died in the middle, and red is being restored`,
  ]);
  lift();
  await guarding;
  expect(told.events()).toHaveLength(2);
});

/** The guard as a Schedule runs it, one run after another. */
async function scheduled(request: GuardRequest) {
  const { client } = yard.temporal;
  const scheduleId = `guard-of-${request.records[0]?.record ?? ''}`;
  const handle = await client.schedule.create({
    scheduleId,
    spec: {},
    action: {
      type: 'startWorkflow',
      workflowType: GUARD_WORKFLOW,
      workflowId: scheduleId,
      taskQueue: yard.taskQueue,
      args: [request],
    },
  });
  let ran = 0;
  const runs = async (): Promise<GuardReport> => {
    await handle.trigger('BUFFER_ONE'); // the Schedule may not have heard yet that the run before has ended
    ran += 1;
    for (;;) {
      const { recentActions } = (await handle.describe()).info;
      const started = recentActions.length === ran ? recentActions.at(-1)?.action.workflow.workflowId : undefined;
      if (started !== undefined) {
        yard.ids.push(started);
        return (await client.workflow.getHandle(started).result()) as GuardReport;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { runs, delete: () => handle.delete() };
}

async function atHalf(
  options: RigOptions = {},
  namespaceId = yard.namespaceId,
): Promise<{ rig: Rig; run: Deployment }> {
  const rig = await yard.rig(options);
  return { rig, run: await yard.atHalf(rig, { namespaceId }) };
}
