import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DEFAULT_NOTIFY_PACE } from '../../src/contracts/notify.ts';
import { NOTICE_EVENTS } from '../../src/core/notify/notice.ts';
import type { Observation } from '../../src/core/dns/gate.ts';
import { startYard, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const CANARY = [
  { share: 10, holdMs: 200 },
  { share: 50, holdMs: 30_000 },
  { share: 100, holdMs: 200 },
];
const ILL = { kind: 'status', status: 503 } as const;

describe('on the way forward', () => {
  test.concurrent('promotes black when every gate passes, and leaves the fence at rest', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy();
    const end = await run.end();
    expect(end).toMatchObject({ status: 'COMPLETED', report: { outcome: 'promoted', share: 100, failure: null } });
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
    expect(rig.observer.fenceStage()).toBe('idle');
    expect(end.report?.keepRedUntil).toBeGreaterThan(end.report?.cachesAgreeAt ?? Infinity);
  });

  test.concurrent('promotes on a worker of before, which does not know how to tell anybody', async () => {
    const rig = await yard.rig();
    const robot = { name: 'robot', format: 'slack', secret: 'slack-hook', on: NOTICE_EVENTS } as const;
    const pace = { ...DEFAULT_NOTIFY_PACE, lastWordsMs: 100 };
    const run = await rig.deploy({ notify: { targets: [robot], ui: null, pace } });
    expect((await run.end()).report?.outcome).toBe('promoted');
  });

  test.concurrent('moves a share at a time and never the wrong way', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: [5, 25, 50, 100].map((share) => ({ share, holdMs: 100 })) });
    expect((await run.end()).report?.outcome).toBe('promoted');
    expect(rig.observer.everyState()).toEqual(['red', '5 %', '25 %', '50 %', 'black']);
  });

  test.concurrent('writes nothing when black serves already', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ to: { kind: 'values', values: ['192.0.2.10'] } });
    expect((await run.end()).report?.outcome).toBe('unchanged');
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent(
    'lowers the TTL first where asked to, waits for the old one, and restores it with the promotion',
    async () => {
      const rig = await yard.rig();
      const { route53, zoneId, record } = rig.sandbox;
      route53.put(zoneId, { Name: record, Type: 'A', TTL: 2, ResourceRecords: [{ Value: '192.0.2.10' }] });
      const run = await rig.deploy({ preLowerTtl: 1 });
      expect((await run.end()).report?.outcome).toBe('promoted');
      expect(route53.recordSets(zoneId, `${record}.`)).toMatchObject([
        { TTL: 2, ResourceRecords: [{ Value: '192.0.2.20' }] },
      ]);
      expect(run.handle.workflowId).toBe(`deploy:${record}`);
    },
  );
});

describe('before the first write', () => {
  test.concurrent('refuses an ill black, and writes nothing (D7)', async () => {
    const rig = await yard.rig();
    await rig.sandbox.black.behave(ILL);
    const end = await (await rig.deploy()).end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/black/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('refuses an ill red, since there would be no way back', async () => {
    const rig = await yard.rig();
    await rig.sandbox.red.behave(ILL);
    const end = await (await rig.deploy()).end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/--accept-ill-red/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('leaves an ill red when told to', async () => {
    const rig = await yard.rig();
    await rig.sandbox.red.behave(ILL);
    const end = await (await rig.deploy({ acceptIllRed: true })).end();
    expect(end.report?.outcome).toBe('promoted');
  });

  test.concurrent(
    'refuses a deployment without any gate, and one that nobody watches is possible only on request',
    async () => {
      const rig = await yard.rig();
      const refused = await (await rig.deploy({ gates: [] })).end();
      expect(refused).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
      expect(refused.message).toMatch(/--unchecked/);
      const accepted = await (await rig.deploy({ gates: [], unchecked: true })).end();
      expect(accepted.report?.outcome).toBe('promoted');
    },
  );

  test.concurrent('refuses a stale plan', async () => {
    const rig = await yard.rig();
    const end = await (await rig.deploy({ planHash: 'deadbeef' })).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/deadbeef/);
  });

  test.concurrent('refuses while a name server is silent, naming the way out', async () => {
    const rig = await yard.rig();
    rig.sandbox.nameServers.servers[2]!.silence();
    const end = await (await rig.deploy({ verify: 'authoritative' })).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/--verify api/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('refuses a run whose first task begins too late', async () => {
    const rig = await yard.rig();
    const end = await (await rig.deploy({ startWithinMs: -1 })).end();
    expect(end).toMatchObject({ type: 'StartedTooLate', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('stops without a write when aborted before it', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ pace: { ...rig.request().pace, preflight: { inARow: 5, overMs: 20_000 } } });
    await run.until(({ phase }) => phase === 'checking');
    expect((await run.abort()).sentence).toMatch(/before anything was written/);
    expect(await run.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('refuses a second deployment of the same name (D6)', async () => {
    const rig = await yard.rig();
    const first = await rig.deploy({ steps: CANARY });
    await expect(rig.deploy()).rejects.toMatchObject({ name: 'WorkflowExecutionAlreadyStartedError' });
    await first.until(({ phase }) => phase === 'holding');
    await first.abort();
    await first.end();
  });
});

test.concurrent('an abort that comes with the start stops the run before it writes', async () => {
  const rig = await yard.rig();
  const handle = await yard.temporal.client.workflow.signalWithStart('deployRedBlack', {
    workflowId: `deploy:${rig.record}`,
    taskQueue: yard.taskQueue,
    args: [rig.request()],
    signal: 'abort',
    signalArgs: [{ by: 'an alarm', reason: 'www-5xx' }],
  });
  await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'Aborted' } });
  expect(rig.observer.writes()).toBe(0);
});

describe('on the way back', () => {
  test.concurrent('restores red when black sickens at 50 % (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await rig.sandbox.black.behave(ILL);
    const end = await run.end();
    expect(end.type).toBe('Unhealthy');
    expect(end.message).toMatch(/black failed 4 of the last [456] probes/);
    expect(end.report?.outcome).toBe('rolled-back');
    expect(end.report?.keepBlackUntil).toBeGreaterThan(Date.now());
    expect(rig.observer.everyState()).toEqual(['red', '10 %', '50 %', 'red']);
    expect(rig.observer.fenceStage()).toBe('idle');
  });

  test.concurrent('restores red when black sickens during the bake (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 30_000 });
    await run.until(({ phase, share }) => phase === 'holding' && share === 100);
    await rig.sandbox.black.behave({ kind: 'refuse' });
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('an abort answers when red is restored (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    const answer = await run.abort('the checkout page is broken');
    expect(answer.status.outcome).toBe('rolled-back');
    expect(rig.observer.now()).toBe('red');
    const end = await run.end();
    expect(end).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(/aborted by a test: the checkout page is broken/);
  });

  test.concurrent('an abort by signal restores red too (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.signal('abort', { by: 'an alarm', reason: 'www-5xx' });
    expect(await run.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent('a cancellation through Temporal restores red and ends as cancelled (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.cancel();
    await run.handle.cancel();
    expect((await run.end()).status).toBe('CANCELLED');
    expect((await run.status()).outcome).toBe('rolled-back');
    expect(rig.observer.everyState()).toEqual(['red', '10 %', '50 %', 'red']);
  });

  test.concurrent('a missed deadline restores red (D3)', async () => {
    const rig = await yard.rig();
    const slow = { ...rig.request().pace, insync: { pollMs: 20, noticeMs: 60_000, limitMs: 1_000 } };
    const run = await rig.deploy({ pace: slow, steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 10);
    rig.sandbox.route53.insyncAfterMs = 3_000;
    const end = await run.end();
    expect(end).toMatchObject({ report: { outcome: 'rolled-back' } });
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent(
    'does not move traffic to a red that answers less than black, until somebody decides (D3)',
    async () => {
      const rig = await yard.rig();
      const run = await rig.deploy({ steps: CANARY });
      await run.until(({ phase, share }) => phase === 'holding' && share === 50);
      await rig.sandbox.red.behave({ kind: 'refuse' });
      await rig.sandbox.black.behave({ kind: 'lossy', rate: 0.7, random: pattern([0.9, 0.1, 0.1]) });
      const blocked = await run.until(({ phase }) => phase === 'blocked');
      expect(blocked.blocked?.sentence).toMatch(/red answers only/);
      expect(rig.observer.now()).toBe('50 %');
      await run.handle.executeUpdate('resolve', { args: [{ by: 'a test', decision: 'retry', reason: '' }] });
      expect((await run.end()).report?.outcome).toBe('rolled-back');
      expect(rig.observer.now()).toBe('red');
    },
  );

  test.concurrent(
    'an abort that no person asked for moves no traffic to a red that answers less, until a person asks (D3)',
    async () => {
      const rig = await yard.rig();
      const run = await rig.deploy({
        steps: [
          { share: 50, holdMs: 60_000 },
          { share: 100, holdMs: null },
        ],
      });
      await run.until(({ phase }) => phase === 'holding');
      await rig.sandbox.red.behave({ kind: 'refuse' });
      await run.until(({ windows }) =>
        windows.some(({ side, observations }) => side === 'red' && allFailed(observations)),
      );
      const alarm = { by: 'the gateway', reason: 'the alarm www-5xx went off', automatic: true };
      await run.handle.signal('abort', alarm);
      expect((await run.until(({ phase }) => phase === 'blocked')).blocked?.sentence).toMatch(/red answers only/);
      await run.handle.signal('abort', alarm);
      expect(rig.observer.now()).toBe('50 %');
      expect((await run.abort()).status.outcome).toBe('rolled-back');
      expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
    },
  );

  const allFailed = (seen: readonly Observation[]): boolean => seen.length > 0 && seen.every(({ ok }) => !ok);

  test.concurrent(
    'is blocked, not failed, while Route 53 denies access, and goes on when it is granted (D8)',
    async () => {
      const rig = await yard.rig();
      const run = await rig.deploy({ steps: CANARY });
      await run.until(({ phase, share }) => phase === 'holding' && share === 50);
      const lift = rig.sandbox.route53.deny('ChangeResourceRecordSets');
      const aborted = run.abort();
      const blocked = await run.until(({ phase }) => phase === 'blocked');
      expect(blocked.outcome).toBeNull();
      lift();
      expect((await aborted).status.outcome).toBe('rolled-back');
      expect(rig.observer.now()).toBe('red');
    },
  );
});

describe('when somebody else writes', () => {
  const FOREIGN: ResourceRecordSet = {
    Name: undefined,
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: '198.51.100.7' }],
  };

  test.concurrent('stops at a foreign value, visible, and never overwrites it (D4)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 30_000 });
    await run.until(({ phase, share }) => phase === 'holding' && share === 100);
    rig.sandbox.route53.put(rig.sandbox.zoneId, { ...FOREIGN, Name: rig.record });
    const blocked = await run.until(({ phase }) => phase === 'blocked');
    expect(blocked.blocked?.sentence).toMatch(/198\.51\.100\.7/);
    const left = run.handle.executeUpdate('resolve', {
      args: [{ by: 'a test', decision: 'leave', reason: 'moved to the new provider' }],
    });
    expect(await run.end()).toMatchObject({ type: 'NotRestored', report: { outcome: 'not-restored' } });
    await left;
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'foreign: 198.51.100.7']);
    expect(rig.observer.fenceStage()).toBe('idle');
  });

  test.concurrent('restores red when the foreign hand has put back what this run wrote', async () => {
    const rig = await yard.rig();
    const { route53, zoneId } = rig.sandbox;
    const run = await rig.deploy({ bakeMs: 30_000 });
    await run.until(({ phase, share }) => phase === 'holding' && share === 100);
    route53.put(zoneId, { ...FOREIGN, Name: rig.record });
    await run.until(({ phase }) => phase === 'blocked');
    route53.put(zoneId, { ...FOREIGN, Name: rig.record, ResourceRecords: [{ Value: '192.0.2.20' }] });
    await run.handle.executeUpdate('resolve', { args: [{ by: 'a test', decision: 'retry', reason: '' }] });
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent('loses the race for the first write without having written, and says so', async () => {
    const rig = await yard.rig();
    const { route53, zoneId } = rig.sandbox;
    route53.faults.add({
      operation: 'ChangeResourceRecordSets',
      fault: { kind: 'meanwhile', run: () => route53.put(zoneId, { ...FOREIGN, Name: rig.record }) },
    });
    const end = await (await rig.deploy()).end();
    expect(end).toMatchObject({ type: 'Foreign', report: { outcome: 'refused' } });
    expect(rig.observer.writes()).toBe(0);
    expect(rig.observer.now()).toBe('foreign: 198.51.100.7');
  });
});

describe('what operators say', () => {
  test.concurrent('promote ends a hold early, and only while the gates pass', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: false }] });
    expect((await run.end()).report?.outcome).toBe('promoted');
    await expect(run.abort()).rejects.toThrow(/completed|not found/);
  });

  test.concurrent('a pause stops the clock, a resume lets it run, and the gates stay on meanwhile', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 400 });
    await run.handle.executeUpdate('pause', { args: [{ by: 'a test', reason: 'lunch' }] });
    await run.until(({ phase }) => phase === 'paused');
    const looked = (await run.status()).windows;
    await run.until(({ windows }) => JSON.stringify(windows) !== JSON.stringify(looked));
    await run.handle.executeUpdate('resume', { args: [{ by: 'a test', reason: '' }] });
    expect((await run.end()).report?.outcome).toBe('promoted');
  });

  test.concurrent('a paused deployment still rolls back when black sickens (D3)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ bakeMs: 400 });
    await run.handle.executeUpdate('pause', { args: [{ by: 'a test', reason: 'lunch' }] });
    await run.until(({ phase }) => phase === 'paused');
    await rig.sandbox.black.behave(ILL);
    expect((await run.end()).report?.outcome).toBe('rolled-back');
  });

  test.concurrent('promoting all holds still asks the gates at every step (D7)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY.map(({ share }) => ({ share, holdMs: 30_000 })), bakeMs: 30_000 });
    await run.until(({ phase, share }) => phase === 'holding' && share === 10);
    await run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: true }] });
    await run.until(({ share }) => share === 50);
    await rig.sandbox.black.behave({ kind: 'refuse' });
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent('a message without a payload is answered or refused, and never stops the run (A2)', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.executeUpdate('pause');
    await run.handle.executeUpdate('resume');
    await expect(sentenceOf(run.handle.executeUpdate('resolve'))).resolves.toMatch(/not blocked/);
    await run.handle.signal('abort');
    expect(await run.end()).toMatchObject({ type: 'Aborted', report: { outcome: 'rolled-back' } });
  });

  test.concurrent(
    'a reset to something else during the rollback ends the run as superseded, not blocked for ever',
    async () => {
      const rig = await yard.rig();
      const { route53, zoneId, nameServers } = rig.sandbox;
      const run = await rig.deploy({
        steps: CANARY,
        pace: { ...rig.request().pace, verify: { inARow: 2, everyMs: 10, limitMs: 500 } },
      });
      await run.until(({ phase, share }) => phase === 'holding' && share === 50);
      nameServers.servers[0]!.lie({ name: `${rig.record}.`, type: 'A', values: ['198.51.100.9'] });
      const aborted = run.abort();
      await run.until(({ phase }) => phase === 'blocked');
      const fence = route53.recordSets(zoneId, `_switchyard.${rig.record}.`)[0];
      const reset = fence?.ResourceRecords?.[0]?.Value?.replace(/gen=\d+/, 'gen=99')
        .replace(/stage=\w+/, 'stage=reset')
        .replace(/owner=\S+/, `owner=-/reset:${rig.record}/-`)
        .replace(/until=\S+/, 'until=-')
        .replace(/red=[^"]+/, 'red=-');
      route53.put(zoneId, {
        ...fence,
        Name: `_switchyard.${rig.record}.`,
        Type: 'TXT',
        ResourceRecords: [{ Value: reset }],
      });
      expect((await run.end()).report?.outcome).toBe('superseded');
      await aborted;
    },
  );

  test.concurrent('messages that come at the wrong time are refused with a sentence', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ steps: CANARY });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    const resolve = run.handle.executeUpdate('resolve', { args: [{ by: 'a test', decision: 'retry', reason: '' }] });
    await expect(sentenceOf(resolve)).resolves.toMatch(/it is holding, not blocked/);
    const resume = run.handle.executeUpdate('resume', { args: [{ by: 'a test', reason: '' }] });
    await expect(sentenceOf(resume)).resolves.toMatch(/not paused/);
    await run.abort();
    await run.end();
  });
});

/** What the refusal of a message says. */
async function sentenceOf(answer: Promise<unknown>): Promise<string> {
  const refusal = await answer.then(
    () => null,
    (error: unknown) => error,
  );
  return refusal instanceof WorkflowUpdateFailedError
    ? (refusal.cause?.message ?? '')
    : `not refused: ${String(refusal)}`;
}

/** Gives the numbers again and again. */
function pattern(numbers: readonly number[]): () => number {
  let next = 0;
  return () => numbers[next++ % numbers.length] ?? 0;
}
