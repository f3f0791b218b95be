import type { SwapInput } from '../../src/contracts/deploy-activities.ts';
import { fenceSet } from '../../src/core/dns/fence.ts';
import { packRed } from '../../src/core/dns/pack-sets.ts';
import { hashSets } from '../../src/core/dns/record-set.ts';
import type { Standing } from '../../src/core/dns/snapshot.ts';
import {
  environment,
  failureOf,
  fenceOf,
  ownStanding,
  OWNER,
  pointedAt,
  startRoute53Rig,
  type Route53Rig,
} from './rig.ts';

const CHANGE = 'ChangeResourceRecordSets';
const RED = '192.0.2.10';
const BLACK = '192.0.2.20';
const FOREIGN = '198.51.100.7';

let rig: Route53Rig;
let red: Standing;
let step: SwapInput;

beforeEach(async () => {
  rig = await startRoute53Rig();
  red = await rig.standing();
  const to = ownStanding(rig.ref.record, pointedAt(red.sets, BLACK));
  step = { ...rig.ref, from: red, to, comment: 'switchyard: 100 % to black' };
});
afterEach(() => rig.close());

const swap = (input = step) => rig.run((the) => the.swapRecord(input));
const writes = () => rig.route53.log.filter((entry) => entry.by !== 'foreign');
const foreignHand = (...values: string[]) =>
  rig.route53.put(rig.zoneId, {
    Name: rig.ref.record,
    Type: 'A',
    TTL: 60,
    ResourceRecords: values.map((Value) => ({ Value })),
  });
const restoreInput = () => ({
  ...rig.ref,
  snapshot: red,
  own: [step.to.sets],
  owner: OWNER,
  until: 4_102_444_800_000,
  gen: 1,
  comment: 'switchyard: restore red',
});
const restore = () => rig.run((the) => the.restoreRecord(restoreInput()));

describe('swapRecord', () => {
  test('moves record and fence in one batch, and reports what it read back (D2)', async () => {
    const written = await swap();
    expect(written.changeId).toMatch(/^C/);
    expect(written.standing.sets[0]?.values).toEqual([BLACK]);
    expect(fenceOf(written.standing)).toMatchObject({ gen: 1, owner: OWNER });
    expect(writes()).toHaveLength(1);
  });

  test('sends nothing where the wanted state stands already', async () => {
    await swap();
    expect(await swap()).toMatchObject({ changeId: null });
    expect(writes()).toHaveLength(1);
  });

  test.each([
    ['an error', { kind: 'apply-then-error' }],
    ['a reset', { kind: 'apply-then-reset' }],
    ['silence', { kind: 'apply-then-hang' }],
  ] as const)('takes a write that was applied and answered with %s for done (D3)', async (_what, fault) => {
    rig.route53.faults.add({ operation: CHANGE, fault });
    const written = await swap();
    expect(written).toMatchObject({ changeId: null, standing: { sets: [{ values: [BLACK] }] } });
    expect(writes()).toHaveLength(1);
  });

  test.each([
    ['reset before its effect', { kind: 'reset' }],
    ['never answered', { kind: 'hang' }],
    ['answered with something else', { kind: 'garble', body: '<html>' }],
    ['answered with half a document', { kind: 'garble', body: '<?xml version="1.0"?><ChangeRes' }],
    ['answered 503 by a proxy', { kind: 'garble', status: 503, body: 'busy' }],
  ] as const)('calls a write that was %s unavailable, so that it is tried again', async (_what, fault) => {
    rig.route53.faults.add({ operation: CHANGE, fault });
    const failed = await failureOf(swap());
    expect(failed.type).toBe('Unavailable');
    expect(failed.message).toMatch(/still stands as before; the change may land yet/);
    expect((await swap()).standing.sets[0]?.values).toEqual([BLACK]);
  });

  test('lets a zombie of the first attempt and the second attempt end in one change (D2)', async () => {
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'apply-late', afterMs: 400 } });
    expect((await failureOf(swap())).type).toBe('Unavailable');
    const landed = new Promise<void>((resolve) => rig.route53.onChange(() => resolve()));
    await landed;
    expect(await swap()).toMatchObject({ changeId: null, standing: { sets: [{ values: [BLACK] }] } });
  });

  test.each([
    ['Throttling', 400, 'Throttled', /throttles/],
    ['PriorRequestNotComplete', 400, 'ZoneBusy', /another change of the same zone/],
    ['AccessDenied', 403, 'Unauthorized', /permission route53:ChangeResourceRecordSets is missing/],
    ['ExpiredToken', 403, 'Unauthorized', /does not accept the credentials/],
    ['InvalidInput', 400, 'Invalid', /refuses the request/],
    ['ServiceUnavailable', 503, 'Unavailable', /HTTP 503/],
  ])('names %s, and writes nothing', async (code, status, type, sentence) => {
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'refuse', status, code } });
    const failed = await failureOf(swap());
    expect(failed.type).toBe(type);
    expect(failed.message).toMatch(sentence);
    expect(await rig.standing()).toEqual(red);
  });

  test('asks for the pause that Retry-After names', async () => {
    rig.route53.faults.add({
      operation: CHANGE,
      fault: { kind: 'refuse', status: 400, code: 'Throttling', retryAfterSeconds: 7 },
    });
    expect(await failureOf(swap())).toMatchObject({ type: 'Throttled', nextRetryDelay: 7_000 });
  });

  test('says what protects the record', async () => {
    rig.route53.protect(rig.zoneId, { name: rig.ref.record, type: 'A', comment: 'change freeze' });
    const failed = await failureOf(swap());
    expect(failed.type).toBe('Protected');
    expect(failed.message).toMatch(/change freeze/);
  });

  test('never writes over what somebody else wrote before (D4)', async () => {
    foreignHand(FOREIGN);
    const failed = await failureOf(swap());
    expect(failed.type).toBe('Foreign');
    expect(failed.message).toContain(`expected ${RED} (red), found ${FOREIGN}, which this run did not write`);
    expect(writes()).toHaveLength(0);
  });

  test('loses against a writer that comes between its read and its write (D2)', async () => {
    const run = () => foreignHand(FOREIGN);
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'meanwhile', run } });
    expect((await failureOf(swap())).type).toBe('Foreign');
    expect((await rig.standing()).sets[0]?.values).toEqual([FOREIGN]);
  });

  test('writes nothing more once a reset has passed it (D6)', async () => {
    const fence = { gen: 9, stage: 'reset', owner: '-/reset:www.example.com/-', until: null } as const;
    const reset = ownStanding(rig.ref.record, red.sets, fence);
    await swap({ ...step, to: reset });
    expect((await failureOf(swap())).type).toBe('Superseded');
  });

  test('loses against a rollback of its own run (D3)', async () => {
    await restore();
    const failed = await failureOf(swap());
    expect(failed.type).toBe('NotRestored');
    expect(failed.message).toMatch(/stage restoring, generation 2/);
    expect((await rig.standing()).sets).toEqual(red.sets);
  });

  test('may be called off until it is sent', async () => {
    const env = environment();
    env.cancel();
    const failed = await failureOf(env.run(() => rig.activities.swapRecord(step)));
    expect(failed).toMatchObject({ name: 'CancelledFailure' });
    expect(writes()).toHaveLength(0);
  });

  test('waits for the answer of a write that is under way when it is cancelled', async () => {
    const env = environment();
    const run = () => env.cancel();
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'meanwhile', run } });
    expect(await env.run(() => rig.activities.swapRecord(step))).toMatchObject({
      changeId: expect.stringMatching(/^C/) as string,
    });
  });

  test('cuts a comment that Route 53 would refuse', async () => {
    await swap({ ...step, comment: 'x'.repeat(300) });
    expect(writes()[0]?.comment).toHaveLength(256);
  });
});

describe('restoreRecord', () => {
  test('puts red back under a raised fence (D3)', async () => {
    await swap();
    const written = await restore();
    expect(written.standing.sets).toEqual(red.sets);
    expect(fenceOf(written.standing)).toMatchObject({ stage: 'restoring', gen: 2, sets: hashSets(red.sets) });
  });

  test('raises the fence where red stands already, so that a late forward write loses (D3)', async () => {
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'apply-late', afterMs: 600 } });
    expect((await failureOf(swap())).type).toBe('Unavailable');
    await restore();
    await eventually(() => rig.route53.log.some((entry) => !entry.accepted));
    expect((await rig.standing()).sets).toEqual(red.sets);
  });

  test('does nothing the second time', async () => {
    await swap();
    await restore();
    expect(await restore()).toMatchObject({ changeId: null });
    expect(writes()).toHaveLength(2);
  });

  test('goes on from what stands there when its own batch loses a race against its own step', async () => {
    const run = async () => void (await swap());
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'meanwhile', run } });
    const written = await restore();
    expect(written.standing.sets).toEqual(red.sets);
    expect(fenceOf(written.standing)?.gen).toBe(2);
  });

  test('stops at a foreign value (D4)', async () => {
    await swap();
    foreignHand(FOREIGN);
    expect((await failureOf(restore())).type).toBe('Foreign');
    expect((await rig.standing()).sets[0]?.values).toEqual([FOREIGN]);
  });

  test('ends as superseded after a reset', async () => {
    await swap();
    const fence = { gen: 5, stage: 'reset', owner: '-/reset:www.example.com/-', until: null } as const;
    await swap({ ...step, from: step.to, to: ownStanding(rig.ref.record, red.sets, fence) });
    expect((await failureOf(restore())).type).toBe('Superseded');
  });

  test.each([
    ['an error', { kind: 'apply-then-error' }],
    ['silence', { kind: 'apply-then-hang' }],
  ] as const)('takes a restoration answered with %s for done', async (_what, fault) => {
    await swap();
    rig.route53.faults.add({ operation: CHANGE, fault });
    expect((await restore()).standing.sets).toEqual(red.sets);
  });

  test('does not take a refused read for a foreign writer', async () => {
    await swap();
    rig.route53.faults.add({ operation: CHANGE, fault: { kind: 'apply-then-error' } });
    rig.route53.faults.add({
      operation: 'ListResourceRecordSets',
      after: 1,
      fault: { kind: 'refuse', status: 400, code: 'Throttling' },
    });
    expect((await failureOf(restore())).type).toBe('Throttled');
    expect((await restore()).changeId).toBeNull();
  });
});

describe('setFence', () => {
  const input = () => ({
    ...rig.ref,
    owner: OWNER,
    stage: 'idle' as const,
    until: null,
    expect: step.to.sets,
    red: red.sets,
    gen: 2,
    types: ['A'],
    comment: 'idle',
  });
  const idle = (changes: object = {}) => rig.run((the) => the.setFence({ ...input(), ...changes }));

  test('sets the fence to rest and leaves the record as it is', async () => {
    await swap();
    const written = await idle();
    expect(written.standing.sets).toEqual(step.to.sets);
    expect(fenceOf(written.standing)).toMatchObject({ stage: 'idle', gen: 3, sets: hashSets(step.to.sets), red: null });
    expect(await idle()).toMatchObject({ changeId: null });
  });

  test('leaves the fence of another run alone (D4)', async () => {
    await swap();
    expect((await failureOf(idle({ owner: 'ns-1/other/run' }))).type).toBe('Foreign');
  });

  test('never signs what somebody else wrote past the fence (D4)', async () => {
    await swap();
    rig.route53.put(rig.ref.zone.id, {
      Name: rig.ref.record,
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '198.51.100.7' }],
    });
    expect((await failureOf(idle())).type).toBe('Foreign');
    expect((await failureOf(idle({ stage: 'step', until: 4_102_444_800_000 }))).type).toBe('Foreign');
  });

  test('does not begin again where its fence has vanished (D6)', async () => {
    await swap();
    rig.route53.remove(rig.ref.zone.id, { name: '_switchyard.www.example.com.', type: 'TXT' });
    expect((await failureOf(idle())).type).toBe('Foreign');
  });

  test('takes what stands where an operator leaves it, with a fence, with one at rest, and without', async () => {
    expect(fenceOf((await idle({ expect: null, gen: 0 })).standing)).toMatchObject({ gen: 1 });
    const other = { expect: null, gen: 0, owner: 'ns-1/other/run', stage: 'step', until: 1_000 };
    expect(fenceOf((await idle(other)).standing)).toMatchObject({ gen: 2 });
  });

  test('keeps red, not what stands, while it is not at rest', async () => {
    await swap();
    const { standing } = await idle({ stage: 'step', until: 4_102_444_800_000 });
    expect(fenceOf(standing)?.red).toBe(packRed(red.sets));
  });
});

describe('awaitInsync', () => {
  const insync = (changeId: string) =>
    rig.run((the) => the.awaitInsync({ record: rig.ref.record, changeId, pollMs: 5 }));

  test('waits until the change is in sync', async () => {
    const { changeId, at } = await swap();
    expect((await insync(changeId ?? '')).at).toBeGreaterThanOrEqual(at);
  });

  test('reports a change that Route 53 does not know', async () => {
    expect((await failureOf(insync('C0UNKNOWN'))).type).toBe('NotInSync');
  });

  test('ends at once when it is cancelled', async () => {
    rig.route53.insyncAfterMs = Infinity;
    const { changeId } = await swap();
    const env = environment();
    const input = { record: rig.ref.record, changeId: changeId ?? '', pollMs: 60_000 };
    const waiting = env.run(() => rig.activities.awaitInsync(input));
    await eventually(() => rig.route53.faults.seen.some(({ operation }) => operation === 'GetChange'));
    env.cancel();
    expect(await failureOf(waiting)).toMatchObject({ name: 'CancelledFailure' });
  });
});

describe('readRecord', () => {
  const read = (record: string, zone: string | null = null) => rig.run((the) => the.readRecord({ record, zone }));

  test('keeps everything at the name, of whatever type, with every field (D1)', async () => {
    rig.route53.put(rig.zoneId, {
      Name: 'geo.example.com',
      Type: 'A',
      TTL: 60,
      SetIdentifier: 'de',
      GeoLocation: { CountryCode: 'DE' },
      ResourceRecords: [{ Value: RED }],
    });
    const snapshot = await read('geo.example.com');
    expect(snapshot.sets[0]).toMatchObject({ setIdentifier: 'de', other: { GeoLocation: { CountryCode: 'DE' } } });
    expect(snapshot).toMatchObject({ fence: null, protections: [], zone: { id: rig.zoneId, private: false } });
  });

  test('reads more sets than one page holds', async () => {
    const many = Array.from({ length: 310 }, (_, index) => ({
      Name: 'many.example.com',
      Type: 'A' as const,
      TTL: 60,
      SetIdentifier: `set-${String(index).padStart(3, '0')}`,
      MultiValueAnswer: true,
      ResourceRecords: [{ Value: `192.0.2.${index % 250}` }],
    }));
    rig.route53.put(rig.zoneId, ...many);
    expect((await read('many.example.com')).sets).toHaveLength(310);
  });

  test('finds the fence behind a page of other names', async () => {
    const between = Array.from({ length: 305 }, (_, index) => ({
      Name: `-${String(index).padStart(3, '0')}.www.example.com`,
      Type: 'A' as const,
      TTL: 60,
      ResourceRecords: [{ Value: RED }],
    }));
    rig.route53.put(rig.zoneId, ...between);
    await swap();
    expect(fenceOf(await read('www.example.com'))?.gen).toBe(1);
  });

  test('reads wildcards with their own fence', async () => {
    rig.route53.put(rig.zoneId, {
      Name: '*.example.com',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: RED }],
    });
    const { sets } = await read('*.example.com');
    const fence = fenceSet('*.example.com', {
      gen: 1,
      stage: 'idle',
      owner: OWNER,
      until: null,
      sets: hashSets(sets),
      red: null,
    });
    await swap({
      ...step,
      record: '*.example.com',
      from: { sets, fence: null },
      to: { sets: pointedAt(sets, BLACK), fence },
    });
    const after = await read('*.example.com');
    expect(after.sets[0]).toMatchObject({ name: '\\052.example.com.', values: [BLACK] });
    expect(after.fence?.name).toBe('_switchyard._wildcard.example.com.');
  });

  test('takes the longest zone by label', async () => {
    const inner = rig.route53.createZone({ name: 'www.example.com' });
    rig.route53.createZone({ name: 'xample.com' });
    expect((await read('www.example.com')).zone.id).toBe(inner);
    expect((await read('wwww.example.com')).zone.id).toBe(rig.zoneId);
  });

  test('takes a zone by id, and tells public from private', async () => {
    const hidden = rig.route53.createZone({ name: 'example.com', private: true });
    expect((await read('www.example.com', 'example.com')).zone.id).toBe(rig.zoneId);
    expect((await read('www.example.com', hidden)).zone).toMatchObject({
      id: hidden,
      private: true,
      name: 'example.com.',
    });
  });

  test('refuses an ambiguous zone with the list', async () => {
    const second = rig.route53.createZone({ name: 'example.com' });
    const failed = await failureOf(read('www.example.com'));
    expect(failed.type).toBe('ZoneUnclear');
    expect(failed.message).toContain(`${rig.zoneId} (public)`);
    expect(failed.message).toContain(`${second} (public)`);
  });

  test.each([
    ['a record of another zone', 'www.example.net', 'example.com', 'ZoneUnclear'],
    ['a zone that is not there', 'www.example.com', 'example.org', 'ZoneUnclear'],
    ['an unknown id', 'www.example.com', 'Z0NOSUCHZONE', 'ZoneUnclear'],
    ['a record without any zone', 'www.example.org', null, 'ZoneUnclear'],
    ['what is no name', 'a..b', null, 'Invalid'],
  ])('refuses %s', async (_what, record, zone, type) => {
    expect((await failureOf(read(record, zone))).type).toBe(type);
  });

  test('does not take unreadable protections for none', async () => {
    rig.route53.deny('ListResourceRecordSetProtections');
    expect((await read('www.example.com')).protections).toBeNull();
  });

  test('lists the protections of record and fence', async () => {
    const name = '_switchyard.www.example.com';
    rig.route53.protect(rig.zoneId, { name, type: 'TXT', comment: 'hands off' });
    expect((await read('www.example.com')).protections).toEqual([
      { name: `${name}.`, type: 'TXT', comment: 'hands off' },
    ]);
  });
});

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
