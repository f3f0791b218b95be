import { CreateResourceRecordSetProtectionsCommand } from '@aws-sdk/client-route-53';
import type { Info } from '@temporalio/activity';
import type { WatchBeat } from '../../src/activities/watch-endpoints.ts';
import type { CheckInput, Checked, Watched, WatchInput } from '../../src/contracts/deploy-activities.ts';
import type { Gate, Observation, ProbeWindow } from '../../src/core/dns/gate.ts';
import type { Standing } from '../../src/core/dns/snapshot.ts';
import type { Rate } from '../../src/core/token-bucket.ts';
import {
  clientsFor,
  environment,
  failureOf,
  ownStanding,
  pointedAt,
  QUICK,
  startActivityRig,
  TIMEOUT_MS,
  type ActivityRig,
} from './rig.ts';

const RED = '192.0.2.10';
const BLACK = '192.0.2.20';
const GATE: Gate = {
  kind: 'http',
  name: 'healthy',
  scheme: 'https',
  host: null,
  port: 443,
  path: '/healthz',
  method: 'GET',
  headers: [],
  status: [200],
  contains: null,
  json: {},
  maxLatencyMs: null,
  followRedirects: false,
  verifyCertificate: true,
};

let rig: ActivityRig;
let standing: Standing;
let input: WatchInput;

/** Clients of an account with fewer requests. */
const limitedTo = (rate: Rate) => ({ aws: clientsFor({ ...rig.config.aws, rate }) });

beforeEach(async () => {
  rig = await startActivityRig();
  const red = await rig.standing();
  const to = ownStanding(rig.ref.record, pointedAt(red.sets, BLACK));
  const step = { ...rig.ref, from: red, to, comment: 'black' };
  standing = (await rig.run((the) => the.swapRecord(step))).standing;
  input = {
    ...rig.ref,
    gates: [GATE],
    sides: [
      { side: 'red', sets: red.sets },
      { side: 'black', sets: standing.sets },
    ],
    standing,
    share: 100,
    untilMs: Date.now() + 400,
    pace: QUICK,
    windows: [],
    inconclusiveSince: null,
  };
});
afterEach(() => rig.close());

const watch = (changes: Partial<WatchInput> = {}, info?: Partial<Info>): Promise<Watched> =>
  rig.run((the) => the.watchEndpoints({ ...input, ...changes }), info);
const forLong = () => ({ untilMs: Date.now() + 60_000 });
const foreignHand = (value: string) =>
  rig.sandbox.route53.put(rig.sandbox.zoneId, {
    Name: rig.ref.record,
    Type: 'A',
    TTL: 60,
    ResourceRecords: [{ Value: value }],
  });
const protect = (RecordType: 'A' | 'MX', Comment: string) =>
  rig.aws.route53().send(
    new CreateResourceRecordSetProtectionsCommand({
      HostedZoneId: rig.zoneId,
      Protections: [{ RecordName: rig.ref.record, RecordType, Comment }],
    }),
  );
const looks = () =>
  rig.sandbox.route53.faults.seen.filter(({ operation }) => operation === 'ListResourceRecordSets').length;
const failed = (at: number): Observation => ({
  gate: 'healthy',
  side: 'black',
  value: BLACK,
  at,
  ok: false,
  latencyMs: 1,
  seen: 'HTTP 503 /healthz',
});
const blackWindow = (failures: number): ProbeWindow => ({
  gate: 'healthy',
  side: 'black',
  value: BLACK,
  observations: Array.from({ length: failures }, (_, index) => failed(Date.now() - index)).reverse(),
});

describe('watchEndpoints', () => {
  test('holds while black is well, and says what it saw', async () => {
    const { end, verdict, windows, inconclusiveSince } = await watch();
    expect(end).toEqual({ kind: 'held' });
    expect(verdict.kind).toBe('pass');
    expect(inconclusiveSince).toBeNull();
    expect(windows.map(({ side, value, observations }) => [side, value, observations.length])).toEqual([
      ['red', RED, 6],
      ['black', BLACK, 6],
    ]);
  });

  test('ends at the fourth failed probe of black', async () => {
    await rig.sandbox.black.behave({ kind: 'status', status: 503 });
    const { end, windows } = await watch(forLong());
    expect(end).toMatchObject({ kind: 'breach', verdict: { kind: 'fail' } });
    expect(windows[1]?.observations.filter(({ ok }) => !ok)).toHaveLength(4);
  });

  test('is not delayed in its verdict on one value by another that hangs', async () => {
    const sides = [
      input.sides[0],
      { side: 'black', sets: pointedAt(standing.sets, '192.0.2.99', BLACK) } as const,
    ].filter((side) => side !== undefined);
    await rig.sandbox.red.behave({ kind: 'hang' });
    await rig.sandbox.black.behave({ kind: 'status', status: 500 });
    const { end, windows } = await watch({ ...forLong(), sides, pace: { ...QUICK, probeTimeoutMs: 30_000 } });
    expect(end.kind).toBe('breach');
    expect(windows.find(({ side }) => side === 'red')?.observations).toEqual([]);
  });

  test('goes on from the heartbeat of the attempt before', async () => {
    const beat: WatchBeat = {
      windows: [blackWindow(3)],
      verdict: { kind: 'pass', reason: '' },
      inconclusiveSince: null,
      share: 100,
      looksFailed: 0,
      looksSkipped: 0,
      protections: [],
    };
    await rig.sandbox.black.behave({ kind: 'status', status: 503 });
    const { windows } = await watch(forLong(), { heartbeatDetails: beat });
    const mine = windows.find(({ side }) => side === 'black')?.observations ?? [];
    expect(mine.filter(({ ok }) => !ok)).toHaveLength(4);
    expect(mine.slice(0, 3)).toEqual(beat.windows[0]?.observations);
  });

  test('carries the windows of the stretch before', async () => {
    await rig.sandbox.black.behave({ kind: 'status', status: 503 });
    const { windows } = await watch({ ...forLong(), windows: [blackWindow(3)] });
    expect(windows.find(({ side }) => side === 'black')?.observations).toHaveLength(4);
  });

  test('is inconclusive while black and red fail together, and then fails (D7)', async () => {
    await rig.sandbox.black.behave({ kind: 'refuse' });
    await rig.sandbox.red.behave({ kind: 'refuse' });
    const since = Date.now();
    const { end, inconclusiveSince } = await watch(forLong());
    expect(end).toMatchObject({ kind: 'breach' });
    expect(inconclusiveSince).toBeGreaterThanOrEqual(since);
  });

  test('does not hold on the word of another attempt alone (D7)', async () => {
    const { end, windows } = await watch({ untilMs: 0 });
    expect(end.kind).toBe('held');
    expect(windows.every(({ observations }) => observations.length > 0)).toBe(true);
  });

  test('holds without any gate, and looks for drift all the same', async () => {
    expect(await watch({ gates: [] })).toMatchObject({ end: { kind: 'held' }, verdict: { kind: 'pass' } });
    foreignHand('198.51.100.7');
    expect((await watch({ gates: [], ...forLong() })).end.kind).toBe('drift');
  });

  test('stops when somebody else writes the record (D4)', async () => {
    const watching = watch(forLong());
    foreignHand('198.51.100.7');
    const { end } = await watching;
    expect(end).toMatchObject({ kind: 'drift', superseded: false });
    expect(JSON.stringify(end)).toContain('found 198.51.100.7, which this run did not write');
  });

  test('notices when somebody puts red back past the fence, as an old Terraform plan does', async () => {
    foreignHand(RED);
    expect((await watch(forLong())).end).toMatchObject({ kind: 'drift', superseded: false });
  });

  test('knows a reset from a foreign writer', async () => {
    const fence = { gen: 7, stage: 'reset', owner: '-/reset:www.example.com/-', until: null } as const;
    const to = ownStanding(rig.ref.record, pointedAt(standing.sets, RED), fence);
    await rig.run((the) => the.swapRecord({ ...rig.ref, from: standing, to, comment: 'reset' }));
    expect((await watch(forLong())).end).toMatchObject({ kind: 'drift', superseded: true });
  });

  test('ends where a later life of its own run has put red back and ended, as after the restore of an old backup (D6)', async () => {
    const fence = { gen: 7, stage: 'idle', owner: 'ns-1/deploy:www.example.com/run-1', until: null } as const;
    const to = ownStanding(rig.ref.record, pointedAt(standing.sets, RED), fence);
    await rig.run((the) => the.swapRecord({ ...rig.ref, from: standing, to, comment: 'rolled back' }));
    expect((await watch(forLong())).end).toMatchObject({
      kind: 'drift',
      superseded: true,
      sentence: expect.stringMatching(/has put red back and ended already/) as string,
    });
  });

  test('does not take a renewed fence of its own for drift', async () => {
    const fence = { owner: 'ns-1/deploy:www.example.com/run-1', stage: 'step', until: 4_102_444_900_000 } as const;
    await rig.run((the) =>
      the.setFence({
        ...rig.ref,
        ...fence,
        expect: standing.sets,
        red: standing.sets,
        gen: 1,
        types: ['A'],
        comment: 'renew',
      }),
    );
    expect((await watch()).end.kind).toBe('held');
  });

  test('notices a protection that would block the rollback, with its comment, and goes on', async () => {
    await protect('A', 'release freeze, ask Ada');
    await protect('MX', 'not ours to change');
    const { end, protections } = await watch({ untilMs: Date.now() + 600 });
    expect(end.kind).toBe('held');
    expect(protections).toEqual([
      'www.example.com A is protected: "release freeze, ask Ada": Route 53 would refuse the rollback. ' +
        'Delete the protection until this deployment has ended.',
    ]);
  });

  test('does not take a look that is throttled for drift', async () => {
    rig.sandbox.route53.faults.add({
      operation: 'ListResourceRecordSets',
      times: Infinity,
      fault: { kind: 'refuse', status: 400, code: 'Throttling' },
    });
    expect((await watch()).end.kind).toBe('held');
  });

  test('leaves half of the requests to writes, and counts the looks that it skips for that', async () => {
    const activities = rig.with(limitedTo({ burst: 6, perSecond: 0 })); // two of them are for protections
    const env = environment();
    const beats: WatchBeat[] = [];
    env.on('heartbeat', (beat: WatchBeat) => beats.push(beat));
    const before = looks();
    await env.run(() => activities.watchEndpoints({ ...input, untilMs: Date.now() + 1_200 }));
    expect(looks() - before).toBe(2);
    expect(beats.at(-1)?.looksSkipped).toBeGreaterThan(0);
  });

  test('lets a watch that had no turn look sooner than one that had, so that none goes blind (D4)', async () => {
    const activities = rig.with(limitedTo({ burst: 2, perSecond: 40 }));
    const watching = Array.from({ length: 5 }, async () => {
      const watched = environment().run(() => activities.watchEndpoints({ ...input, ...forLong(), gates: [] }));
      return (await watched) as Watched;
    });
    foreignHand('198.51.100.7');
    const ends = await Promise.all(watching);
    expect(ends.map(({ end }) => end.kind)).toEqual(Array.from({ length: 5 }, () => 'drift'));
  });

  test('tells its newest values with each heartbeat', async () => {
    const env = environment();
    const beats: WatchBeat[] = [];
    env.on('heartbeat', (beat: WatchBeat) => beats.push(beat));
    await env.run(() => rig.activities.watchEndpoints(input));
    expect(beats.at(-1)).toMatchObject({
      share: 100,
      verdict: { kind: 'pass' },
      windows: [{ value: RED }, { value: BLACK }],
    });
  });

  test('ends at once when it is cancelled, also while a probe hangs', async () => {
    await rig.sandbox.black.behave({ kind: 'hang' });
    const env = environment();
    const slow = { ...QUICK, probeTimeoutMs: 600_000, driftEveryMs: 600_000 };
    const watching = env.run(() => rig.activities.watchEndpoints({ ...input, ...forLong(), pace: slow }));
    env.cancel();
    expect(await failureOf(watching)).toMatchObject({ name: 'CancelledFailure' });
  });

  test('hands over when the worker stops, so that Temporal runs it elsewhere', async () => {
    const stopping = new AbortController();
    const activities = rig.with({ stopping: stopping.signal });
    const watching = environment().run(() => activities.watchEndpoints({ ...input, ...forLong() }));
    stopping.abort();
    expect(await failureOf(watching)).toMatchObject({ type: 'WorkerShutdown', nonRetryable: false });
  });

  test('leaves slots for writes', async () => {
    const activities = rig.with({ mostWatches: 1 });
    const first = environment().run(() => activities.watchEndpoints(input));
    expect(await failureOf(environment().run(() => activities.watchEndpoints(input)))).toMatchObject({
      type: 'Unavailable',
    });
    expect(await first).toMatchObject({ end: { kind: 'held' } });
  });
});

describe('checkEndpoints', () => {
  const check = (changes: Partial<CheckInput> = {}): Promise<Checked> =>
    rig.run((the) => the.checkEndpoints({ ...input, limitMs: 20 * TIMEOUT_MS, ...changes }));

  test('passes when black and red have each passed in a row', async () => {
    expect(await check()).toMatchObject({ black: { kind: 'pass' }, red: { kind: 'pass' } });
  });

  test('fails an ill black, and does not blame red', async () => {
    await rig.sandbox.black.behave({ kind: 'wrong-certificate' });
    const { black, red } = await check();
    expect(black.kind).toBe('fail');
    expect(black.reason).toMatch(/certificate for another name/);
    expect(red.kind).toBe('pass');
  });

  test('has no verdict at the limit where there was no data (D7)', async () => {
    await rig.sandbox.black.behave({ kind: 'hang' });
    const pace = { ...QUICK, probeTimeoutMs: 60_000 };
    expect((await check({ pace, limitMs: 100 })).black.kind).toBe('inconclusive');
  });

  test('has no verdict without a gate', async () => {
    expect((await check({ gates: [] })).black.kind).toBe('inconclusive');
  });

  test('refuses a gate that the worker does not allow, before it probes anything', async () => {
    expect((await failureOf(check({ gates: [{ ...GATE, host: 'elsewhere.example.org' }] }))).type).toBe('Refused');
  });
});
