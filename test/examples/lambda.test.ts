/** The built file is what runs: in a process of its own, with its variables and the real SDK, against the sandbox. */
import { jest } from '@jest/globals';
import { OLDEST_ALARM_MS } from '../../src/gateway/cloudwatch-alarm.ts';
import {
  ALARM_ARN,
  BLACK,
  RED,
  recorded,
  SHAPES,
  startLambdaYard,
  WWW,
  type LambdaRig,
  type LambdaYard,
} from '../support/lambda-rig.ts';
import { outputSchema } from '../support/output-schema.ts';

jest.setTimeout(120_000);

let yard: LambdaYard;
beforeAll(async () => void (yard = await startLambdaYard()));
afterAll(() => yard.close());

const matching = (words: RegExp) => expect.stringMatching(words) as string;
const writesTo = (rig: LambdaRig, name: string) =>
  rig
    .batches()
    .filter(({ accepted, changes }) => accepted && changes.some(({ recordSet }) => recordSet.Name === `${name}.`));

test.concurrent.each([
  ['nothing at all', null],
  ['an empty object', {}],
])('an event that is %s puts the record of the short form back', async (_, event) => {
  const rig = await yard.rig();
  const { report } = await (await rig.start()).invoke(event);
  expect(report).toMatchObject({
    schemaVersion: 1,
    sentence: 'Invoked by hand: every record is reset.',
    records: [{ record: WWW, outcome: 'restored', servers: { length: 4 } }],
  });
  expect(rig.values(WWW)).toEqual([RED]);
  expect(rig.values(`_switchyard.${WWW}`)[0]).toMatch(/gen=1 stage=reset owner=-\/reset:www\.example\.com\/-/);
  expect(rig.batches()).toMatchObject([{ accepted: true, comment: `switchyard reset ${WWW}` }]);
});

test.concurrent('a record of another account is put back by its role', async () => {
  const rig = await yard.rig({ net: { arn: 'arn:aws:iam::210987654321:role/switchyard', externalId: 'acme-1' } });
  const { route53 } = rig.sandbox;
  const zone = route53.createZone({ name: 'example.net', accountId: '210987654321' });
  route53.put(zone, { Name: 'us.example.net', Type: 'A', TTL: 60, ResourceRecords: [{ Value: BLACK }] });
  const record = { name: 'us.example.net', zone: 'example.net', role: 'net', default: RED };
  const { report } = await (await rig.declare(record, { name: WWW, default: RED })).invoke({});
  expect(report?.records.map(({ outcome, was }) => [outcome, was])).toEqual([
    ['restored', BLACK],
    ['restored', BLACK],
  ]);
  expect(rig.batches().find(({ zoneId }) => zoneId === zone)?.by).toMatch(/^ASIA/);
});

test.concurrent.each(SHAPES)('an alarm (%s) resets when it goes off, once, and not when it is over', async (shape) => {
  const rig = await yard.rig();
  const one = await rig.start();
  const calm = await one.invoke(await recorded(shape, { state: 'OK' }));
  expect(calm.report).toMatchObject({ sentence: matching(/"www-5xx" is in OK: .*nothing/), records: [] });
  const blind = await one.invoke(await recorded(shape, { state: 'INSUFFICIENT_DATA' }));
  expect(blind.report?.records).toEqual([]);
  expect(rig.sandbox.route53.faults.seen).toEqual([]);

  const first = await one.invoke(await recorded(shape));
  expect(first.report).toMatchObject({ sentence: matching(/ALARM/), records: [{ record: WWW, outcome: 'restored' }] });
  const again = await one.invoke(await recorded(shape));
  expect(again.report?.records).toMatchObject([{ record: WWW, outcome: 'there' }]);
  expect(rig.batches()).toHaveLength(1);
});

test.concurrent('answers in the shape that is published for `reset --json`, and logs the same line', async () => {
  const one = await (await yard.rig()).start();
  const { report } = await one.invoke();
  expect(outputSchema.safeParse(report).error).toBeUndefined();
  expect(one.log.map((line) => JSON.parse(line) as unknown)).toEqual([report]);
});

test.concurrent('an event that reaches two functions at once lets one of them write the record (D2)', async () => {
  const rig = await yard.rig();
  const both = [await rig.start(), await rig.start()] as const;
  // Both have read black before either batch is judged.
  const slow = { kind: 'slow', ms: 1_000 } as const;
  rig.sandbox.route53.faults.add({ operation: 'ChangeResourceRecordSets', fault: slow, times: 2 });
  const event = await recorded('sns');
  const ended = await Promise.all(both.map((one) => one.invoke(event)));
  for (const { report } of ended) expect(report?.records[0]?.outcome).toMatch(/^(restored|there)$/);
  expect(rig.batches().filter(({ accepted }) => !accepted)).toHaveLength(1);
  expect(writesTo(rig, WWW)).toHaveLength(1);
  expect(rig.values(WWW)).toEqual([RED]);
});

test.concurrent('goes on after being told to come back later, and after an answer that was lost', async () => {
  const rig = await yard.rig();
  const { faults } = rig.sandbox.route53;
  const refuse = { kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 1 } as const;
  faults.add({ operation: 'ChangeResourceRecordSets', fault: refuse });
  faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind: 'apply-then-reset' } });
  const begun = Date.now();
  expect((await (await rig.start()).invoke()).report?.records).toMatchObject([{ outcome: 'restored' }]);
  expect(Date.now() - begun).toBeGreaterThan(1_000);
  expect(writesTo(rig, WWW)).toHaveLength(1);
});

test.concurrent('leaves what somebody else wrote, and fails, unless the record says force (D4)', async () => {
  const rig = await yard.rig();
  rig.leaveForeign('198.51.100.7');
  const record = { name: WWW, zone: 'example.com', default: RED };
  expect(await (await rig.declare(record)).invoke()).toEqual({
    errorType: 'NotRestored',
    errorMessage: matching(/^www\.example\.com \(foreign\): .*198\.51\.100\.7/),
  });
  expect(rig.values(WWW)).toEqual(['198.51.100.7']);
  expect(rig.batches()).toEqual([]);
  const forced = await (await rig.declare({ ...record, force: true })).invoke();
  expect(forced.report?.records).toMatchObject([{ outcome: 'restored' }]);
  expect(rig.values(WWW)).toEqual([RED]);
});

test.concurrent('fails when one record of several is not put back, and puts the others back all the same', async () => {
  const rig = await yard.rig();
  rig.point('api.example.com', BLACK);
  rig.sandbox.route53.protect(rig.sandbox.zoneId, { name: 'api.example.com', type: 'A' });
  const names = [WWW, 'api.example.com'];
  const one = await rig.declare(...names.map((name) => ({ name, zone: rig.sandbox.zoneId, default: RED })));
  expect(await one.invoke()).toEqual({
    errorType: 'NotRestored',
    errorMessage: matching(/^api\.example\.com \(failed\): .*protection/),
  });
  expect(rig.values(WWW)).toEqual([RED]);
  expect(JSON.parse(one.log[0] ?? '')).toMatchObject({ records: [{ outcome: 'restored' }, { outcome: 'failed' }] });
});

test.concurrent('names the missing permission (A3)', async () => {
  const rig = await yard.rig();
  rig.sandbox.route53.deny('ChangeResourceRecordSets');
  const { errorType, errorMessage } = await (await rig.start()).invoke();
  expect(errorType).toBe('NotRestored');
  expect(errorMessage).toMatch(/\(failed\): .*Grant route53:ChangeResourceRecordSets/);
});

test.concurrent('reports before Lambda would cut it off, and finds its work done the next time', async () => {
  const rig = await yard.rig();
  rig.sandbox.route53.insyncAfterMs = Infinity;
  const one = await rig.start();
  expect(await one.invoke({}, { leftMs: 8_000 })).toEqual({
    errorType: 'NotRestored',
    errorMessage: matching(/\(unverified\): written, but: the time-out of the function \(8 s\)/),
  });
  rig.sandbox.route53.settle();
  expect((await one.invoke()).report?.records).toMatchObject([{ outcome: 'there' }]);
  expect(rig.batches()).toHaveLength(1);
});

test.concurrent('reports each record as failed where time is up before anything could be written', async () => {
  const rig = await yard.rig();
  rig.sandbox.route53.occupy(rig.sandbox.zoneId);
  const { errorMessage } = await (await rig.start()).invoke({}, { leftMs: 2_000 });
  expect(errorMessage).toMatch(/www\.example\.com \(failed\): the time-out of the function/);
  expect(rig.values(WWW)).toEqual([BLACK]);
});

test.concurrent('the alarm of one record leaves the others alone', async () => {
  const rig = await yard.rig();
  const [its, other, any] = ['a.example.com', 'b.example.com', 'c.example.com'] as const;
  for (const name of [its, other, any]) rig.point(name, BLACK);
  const one = await rig.declare(
    { name: its, default: RED, alarms: [ALARM_ARN] },
    { name: other, default: RED, alarms: ['api-5xx'] },
    { name: any, default: RED },
  );
  const { report } = await one.invoke(await recorded('eventbridge'));
  expect(report?.records.map(({ record }) => record)).toEqual([its, any]);
  expect(rig.values(other)).toEqual([BLACK]);
  const none = await rig.declare({ name: other, default: RED, alarms: ['api-5xx'] });
  const idle = await none.invoke(await recorded('sns'));
  expect(idle.report).toMatchObject({ sentence: matching(/no record .* names/), records: [] });
});

test.concurrent('an event that is not understood is refused, not taken for a wish to reset', async () => {
  const rig = await yard.rig();
  const one = await rig.start();
  const events: readonly (readonly [unknown, RegExp])[] = [
    [{ key1: 'value1' }, /is an object with "key1"/], // what the console offers for a test
    [{ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }, /"source", "detail-type"/],
    [{ Records: [{ Sns: { Message: 'hello' } }] }, /"Records"/],
    [{ Records: [] }, /"Records"/],
    ['reset', /is a string/],
    [[1], /is a list/],
  ];
  for (const [event, words] of events) {
    const { errorType, errorMessage } = await one.invoke(event);
    expect([errorType, errorMessage]).toEqual(['BadEvent', matching(words)]);
    expect(errorMessage).toMatch(/invoke with \{\}/);
  }
  expect(rig.sandbox.route53.faults.seen).toEqual([]);
});

test.concurrent('an event that arrives long after the alarm does not undo what was deployed since', async () => {
  const rig = await yard.rig();
  const one = await rig.start();
  for (const shape of SHAPES) {
    expect(await one.invoke(await recorded(shape, { ageMs: OLDEST_ALARM_MS + 60_000 }))).toEqual({
      errorType: 'StaleAlarm',
      errorMessage: matching(/"www-5xx" went off 16 min ago/),
    });
    const over = await recorded(shape, { state: 'OK', ageMs: OLDEST_ALARM_MS + 60_000 });
    expect((await one.invoke(over)).report?.records).toEqual([]);
  }
  expect(rig.sandbox.route53.faults.seen).toEqual([]);
  const due = await recorded('sns', { ageMs: OLDEST_ALARM_MS - 60_000 });
  expect((await one.invoke(due)).report?.records).toHaveLength(1);
});

test.concurrent('settings that cannot be read are an error, before anything is asked', async () => {
  const rig = await yard.rig();
  const one = await rig.start({ DOMAIN_NAME: 'a..b', DEFAULT_ENDPOINT: 'red' });
  expect(await one.invoke()).toEqual({ errorType: 'BadSettings', errorMessage: matching(/name: .*\n.*default: .*/) });
  expect(rig.sandbox.route53.faults.seen).toEqual([]);
});
