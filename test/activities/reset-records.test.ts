import { packRed } from '../../src/core/dns/pack-sets.ts';
import type { ResetWish } from '../../src/core/dns/plan-reset.ts';
import { lookDeps } from '../../src/activities/look-deps.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { resetRecords } from '../../src/activities/reset-records.ts';
import type { ResetResult, ResetTask } from '../../src/contracts/reset.ts';
import type { ResetDeps, ResetPace } from '../../src/activities/reset-task.ts';
import { toWire } from '../../src/activities/wire-record-set.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { fenceOf, ownStanding, pointedAt, startActivityRig, type ActivityRig } from './rig.ts';

const RED = '192.0.2.10';
const BLACK = '192.0.2.20';
const WWW = 'www.example.com';
const MANY = Array.from({ length: 12 }, (_, at) => `r${at}.example.com`);

const PACE: ResetPace = {
  insync: { pollMs: 10, limitMs: 5_000 },
  verify: { inARow: 2, everyMs: 5, limitMs: 2_000 },
  retry: { firstMs: 1, maxMs: 5, tries: 4 },
};

const SNAPSHOT: ResetWish = { kind: 'snapshot' };
const DEFAULT: ResetWish = { kind: 'default', target: { kind: 'values', values: [RED] }, ttl: null, leave: [] };
const task = (record: string, changes: Partial<ResetTask> = {}): ResetTask => ({
  record,
  zone: 'example.com',
  role: null,
  wish: DEFAULT,
  verify: 'authoritative',
  ...changes,
});

let rig: ActivityRig;
let asked: (readonly string[])[];
beforeEach(async () => {
  rig = await startActivityRig({ insyncAfterMs: 50 });
  asked = [];
});
afterEach(() => rig.close());

function reset(tasks: readonly ResetTask[], changes: Partial<ResetDeps> = {}): Promise<readonly ResetResult[]> {
  const look = lookDeps({ config: rig.config, askTimeoutMs: 100 });
  const askToAbort = (records: readonly string[]) => Promise.resolve(void asked.push(records));
  const deps = { aws: rig.aws, look, pulse: plainPulse(), askToAbort, ...changes };
  return resetRecords(deps, tasks, { force: false, pace: PACE });
}

const outcomes = async (tasks: readonly ResetTask[]) => (await reset(tasks)).map(({ outcome }) => outcome);

const put = (value: string, ...names: readonly string[]) =>
  rig.sandbox.route53.put(
    rig.zoneId,
    ...names.map((Name) => ({ Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: value }] })),
  );

/** What a deployment that died at its first step left. */
async function leaveMidway(): Promise<void> {
  const red = await rig.standing();
  const { sets, fence } = ownStanding(WWW, pointedAt(red.sets, BLACK), { gen: 3, red: packRed(red.sets) });
  if (fence === null) throw new Error('no fence');
  rig.sandbox.route53.put(rig.zoneId, ...sets.map(toWire), toWire(fence));
}

const strike = (operation: string, fault: Fault, times = 1) =>
  rig.sandbox.route53.faults.add({ operation, fault, times });
const count = (operation: string) =>
  rig.sandbox.route53.faults.seen.filter((one) => one.operation === operation).length;
const values = (name: string) =>
  rig.sandbox.route53
    .recordSets(rig.zoneId, name)
    .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value));
const writes = () => count('ChangeResourceRecordSets');
const waits = () => count('GetChange');

describe('a write whose answer was lost (D3)', () => {
  test('is known again where the snapshot that it restored is gone from the fence, and is waited for', async () => {
    await leaveMidway();
    strike('ChangeResourceRecordSets', { kind: 'apply-then-reset' });
    expect(await outcomes([task(WWW, { wish: SNAPSHOT })])).toEqual(['restored']);
    expect(values(WWW)).toEqual([RED]);
    expect(fenceOf(await rig.standing())).toMatchObject({ gen: 5, stage: 'reset' });
    expect(waits()).toBeGreaterThan(0);
  });

  test('is not taken for what stood there already, which nobody waits for', async () => {
    put(BLACK, WWW);
    strike('ChangeResourceRecordSets', { kind: 'apply-then-error' });
    expect(await outcomes([task(WWW)])).toEqual(['restored']);
    expect(waits()).toBeGreaterThan(0);
  });

  test('is known again where it lands while it is sent a second time', async () => {
    put(BLACK, WWW);
    strike('ChangeResourceRecordSets', { kind: 'apply-late', afterMs: 400 });
    strike('ChangeResourceRecordSets', { kind: 'slow', ms: 250 });
    expect(await outcomes([task(WWW)])).toEqual(['restored']);
    expect(values(WWW)).toEqual([RED]);
  });

  test('is not called restored where no change can be waited for, and not called lost where it stands', async () => {
    put(BLACK, WWW);
    strike('ChangeResourceRecordSets', { kind: 'apply-then-reset' }, Infinity);
    const [result] = await reset([task(WWW)]);
    expect(result).toMatchObject({ outcome: 'unverified', sentence: expect.stringMatching(/^stands, but/) as string });
    expect(values(WWW)).toEqual([RED]);
    expect(waits()).toBe(0);
  });

  test('does not entitle to write over somebody who took the record in the meantime (D4)', async () => {
    await leaveMidway();
    strike('ChangeResourceRecordSets', { kind: 'reset' });
    strike('ChangeResourceRecordSets', { kind: 'meanwhile', run: () => put('198.51.100.7', WWW) });
    expect(await outcomes([task(WWW)])).toEqual(['foreign']);
    expect(values(WWW)).toEqual(['198.51.100.7']);
  });
});

describe('a reset of many records', () => {
  beforeEach(() => put(BLACK, ...MANY));

  test('waits once for the change that they share, so that it does not throttle itself', async () => {
    expect(new Set(await outcomes(MANY.map((name) => task(name))))).toEqual(new Set(['restored']));
    expect(writes()).toBe(1);
    expect(waits()).toBeLessThan(MANY.length);
  });

  test('goes on waiting while Route 53 throttles the question, and is sure in the end', async () => {
    strike('GetChange', { kind: 'refuse', status: 400, code: 'Throttling' }, PACE.retry.tries + 2);
    expect(new Set(await outcomes(MANY.map((name) => task(name))))).toEqual(new Set(['restored']));
  });

  test('resets the neighbours of a record that somebody writes all the time', async () => {
    const [hot = '', ...others] = MANY;
    let value = 0;
    rig.sandbox.route53.faults.add({
      operation: 'ChangeResourceRecordSets',
      times: Infinity,
      when: ({ body }) => body.includes(`>${hot}.<`),
      fault: { kind: 'meanwhile', run: () => put(`198.51.100.${(value += 1)}`, hot) },
    });
    const results = await reset(MANY.map((name) => task(name)));
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', ...others.map(() => 'restored')]);
  });
});

test('is not sure while the change is pending when time is up, and does not wait longer', async () => {
  put(BLACK, WWW);
  strike('GetChange', { kind: 'refuse', status: 400, code: 'Throttling' }, Infinity);
  const look = lookDeps({ config: rig.config, askTimeoutMs: 100 });
  const deps = { aws: rig.aws, look, pulse: plainPulse(), askToAbort: () => Promise.resolve() };
  const pace = { ...PACE, insync: { pollMs: 10, limitMs: 100 } };
  const [result] = await resetRecords(deps, [task(WWW)], { force: false, pace });
  expect(result).toMatchObject({ outcome: 'unverified', sentence: expect.stringMatching(/not in sync/) as string });
});

test('obeys a pause that a proxy asks for no longer than 30 s', async () => {
  put(BLACK, WWW);
  strike('ListResourceRecordSets', { kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 3_600 });
  strike('ChangeResourceRecordSets', { kind: 'refuse', status: 503, code: 'SlowDown', retryAfterSeconds: 3_600 });
  const paused: number[] = [];
  const pulse = plainPulse();
  const hasty = { ...pulse, sleep: (ms: number) => Promise.resolve(void paused.push(ms)) };
  expect((await reset([task(WWW, { verify: 'api' })], { pulse: hasty })).map(({ outcome }) => outcome)).toEqual([
    'restored',
  ]);
  expect(paused).toEqual([30_000, 30_000]);
});

test('says so where it is written and in sync but no name server could be asked (D3)', async () => {
  put(BLACK, WWW);
  for (const server of rig.sandbox.nameServers.servers) server.silence();
  const [result] = await reset([task(WWW)]);
  expect(result).toMatchObject({ outcome: 'unseen', sentence: RED });
  expect(result?.servers.map(({ kind }) => kind)).toEqual(['not-seen', 'not-seen', 'not-seen', 'not-seen']);
});

describe('a deployment that runs well', () => {
  test.each<[string, Partial<ResetTask>]>([
    ['the zone is misspelt', { zone: 'exmaple.com' }],
    ['the record has its default, and no fence', {}],
    ['there is no snapshot to restore', { wish: SNAPSHOT }],
  ])('is not asked to abort where %s', async (_what, changes) => {
    await reset([task(WWW, changes)]);
    expect(asked).toEqual([]);
  });

  test('is not asked to abort where somebody else wrote the record (D4)', async () => {
    await leaveMidway();
    put('198.51.100.7', WWW);
    expect(await outcomes([task(WWW)])).toEqual(['foreign']);
    expect(asked).toEqual([]);
  });

  test('is not asked to abort where Route 53 does not let us read', async () => {
    put(BLACK, WWW);
    strike('ListResourceRecordSets', { kind: 'refuse', status: 403, code: 'AccessDenied' }, Infinity);
    expect(await outcomes([task(WWW)])).toEqual(['failed']);
    expect(asked).toEqual([]);
  });

  test('is asked to abort only for the records that have to be written', async () => {
    const [first = '', second = ''] = MANY;
    put(BLACK, first);
    put(RED, second);
    expect(await outcomes([first, second, WWW].map((name) => task(name)))).toEqual(['restored', 'there', 'there']);
    expect(asked).toEqual([[first]]);
  });

  test('is asked to abort where the record has its default under a fence in the middle (D6)', async () => {
    const { sets } = await rig.standing();
    const { fence } = ownStanding(WWW, sets);
    if (fence === null) throw new Error('no fence');
    rig.sandbox.route53.put(rig.zoneId, toWire(fence));
    expect(await outcomes([task(WWW)])).toEqual(['restored']);
    expect(asked).toEqual([[WWW]]);
  });

  test('is not raced when it puts red back itself: what it left is read again, and then there is nothing to write', async () => {
    const red = await rig.standing();
    await leaveMidway();
    const idle = ownStanding(WWW, red.sets, { gen: 5, stage: 'idle', until: null }).fence;
    const ending = () => {
      rig.sandbox.route53.put(rig.zoneId, ...red.sets.map(toWire), ...(idle === null ? [] : [toWire(idle)]));
      return Promise.resolve();
    };
    const [result] = await reset([task(WWW)], { askToAbort: ending });
    expect(result).toMatchObject({ outcome: 'there' });
    expect(writes()).toBe(0);
  });

  test('is asked before anything is written', async () => {
    put(BLACK, WWW);
    const seen: number[] = [];
    await reset([task(WWW)], { askToAbort: () => Promise.resolve(void seen.push(writes())) });
    expect(seen).toEqual([0]);
    expect(writes()).toBe(1);
  });
});
