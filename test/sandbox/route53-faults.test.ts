/** Every kind of fault, as the real SDK meets it: what the client hears, and what happened to the record. */
import { create, refusalOf, remove, simple, startRig, upsert } from './route53-rig.ts';
import type { Rig } from './route53-rig.ts';
import type { Fault } from '../../sandbox/faults.ts';

const RED = simple('www.example.com', 'A', '192.0.2.10');
const BLACK = simple('www.example.com', 'A', '192.0.2.20');
const GREEN = simple('www.example.com', 'A', '192.0.2.30');

/** However the connection ended; the SDK wraps it, and the code is lost where realms differ (as in a test runner). */
const CUT = { message: expect.stringMatching(/ECONNRESET|socket hang up/) as string };

let rig: Rig;
let zoneId: string;

beforeEach(async () => {
  rig = await startRig();
  zoneId = rig.route53.createZone({ name: 'example.com' });
  rig.route53.put(zoneId, RED);
});
afterEach(() => rig.close());

const swap = () => rig.change(zoneId, remove(RED), create(BLACK));
const served = () => rig.route53.recordSets(zoneId, 'www.example.com')[0]?.ResourceRecords?.[0]?.Value;
const strike = (fault: Fault) => rig.route53.faults.add({ operation: 'ChangeResourceRecordSets', fault });
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'accepted',
    (cause: unknown) => cause,
  );
/** Resolves when so many requests have been heard. */
async function arrived(requests: number): Promise<void> {
  while (rig.route53.faults.seen.length < requests) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when so many batches, accepted or not, stand in the log. */
async function landed(seq: number): Promise<void> {
  while (rig.route53.log.length < seq) await new Promise((resolve) => setImmediate(resolve));
}

describe('before the effect', () => {
  test.each([
    ['throttled', { status: 400, code: 'Throttling', message: 'Rate exceeded' }],
    ['unavailable', { status: 503, code: 'ServiceUnavailable' }],
    ['busy', { status: 400, code: 'PriorRequestNotComplete' }],
  ])('a refusal (%s) changes nothing and has its name', async (_, refusal) => {
    strike({ kind: 'refuse', ...refusal });
    const error = await refusalOf(swap());
    expect(error).toMatchObject({ name: refusal.code, $metadata: { httpStatusCode: refusal.status } });
    expect(served()).toBe('192.0.2.10');
    expect(rig.route53.log).toHaveLength(1);
    await swap();
  });

  test('a refusal says when to come back', async () => {
    strike({ kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 7 });
    const url = `${rig.route53.url}/2013-04-01/hostedzone/${zoneId}/rrset`;
    const response = await fetch(url, { method: 'POST', body: '' });
    expect(response.headers.get('retry-after')).toBe('7');
  });

  test('a reset changes nothing', async () => {
    strike({ kind: 'reset' });
    expect(await failure(swap())).toMatchObject(CUT);
    expect(served()).toBe('192.0.2.10');
  });

  test('a hang changes nothing and ends when connections are dropped', async () => {
    strike({ kind: 'hang' });
    const call = failure(swap());
    await arrived(1);
    rig.route53.dropConnections();
    expect(await call).toMatchObject(CUT);
    expect(served()).toBe('192.0.2.10');
  });

  test.each(['<html>busy</html>', '<?xml version="1.0"?><ChangeResourceRecordSetsRes', ''])(
    'garbage (%s) changes nothing',
    async (body) => {
      strike({ kind: 'garble', body });
      await failure(swap());
      expect(served()).toBe('192.0.2.10');
    },
  );
});

describe('after the effect', () => {
  test('an error hides that the batch was accepted', async () => {
    strike({ kind: 'apply-then-error' });
    expect(await refusalOf(swap())).toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(served()).toBe('192.0.2.20');
    // What a retry that does not read back would meet: its own success.
    expect((await refusalOf(swap())).message).toMatch(/do not match.*already exists/);
  });

  test('a reset hides that the batch was accepted', async () => {
    strike({ kind: 'apply-then-reset' });
    expect(await failure(swap())).toMatchObject(CUT);
    expect(served()).toBe('192.0.2.20');
  });

  test('a hang hides that the batch was accepted', async () => {
    strike({ kind: 'apply-then-hang' });
    const call = failure(swap());
    await landed(2);
    expect(served()).toBe('192.0.2.20');
    rig.route53.dropConnections();
    expect(await call).toMatchObject(CUT);
  });
});

describe('a late effect', () => {
  test('lands though the client has gone', async () => {
    strike({ kind: 'apply-late', afterMs: 200 });
    const call = failure(swap());
    await arrived(1);
    rig.route53.dropConnections();
    await call;
    expect(served()).toBe('192.0.2.10');
    await landed(2);
    expect(served()).toBe('192.0.2.20');
  });

  test('loses when it is not valid any more, and the log says so', async () => {
    strike({ kind: 'apply-late', afterMs: 200 });
    const call = failure(swap());
    await arrived(1);
    rig.route53.put(zoneId, GREEN);
    await landed(3);
    expect(rig.route53.log[2]).toMatchObject({ by: 'AKIDSANDBOX', accepted: false });
    expect(served()).toBe('192.0.2.30');
    rig.route53.dropConnections();
    await call;
  });

  test('never lands in a server that was closed', async () => {
    strike({ kind: 'apply-late', afterMs: 3_600_000 });
    const call = failure(swap());
    await arrived(1);
    await rig.route53.close();
    await call;
    expect(served()).toBe('192.0.2.10');
  });
});

test('slow is processed late, and answered in the ordinary way', async () => {
  strike({ kind: 'slow', ms: 200 });
  const call = swap();
  await arrived(1);
  expect(served()).toBe('192.0.2.10');
  await call;
  expect(served()).toBe('192.0.2.20');
});

test('meanwhile a foreign writer acts between read and write, and the swap loses', async () => {
  strike({ kind: 'meanwhile', run: () => rig.route53.put(zoneId, GREEN) });
  expect((await refusalOf(swap())).name).toBe('InvalidChangeBatch');
  expect(served()).toBe('192.0.2.30');
});

test('faults strike by operation and by what is in the request', async () => {
  const rule = rig.route53.faults.add({
    operation: '*',
    fault: { kind: 'refuse', status: 400, code: 'Throttling' },
    times: Infinity,
    when: ({ body }) => body.includes('192.0.2.30'),
  });
  await rig.list(zoneId);
  await swap();
  expect((await refusalOf(rig.change(zoneId, upsert(GREEN)))).name).toBe('Throttling');
  expect(rule.fired()).toBe(1);
  expect(rig.route53.faults.seen.map(({ operation, fault }) => [operation, fault])).toEqual([
    ['ListResourceRecordSets', undefined],
    ['ChangeResourceRecordSets', undefined],
    ['ChangeResourceRecordSets', 'refuse'],
  ]);
});

test('a close is prompt though requests hang', async () => {
  rig.route53.faults.add({ operation: '*', fault: { kind: 'hang' }, times: Infinity });
  const calls = [failure(rig.list(zoneId)), failure(swap())];
  await arrived(2);
  await rig.route53.close();
  expect(await Promise.all(calls)).toMatchObject([CUT, CUT]);
});
