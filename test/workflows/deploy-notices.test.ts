import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { WorkflowHandle } from '@temporalio/client';
import { openNotifyHall, type NotifyHall, type Told } from '../support/notify-yard.ts';
import { startYard, type Deployment, type Yard } from '../support/yard.ts';

let hall: NotifyHall;
let yard: Yard;
beforeAll(async () => {
  hall = openNotifyHall();
  yard = await startYard(() => hall.activities);
});
afterAll(async () => {
  await yard.close();
  await hall.close();
});

const CANARY = [
  { share: 50, holdMs: 30_000 },
  { share: 100, holdMs: 200 },
];
const ILL = { kind: 'status', status: 503 } as const;

/** Without the record, which is another one in each test. */
const eventsOf = (told: Told, record: string): string[] =>
  told.events().map((event) => event.replace(`${record}: `, ''));

async function untilTold(told: Told, what: (events: readonly string[]) => boolean): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  while (!what(told.events())) {
    if (Date.now() > giveUpAt) throw new Error(`still waiting, told were: ${told.events().join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const isBlocked = (event: string): boolean => event.startsWith('blocked');

describe('what happens is told once, in the order in which it happens', () => {
  test.concurrent('a deployment that is promoted', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const steps = [10, 50, 100].map((share) => ({ share, holdMs: 100 }));
    const notify = told.request([
      { format: 'webhook' },
      { format: 'slack' },
      { format: 'pagerduty', on: ['rolled-back'] },
    ]);
    const run = await rig.deploy({ steps, notify });
    expect((await run.end()).report).toMatchObject({ outcome: 'promoted', notices: [] });
    expect(eventsOf(told, rig.record)).toEqual([
      'started deployment started',
      'step 10 % to black',
      'step 50 % to black',
      'step 100 % to black',
      'promoted promoted',
    ]);
    expect(new Set(told.standIn.receiver.received.map(({ id }) => id)).size).toBe(5);
    expect(told.standIn.receiver.received.at(-1)?.message).toMatchObject({
      outcome: 'promoted',
      stands: '192.0.2.20 (black)',
      link: `https://ui.example.com/namespaces/default/workflows/deploy%3A${rig.record}/${await runIdOf(run)}`,
    });
    expect(told.standIn.slack.texts).toHaveLength(5);
    expect(told.standIn.pagerDuty.events).toEqual([`resolve deploy:${rig.record}`]); // whatever an earlier run left open
  });

  test.concurrent('a deployment that is rolled back, with why and what stands', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const notify = told.request([{ format: 'webhook' }, { format: 'pagerduty', on: ['rolled-back'] }]);
    const run = await rig.deploy({ steps: CANARY, notify });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await rig.sandbox.black.behave(ILL);
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(eventsOf(told, rig.record)).toEqual([
      'started deployment started',
      'step 50 % to black',
      'rolled-back rolled back',
    ]);
    expect(told.standIn.receiver.received.at(-1)?.message).toMatchObject({
      sentence: expect.stringMatching(/503/) as string,
      stands: '192.0.2.10 (red)',
      trouble: 'begins',
    });
    expect(told.standIn.pagerDuty.incident(`deploy:${rig.record}`)?.state).toBe('triggered');
  });

  test.concurrent('a pause, as waiting for somebody; a step that goes on after it is not told twice', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const run = await rig.deploy({ steps: CANARY, notify: told.request() });
    await run.until(({ phase, share }) => phase === 'holding' && share === 50);
    await run.handle.executeUpdate('pause', { args: [{ by: 'a test', reason: 'lunch' }] });
    await run.until(({ phase }) => phase === 'paused');
    await run.handle.executeUpdate('resume', { args: [{ by: 'a test', reason: '' }] });
    await run.abort();
    await run.end();
    expect(eventsOf(told, rig.record)).toEqual([
      'started deployment started',
      'step 50 % to black',
      'waiting waiting for somebody',
      'rolled-back rolled back',
    ]);
    expect(told.standIn.receiver.received[2]?.message['sentence']).toBe('paused by a test: lunch.');
  });

  test.concurrent('that somebody has to approve, again when it reminds, and the start only once', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const cutover = { by: ['*'], withinMs: 60_000, remindMs: 1_000 };
    const promotion = { ...cutover, remindMs: null };
    const run = await rig.deploy({ approve: { cutover, promotion }, notify: told.request() });
    for (const number of [1, 2]) {
      await run.until(({ phase, approval }) => phase === 'awaiting-approval' && approval?.number === number);
      if (number === 1) await untilTold(told, (events) => events.length === 3); // reminded, once
      await run.handle.executeUpdate('approve', { args: [{ by: 'ann', reason: '', number }] });
    }
    expect((await run.end()).report?.outcome).toBe('promoted');
    expect(eventsOf(told, rig.record)).toEqual([
      'started deployment started',
      'waiting waiting for the approval of the cutover',
      'waiting waiting for the approval of the cutover',
      'step 100 % to black',
      'waiting waiting for the approval of the promotion',
      'promoted promoted',
    ]);
  });

  test.concurrent('a refusal after the start is told, and pages nobody', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    await rig.sandbox.black.behave(ILL);
    const run = await rig.deploy({ notify: told.request([{ format: 'webhook' }, { format: 'pagerduty' }]) });
    expect((await run.end()).report?.outcome).toBe('refused');
    expect(eventsOf(told, rig.record)).toEqual([
      'started deployment started',
      'rolled-back stopped, nothing was written',
    ]);
    expect(told.standIn.pagerDuty.events).toEqual([]);
  });

  test.concurrent('nothing at all, where black serves already', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const run = await rig.deploy({ to: { kind: 'values', values: ['192.0.2.10'] }, notify: told.request() });
    expect((await run.end()).report?.outcome).toBe('unchanged');
    expect(told.events()).toEqual([]);
  });

  test.concurrent('only what a target asked for', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const run = await rig.deploy({ notify: told.request([{ format: 'webhook', on: ['promoted'] }]) });
    await run.end();
    expect(eventsOf(told, rig.record)).toEqual(['promoted promoted']);
  });
});

describe('a blocked rollback', () => {
  test.concurrent(
    'is told at once and again as long as it is, and its incident is resolved when red is back',
    async () => {
      const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
      const notify = told.request([{ format: 'webhook' }, { format: 'pagerduty', on: ['blocked'] }]);
      const run = await rig.deploy({ steps: CANARY, notify });
      await run.until(({ phase, share }) => phase === 'holding' && share === 50);
      const lift = rig.sandbox.route53.deny('ChangeResourceRecordSets');
      const aborted = run.abort();
      await untilTold(told, (events) => events.filter(isBlocked).length >= 3);
      expect((await run.status()).outcome).toBeNull();
      expect(told.standIn.pagerDuty.incident(`deploy:${rig.record}`)?.state).toBe('triggered');
      lift();
      await aborted;
      await run.end();
      expect(told.standIn.pagerDuty.incident(`deploy:${rig.record}`)?.state).toBe('resolved');
      expect(eventsOf(told, rig.record).at(-1)).toBe('rolled-back rolled back');
      expect(
        told.standIn.receiver.received.find(({ message }) => message['event'] === 'blocked')?.message,
      ).toMatchObject({
        severity: 'critical',
        next: expect.stringContaining(`./switchyard resolve ${rig.record} --retry`) as string,
      });
    },
  );

  test.concurrent('that somebody leaves as it stands stays an incident', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const run = await rig.deploy({
      bakeMs: 30_000,
      notify: told.request([{ format: 'webhook' }, { format: 'pagerduty' }]),
    });
    await run.until(({ phase, share }) => phase === 'holding' && share === 100);
    rig.sandbox.route53.put(rig.sandbox.zoneId, {
      Name: rig.record,
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '198.51.100.7' }],
    });
    await run.until(({ phase }) => phase === 'blocked');
    const left = run.handle.executeUpdate('resolve', { args: [{ by: 'a test', decision: 'leave', reason: 'moved' }] });
    expect((await run.end()).report?.outcome).toBe('not-restored');
    await left;
    expect(eventsOf(told, rig.record).slice(-2)).toEqual(['blocked ROLLBACK BLOCKED', 'rolled-back NOT RESTORED']);
    expect(told.standIn.pagerDuty.incident(`deploy:${rig.record}`)?.state).toBe('triggered');
  });
});

describe('telling never fails and never delays a deployment', () => {
  /** Longer than any test: what waited for a notice would never end. */
  const NEVER_GIVES_UP = { giveUpAfterMs: 600_000, lastWordsMs: 100 };
  const PATIENT = { giveUpAfterMs: 600_000, lastWordsMs: 30_000 };

  test.concurrent.each(['hang', 'refuse'] as const)(
    'promotes and rolls back while every receiver does nothing but %s',
    async (kind) => {
      const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
      const fault = kind === 'hang' ? ({ kind } as const) : ({ kind, status: 500, code: 'oops' } as const);
      told.standIn.faults.add({ operation: '*', fault, times: Infinity });
      const notify = told.request(
        [{ format: 'webhook' }, { format: 'slack' }, { format: 'pagerduty' }],
        NEVER_GIVES_UP,
      );
      const promoted = await rig.deploy({ notify });
      expect((await promoted.end()).report?.outcome).toBe('promoted');
      const back = await rig.deploy({ to: { kind: 'values', values: ['192.0.2.10'] }, bakeMs: 30_000, notify });
      await back.until(({ phase, share }) => phase === 'holding' && share === 100);
      expect((await back.abort()).status.outcome).toBe('rolled-back');
      expect((await back.end()).report?.outcome).toBe('rolled-back');
      expect(rig.observer.everyState()).toEqual(['red', 'black', 'red', 'black']);
      for (const { handle } of [promoted, back]) expect(await noticesThatEnded(handle)).toBe(0);
    },
  );

  test.concurrent(
    'what is still on its way when somebody aborts is told all the same, and before the end',
    async () => {
      const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
      const busy = {
        operation: 'webhook',
        fault: { kind: 'refuse', status: 503, code: 'busy' },
        times: Infinity,
      } as const;
      const rule = told.standIn.faults.add(busy);
      const run = await rig.deploy({ bakeMs: 30_000, notify: told.request([{ format: 'webhook' }], PATIENT) });
      await run.until(({ phase, share }) => phase === 'holding' && share === 100);
      await run.handle.signal('abort', { by: 'a test', reason: 'an incident' });
      await run.until(({ phase }) => phase !== 'holding');
      rule.remove();
      expect((await run.end()).report).toMatchObject({ outcome: 'rolled-back', notices: [] });
      expect(eventsOf(told, rig.record)).toEqual([
        'started deployment started',
        'step 100 % to black',
        'rolled-back rolled back',
      ]);
    },
  );

  test.concurrent('a target that refuses is named in the report, once, and the others are told', async () => {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    told.standIn.faults.add({
      operation: 'slack',
      fault: { kind: 'refuse', status: 404, code: 'no_service' },
      times: Infinity,
    });
    const run = await rig.deploy({ notify: told.request([{ format: 'slack' }, { format: 'webhook' }]) });
    const { report } = await run.end();
    expect(report?.outcome).toBe('promoted');
    expect(report?.notices).toEqual([expect.stringMatching(/-slack could not be told: .*HTTP 404 no_service/)]);
    expect(told.events()).toHaveLength(3);
  });

  test.concurrent(
    'a lost answer is told again under the same id, and a notice that came through is never repeated',
    async () => {
      const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
      told.standIn.faults.add({ operation: 'webhook', fault: { kind: 'apply-then-reset' } });
      const run = await rig.deploy({ notify: told.request() });
      await run.end();
      const ids = told.standIn.receiver.received.map(({ id }) => id);
      expect(ids).toHaveLength(4);
      expect(ids[1]).toBe(ids[0]);
      expect(new Set(ids).size).toBe(3);
    },
  );
});

test('no secret is in the history of a run, whatever becomes of its notices (A1)', async () => {
  const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
  const { slack, pagerDuty, receiver, faults } = told.standIn;
  const secrets = [slack.path, pagerDuty.routingKey, receiver.secret];
  for (const [at, operation] of ['slack', 'pagerduty', 'webhook'].entries())
    faults.add({ operation, fault: { kind: 'refuse', status: 500, code: `no: ${secrets[at] ?? ''}` }, times: 2 });
  const run = await rig.deploy({
    notify: told.request([{ format: 'slack' }, { format: 'pagerduty', on: ['rolled-back'] }, { format: 'webhook' }]),
  });
  expect((await run.end()).report?.outcome).toBe('promoted');
  const history = historyToJSON(await run.handle.fetchHistory()).replace(/"data": *"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
  expect(history).toContain('slack-hook'); // it can be read, and what is searched for would be found
  expect(history).toContain('HTTP 500');
  expect(secrets.filter((secret) => history.includes(secret))).toEqual([]);
});

async function runIdOf({ handle }: Deployment): Promise<string> {
  return (await handle.describe()).runId;
}

/** How many notices had been given up, or had come through, when the run ended. */
async function noticesThatEnded(handle: WorkflowHandle): Promise<number> {
  const { events = [] } = await handle.fetchHistory();
  const scheduled = new Set<string>();
  let ended = 0;
  for (const event of events ?? []) {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'notify')
      scheduled.add(String(event.eventId));
    const end =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes;
    if (end !== null && end !== undefined && scheduled.has(String(end.scheduledEventId))) ended += 1;
  }
  expect(scheduled.size).toBeGreaterThan(0);
  return ended;
}
