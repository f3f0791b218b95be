import { findSnapshot } from '../../src/activities/find-snapshot.ts';
import { readFence } from '../../src/core/dns/fence.ts';
import { fenceName } from '../../src/core/dns/name.ts';
import { fromWire } from '../../src/activities/wire-record-set.ts';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { GROUP_WORKFLOW, groupId, LOCK_SIGNALS, LOCK_WORKFLOW } from '../../src/contracts/deploy-group.ts';
import { MESSAGES, type MessageAnswer } from '../../src/contracts/deploy.ts';
import { endOf } from '../support/run-handle.ts';
import { CALM, groupDeployment, groupRig, lockStatus, type GroupRig } from '../support/group-yard.ts';
import { groupPromotedFirst } from '../support/promoted-first.ts';
import { PLAIN, startYard, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const QUICK = { steps: [10, 50, 100].map((share) => ({ share, holdMs: 150 })) };
/** Stays at 50 % for as long as a test needs. */
const HELD = {
  steps: [
    { share: 50, holdMs: 30_000 },
    { share: 100, holdMs: 150 },
  ],
};
const ILL = { kind: 'status', status: 503 } as const;
/** Every name server, asked about every record. */
const SEEN = { servers: Array.from({ length: 4 }, () => ({ kind: 'agrees' })) };
const BY = { by: 'a test', reason: 'a test asked for it' };

describe('on the way forward', () => {
  test.concurrent('moves all records of two zones in step, a batch a zone, and ends as one (G1 to G3)', async () => {
    const rig = await groupRig(yard);
    const { sandbox, records } = rig;
    const end = await (await rig.deploy({}, QUICK)).end();
    expect(end).toMatchObject({ status: 'COMPLETED', report: { outcome: 'promoted', share: 100, failure: null } });
    expect(end.report?.records.map(({ record, outcome }) => [record, outcome])).toEqual(
      records.map(({ record }) => [record, 'promoted']),
    );
    expect(end.report?.serving).toMatchObject({ sentence: '100 % black, in 4 of 4 records', ...SEEN });
    for (const { observer } of records) {
      expect(observer.everyState()).toEqual(['red', '10 %', '50 %', 'black']);
      expect(observer.fenceStage()).toBe('idle');
    }
    const batches = sandbox.route53.log.filter(({ by, accepted }) => accepted && by !== 'foreign');
    // A zone is never at two steps at once, and no zone begins a step before all have come to the one before it.
    expect(batches.map(({ comment }) => (comment ?? '').replace(/.*: /, ''))).toEqual(
      ['10 %', '50 %', '100 %', 'promote'].flatMap((step) => [step, step]),
    );
    for (const { changes } of batches) expect(namesIn(changes)).toHaveLength(4); // two records and their fences
    for (const { record } of records)
      expect(await endOf(rig.lockOf(record))).toMatchObject({ status: 'COMPLETED', report: { outcome: 'promoted' } });
  });

  test.concurrent('leaves records that serve what is asked for as they are, and locks them all the same', async () => {
    const rig = await groupRig(yard);
    const [first, ...others] = rig.records;
    const request = rig.request({}, QUICK);
    const records = request.records.map((one) =>
      one.record === first!.record ? { ...one, to: { kind: 'values' as const, values: [first!.red] } } : one,
    );
    const end = await (await rig.deploy({ records })).end();
    expect(end.report?.records.map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'promoted',
      'promoted',
      'promoted',
    ]);
    expect(first!.observer.writes() - others.length).toBeLessThanOrEqual(8);
    expect(rig.now()).toEqual(['red', 'black', 'black', 'black']);
    expect(first!.observer.fenceStage()).toBe('none');
  });

  test.concurrent('goes on from what stands there when the answer of a zone’s swap is lost (D3)', async () => {
    const rig = await groupRig(yard);
    rig.sandbox.route53.faults.add({
      operation: 'ChangeResourceRecordSets',
      fault: { kind: 'apply-then-reset' },
      times: 2,
    });
    const end = await (await rig.deploy({}, QUICK)).end();
    expect(end.report?.outcome).toBe('promoted');
    for (const { observer } of rig.records) expect(observer.everyState()).toEqual(['red', '10 %', '50 %', 'black']);
  });
});

describe('before the first write', () => {
  test.concurrent(
    'writes nothing while a record is deployed by itself, and lets go of every lock that it took (G4)',
    async () => {
      const rig = await groupRig(yard);
      const { record } = rig.records[2]!;
      const other = await holdLock(yard, record);
      const end = await (await rig.deploy({}, QUICK)).end();
      expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
      expect(end.message).toMatch(new RegExp(`${record} is being deployed already`));
      expect(rig.sandbox.route53.log.filter(({ by }) => by !== 'foreign')).toEqual([]);
      for (const one of [rig.records[0]!, rig.records[1]!])
        expect(await endOf(rig.lockOf(one.record))).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
      await other.terminate();
    },
  );

  test.concurrent(
    'gives the way forward all of its time, however long others held a lock: it stands still then, as while somebody decides',
    async () => {
      const rig = await groupRig(yard);
      const other = await holdLock(yard, rig.records[2]!.record);
      const run = await rig.deploy({ waitForLocks: { firstMs: 50, limitMs: 60_000 } }, HELD);
      await run.until(({ notices }) => notices.some((one) => one.includes('waits until it is free')));
      await new Promise((resolve) => setTimeout(resolve, 1_500)); // what the deadline must not lose
      await other.terminate();
      const { startedAt, deadlineAt, groupPlan } = await run.until(({ phase }) => phase === 'holding');
      expect(deadlineAt! - startedAt).toBeGreaterThanOrEqual(groupPlan!.timing.deadlineMs + 1_500);
      await run.handle.signal(MESSAGES.abort, BY);
      await run.end();
    },
  );

  test.concurrent('waits for all locks together no longer than it may, however many are held (G4)', async () => {
    const rig = await groupRig(yard);
    const [first, second] = [rig.records[1]!.record, rig.records[3]!.record];
    const others = [await holdLock(yard, first), await holdLock(yard, second)];
    const limitMs = 3_000;
    const run = await rig.deploy({ waitForLocks: { firstMs: 50, limitMs } }, QUICK);
    await new Promise((resolve) => setTimeout(resolve, (limitMs * 2) / 3));
    await others[0]!.terminate();
    const end = await run.end();
    expect(end.message).toMatch(`${second} is being deployed already`);
    const { startTime: freeAt } = await rig.lockOf(first).describe();
    expect(end.report!.endedAt! - freeAt.getTime()).toBeLessThan(limitMs);
    expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0, 0, 0]);
    await others[1]!.terminate();
  });

  test.concurrent('writes nowhere when one record of one zone is ill (G2, D7)', async () => {
    const rig = await groupRig(yard);
    await rig.records[3]!.black.behave(ILL);
    const end = await (await rig.deploy({}, QUICK)).end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
    expect(end.message).toMatch(`black of ${rig.records[3]!.record} is not healthy`);
    expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0, 0, 0]);
  });

  test.concurrent('says everything that is wrong with any record at once (A2)', async () => {
    const rig = await groupRig(yard);
    const { records } = rig.request();
    const wrong = records.map((one, index) => (index % 2 === 0 ? { ...one, from: ['203.0.113.1'] } : one));
    const end = await (await rig.deploy({ records: wrong })).end();
    expect(end.type).toBe('Refused');
    for (const index of [0, 2]) expect(end.message).toContain(rig.records[index]!.record);
  });
});

describe('on the way back', () => {
  test.concurrent(
    'takes all records of all zones back when black of one sickens, and says whose it was (G2, D3)',
    async () => {
      const rig = await groupRig(yard);
      const run = await rig.deploy({}, HELD);
      await run.until(({ phase }) => phase === 'holding');
      await rig.records[3]!.black.behave(ILL);
      const end = await run.end();
      expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
      expect(end.message).toContain(`${rig.records[3]!.record}: black failed 4 of the last`);
      expect(end.report?.serving).toMatchObject({ sentence: 'what stood before, in 4 of 4 records', ...SEEN });
      expect(end.report?.cachesAgreeAt).toBeGreaterThan(end.report?.startedAt ?? Infinity);
      for (const { observer } of rig.records) {
        expect(observer.everyState()).toEqual(['red', '50 %', 'red']);
        expect(observer.fenceStage()).toBe('idle');
      }
      expect(end.report?.records.map(({ outcome }) => outcome)).toEqual(rig.records.map(() => 'rolled-back'));
      expect(await endOf(rig.lockOf(rig.records[0]!.record))).toMatchObject({
        status: 'FAILED',
        report: { outcome: 'rolled-back' },
      });
    },
  );

  test.concurrent('takes the first zone back when the second refuses the swap (G2)', async () => {
    const rig = await groupRig(yard);
    const second = rig.records[3]!;
    const allow = rig.sandbox.route53.deny(
      ({ operation, path }) => operation === 'ChangeResourceRecordSets' && path.includes(second.zoneId),
    );
    const end = await (await rig.deploy({}, QUICK)).end();
    allow();
    expect(end).toMatchObject({ type: 'Unauthorized', report: { outcome: 'rolled-back' } });
    expect(rig.now()).toEqual(['red', 'red', 'red', 'red']);
    expect(second.observer.writes()).toBe(rig.records[0]!.observer.writes()); // one log: all are of the first zone
    expect(second.observer.everyState()).toEqual(['red']);
    expect(end.report?.records.map(({ outcome }) => outcome)).toEqual([
      'rolled-back',
      'rolled-back',
      'refused',
      'refused',
    ]);
  });

  test.concurrent(
    'a foreign value in one record stays, is shown until somebody decides, and keeps no other record from red (D4, G6)',
    async () => {
      const rig = await groupRig(yard);
      const [foreign, ...others] = rig.records;
      const { record, zoneId } = foreign!;
      const run = await rig.deploy({}, HELD);
      await run.until(({ phase }) => phase === 'holding');
      const { route53 } = rig.sandbox;
      const sets = route53.recordSets(zoneId, `${record}.`);
      route53.change(zoneId, ...sets.map((recordSet) => ({ action: 'DELETE' as const, recordSet })), {
        action: 'CREATE',
        recordSet: { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.66' }] },
      });
      const blocked = await run.until((status) => status.blocked?.sentence.includes('203.0.113.66') === true);
      expect(blocked.blocked?.sentence).toMatch(/found 203\.0\.113\.66, which this run did not write/);
      await until(() => others.every(({ observer }) => observer.fenceStage() === 'idle'));
      expect(others.map(({ observer }) => observer.now())).toEqual(['red', 'red', 'red']);
      expect(blocked.records.map(({ phase }) => phase)[0]).toBe('blocked');
      const wrong = rig
        .lockOf(others[2]!.record)
        .executeUpdate(MESSAGES.resolve, { args: [{ ...BY, decision: 'leave' }] });
      await expect(refusalOf(wrong)).resolves.toMatch(/is not blocked/);
      await rig.lockOf(record).executeUpdate(MESSAGES.resolve, { args: [{ ...BY, decision: 'leave' }] });
      const end = await run.end();
      expect(end).toMatchObject({ type: 'NotRestored', report: { outcome: 'not-restored' } });
      expect(foreign!.observer.now()).toBe('foreign: 203.0.113.66');
      expect(end.report?.records.map(({ outcome }) => outcome)).toEqual([
        'not-restored',
        'rolled-back',
        'rolled-back',
        'rolled-back',
      ]);
    },
  );

  test.concurrent('a record that was reset meanwhile is left, and the others are restored', async () => {
    const rig = await groupRig(yard);
    const run = await rig.deploy({}, HELD);
    await run.until(({ phase }) => phase === 'holding');
    resetByHand(rig, 1);
    const end = await run.end();
    expect(end.report?.outcome).toBe('rolled-back');
    expect(end.report?.records.map(({ outcome }) => outcome)).toEqual([
      'rolled-back',
      'superseded',
      'rolled-back',
      'rolled-back',
    ]);
    expect(rig.now()).toEqual(['red', 'red', 'red', 'red']);
    expect(rig.records[1]!.observer.fenceStage()).toBe('reset');
  });

  test.concurrent(
    'a record that is reset while its neighbour is being proven keeps that one from nothing: its fence comes to rest (D6, G2)',
    async () => {
      let reset = (): void => undefined;
      const rig = await groupRig(yard, {
        zones: 1,
        aroundGroup: (activities) => ({
          ...activities,
          setZoneFences: (input) => {
            if (input.comment.endsWith(': at rest')) reset();
            return activities.setZoneFences(input);
          },
        }),
      });
      reset = () => {
        reset = () => undefined;
        resetByHand(rig, 1);
      };
      const run = await rig.deploy({}, HELD);
      await run.until(({ phase }) => phase === 'holding');
      await rig.records[0]!.black.behave(ILL);
      const end = await run.end();
      expect(end.report?.outcome).toBe('rolled-back');
      expect(end.report?.records.map(({ outcome }) => outcome)).toEqual(['rolled-back', 'superseded']);
      expect(rig.now()).toEqual(['red', 'red']);
      expect(rig.records.map(({ observer }) => observer.fenceStage())).toEqual(['idle', 'reset']);
    },
  );

  test.concurrent(
    'a record that became protected keeps no neighbour from red, and is restored when it can be (D8)',
    async () => {
      const rig = await groupRig(yard);
      const { record, zoneId } = rig.records[0]!;
      const run = await rig.deploy({}, { ...HELD, pace: { ...CALM, blockedAfterMs: 2_000 } });
      await run.until(({ phase }) => phase === 'holding');
      rig.sandbox.route53.protect(zoneId, { name: record, type: 'A', comment: 'hands off' });
      await run.until(({ notices }) =>
        notices.some((one) => one.includes('"hands off": Route 53 would refuse the rollback')),
      );
      await rig.records[3]!.black.behave(ILL);
      await run.until(({ phase }) => phase === 'blocked');
      await until(() => rig.now().join() === '50 %,red,red,red');
      rig.sandbox.route53.unprotect(zoneId, { name: record, type: 'A' });
      expect((await run.end()).report?.outcome).toBe('rolled-back');
      expect(rig.now()).toEqual(['red', 'red', 'red', 'red']);
    },
  );
});

test.concurrent('a rejection restores red, an ill red too, since a person asked for it (D3)', async () => {
  const rig = await groupRig(yard, { zones: 1 });
  const promotion = { by: ['*'], withinMs: 60_000, remindMs: null };
  const run = await rig.deploy({}, { approve: { promotion }, ifRedIsIll: 'hold' });
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[0]!.red)!.behave(ILL);
  await run.until(({ records: [first] }) =>
    first!.windows.some(({ side, observations }) => side === 'red' && observations.filter(({ ok }) => !ok).length > 3),
  );
  await run.handle.executeUpdate(MESSAGES.reject, { args: [BY] });
  expect(await run.end()).toMatchObject({ type: 'Rejected', report: { outcome: 'rolled-back' } });
  expect(rig.now()).toEqual(['red', 'red']);
});

describe('through the lock of a record', () => {
  test.concurrent('whoever replaces it sees when the group was asked for, not when it got the lock (G4)', async () => {
    const rig = await groupRig(yard);
    const handle = await yard.temporal.client.workflow.start(GROUP_WORKFLOW, {
      workflowId: groupId(rig.group),
      taskQueue: yard.taskQueue,
      args: [rig.request({}, HELD)],
      memo: { askedAt: 4_711 },
    });
    const run = groupDeployment(handle);
    await run.until(({ phase }) => phase === 'holding');
    for (const { record } of rig.records)
      expect(await rig.lockOf(record).describe()).toMatchObject({ memo: { askedAt: 4_711 } });
    await handle.signal(MESSAGES.abort, BY);
    await run.end();
  });

  test.concurrent('an abort takes the whole group back, and is answered when it has (G4)', async () => {
    const rig = await groupRig(yard);
    const run = await rig.deploy({}, HELD);
    await run.until(({ phase }) => phase === 'holding');
    const lock = rig.lockOf(rig.records[1]!.record);
    await until(async () => (await lockStatus(lock)).phase === 'holding'); // it is told a moment later
    const shown = await lockStatus(lock);
    expect(shown).toMatchObject({ record: rig.records[1]!.record, phase: 'holding', failure: null, outcome: null });
    expect(shown.share).toBe(50);
    expect(shown.holdEndsAt).not.toBeNull();
    expect(shown.plan?.record).toBe(rig.records[1]!.record); // told once, when it was new
    const answer = await lock.executeUpdate<MessageAnswer, [object]>(MESSAGES.abort, { args: [BY], updateId: 'abort' });
    expect(answer.sentence).toMatch(/^group\/.*: ended: rolled-back/);
    expect(rig.now()).toEqual(['red', 'red', 'red', 'red']);
    expect(await run.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
    expect((await endOf(lock)).message).toMatch(/Rolled back: \S+ serves \S+ \(red\)/); // whoever opens this run alone sees what stands
    const told = await toldOf(lock);
    expect(told.filter((change) => 'plan' in change).length).toBeLessThan(told.length); // or 50 records fill the history of their group
  });

  test.concurrent('a word of the group that is overtaken by a later one is not heard any more', async () => {
    const rig = await groupRig(yard);
    const [request] = rig.request().records;
    const { client } = yard.temporal;
    const options = { workflowId: `deploy:${request!.record}`, taskQueue: yard.taskQueue };
    const lock = await client.workflow.start(LOCK_WORKFLOW, { ...options, args: [{ group: rig.group, request }] });
    for (const [change, number] of [
      [{ phase: 'holding', share: 50 }, 2],
      [{ phase: 'checking', share: 0 }, 1],
      [{ holdEndsAt: 4_711 }, 3],
    ] as const)
      await lock.signal(LOCK_SIGNALS.tell, change, number);
    expect(await lockStatus(lock)).toMatchObject({ phase: 'holding', share: 50, holdEndsAt: 4_711 });
    await lock.terminate();
  });

  test.concurrent('an abort as a signal, as a reset sends it, does too', async () => {
    const rig = await groupRig(yard);
    const run = await rig.deploy({}, HELD);
    await run.until(({ phase }) => phase === 'holding');
    await rig.lockOf(rig.records[3]!.record).signal(MESSAGES.abort, BY);
    expect(await run.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
  });

  test.concurrent('a promotion ends the hold of all records, and what the group refuses is refused', async () => {
    const rig = await groupRig(yard);
    const run = await rig.deploy({}, HELD);
    await run.until(({ phase }) => phase === 'holding');
    const lock = rig.lockOf(rig.records[0]!.record);
    const early = lock.executeUpdate(MESSAGES.resume, { args: [BY] });
    await expect(refusalOf(early)).resolves.toMatch(/it is not paused/);
    await lock.executeUpdate(MESSAGES.promote, { args: [{ by: 'a test', full: true }] });
    expect((await run.end()).report?.outcome).toBe('promoted');
  });

  test.concurrent('a lock that somebody terminates takes everything back', async () => {
    const rig = await groupRig(yard);
    const run = await rig.deploy({}, HELD);
    await run.until(({ phase }) => phase === 'holding');
    await rig.lockOf(rig.records[2]!.record).terminate('by mistake');
    const end = await run.end();
    expect(end).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(/the lock of z2r1\.z2\..* is gone/);
  });

  test.concurrent(
    'the locks of a group that was terminated end with it, write nothing, and leave the fences to the guard',
    async () => {
      const rig = await groupRig(yard);
      const run = await rig.deploy({}, HELD);
      await run.until(({ phase }) => phase === 'holding');
      const before = rig.sandbox.route53.log.length;
      await run.handle.terminate('a test');
      for (const { record, observer } of rig.records) {
        expect((await endOf(rig.lockOf(record))).status).toBe('TERMINATED');
        expect(observer.fenceStage()).toBe('step');
      }
      expect(rig.sandbox.route53.log).toHaveLength(before);
      expect(rig.now()).toEqual(['50 %', '50 %', '50 %', '50 %']);
    },
  );
});

test.concurrent(
  'red of a record is found in the history of its terminated group, where its fence had no room for it',
  async () => {
    const rig = await groupRig(yard, { zones: 1 });
    const { record, zoneId } = rig.records[1]!;
    const { route53 } = rig.sandbox;
    const many = Array.from({ length: 80 }, (_, at) => ({ Value: `192.0.2.${at + 150}` }));
    route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: many });
    const run = await rig.deploy({}, { ...HELD, gates: [], unchecked: true });
    await run.until(({ phase }) => phase === 'holding');
    await run.handle.terminate('a test');
    const [set] = route53.recordSets(zoneId, fenceName(record));
    const reading = readFence(set === undefined ? null : fromWire(set));
    if (reading.kind !== 'standing') throw new Error(JSON.stringify(reading));
    expect(reading.fence.red).toMatch(/^sha256:/);
    const repair = { record, zone: zoneId, verify: 'api', fence: reading.fence } as const;
    const found = await findSnapshot(yard.temporal.client, repair);
    expect(found).toMatchObject([{ type: 'A', values: { length: 80 } }]);
  },
);

describe('keepHealthy (G5)', () => {
  test.concurrent('refuses a step that would leave fewer records on a healthy side, and writes nothing', async () => {
    const rig = await groupRig(yard, { zones: 1, each: 2 });
    await rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[0]!.red)!.behave(ILL);
    const end = await (await rig.deploy({ keepHealthy: 1 }, { ...HELD, acceptIllRed: true })).end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/only 0 of 2 records would serve from a healthy side, and keepHealthy is 1/);
    expect(rig.records[0]!.observer.writes()).toBe(0);
  });

  test.concurrent('lets a step pass that ends on healthy sides, whatever red is', async () => {
    const rig = await groupRig(yard, { zones: 1, each: 2 });
    await rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[0]!.red)!.behave(ILL);
    const end = await (await rig.deploy({ keepHealthy: 2 }, { acceptIllRed: true })).end();
    expect(end.report?.outcome).toBe('promoted');
  });

  test.concurrent('counts no record that nobody watches', async () => {
    const rig = await groupRig(yard, { zones: 1, each: 2 });
    const { records } = rig.request();
    const blind = records.map((one, index) => ({ ...one, gates: index === 0 ? [] : [PLAIN], unchecked: true }));
    const end = await (await rig.deploy({ keepHealthy: 2, records: blind })).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/only 1 records have a gate/);
  });
});

describe('an undo of a group', () => {
  test.concurrent('brings all records back together while the sides that serve are ill', async () => {
    const rig = await groupRig(yard);
    const { request: asked } = await groupPromotedFirst(rig);
    await Promise.all(rig.records.map(({ black }) => black.behave(ILL)));
    const end = await (await rig.deploy(asked)).end();
    expect(end.report).toMatchObject({ outcome: 'promoted', revision: { before: 8, number: 16 } });
    expect(end.report?.stages.map(({ label }) => label)).toContain('checking what is to come back');
    for (const { observer } of rig.records) expect(observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent(
    'brings none back where what is to come back does not answer, and says how to do it all the same',
    async () => {
      const rig = await groupRig(yard);
      const { request: asked } = await groupPromotedFirst(rig);
      await rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[3]?.red)?.behave(ILL);
      const end = await (await rig.deploy(asked)).end();
      expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
      expect(end.report?.failure?.next).toMatch(/undo group\/\S+ --force/);
      expect(rig.now()).toEqual(['black', 'black', 'black', 'black']);
    },
  );
});

/** What a group told a lock, word by word. */
async function toldOf(lock: WorkflowHandle): Promise<readonly object[]> {
  const { events = [] } = await lock.fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    const [payload] = signal?.input?.payloads ?? [];
    if (signal?.signalName !== LOCK_SIGNALS.tell || payload?.data == null) return [];
    return [JSON.parse(Buffer.from(payload.data).toString()) as object];
  });
}

/** A deployment of the record alone, which waits in its hold. */
async function holdLock(at: Yard, record: string): Promise<WorkflowHandle> {
  const { client } = at.temporal;
  const options = { workflowId: `deploy:${record}`, taskQueue: `nobody-${record}`, args: [] };
  return client.workflow.start('deployRedBlack', options);
}

function namesIn(
  changes: readonly { readonly recordSet: { readonly Name?: string | undefined } }[],
): readonly string[] {
  return [...new Set(changes.map(({ recordSet }) => recordSet.Name ?? ''))];
}

/** What `switchyard reset` writes: the fence raised past the run, red under it. */
function resetByHand(rig: GroupRig, index: number): void {
  const { record, zoneId, red } = rig.records[index]!;
  const { route53 } = rig.sandbox;
  const fence = route53.recordSets(zoneId, `_switchyard.${record}.`)[0]!;
  const reset = fence.ResourceRecords?.[0]?.Value?.replace(/gen=\d+/, 'gen=99')
    .replace(/stage=\w+/, 'stage=reset')
    .replace(/owner=\S+/, `owner=-/reset:${record}/-`)
    .replace(/until=\S+/, 'until=-')
    .replace(/red=[^"]+/, 'red=-');
  route53.change(
    zoneId,
    ...route53.recordSets(zoneId, `${record}.`).map((recordSet) => ({ action: 'DELETE' as const, recordSet })),
    { action: 'CREATE', recordSet: { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: red }] } },
    { action: 'UPSERT', recordSet: { ...fence, ResourceRecords: [{ Value: reset! }] } },
  );
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await what());) {
    if (Date.now() > end) throw new Error('still waiting');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** What the refusal of a message says. */
async function refusalOf(answer: Promise<unknown>): Promise<string> {
  const refusal = await answer.then(
    () => null,
    (error: unknown) => error,
  );
  return refusal instanceof WorkflowUpdateFailedError ? (refusal.cause?.message ?? '') : String(refusal);
}
