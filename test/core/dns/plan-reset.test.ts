import { fenceSet, readFence, type Fence } from '../../../src/core/dns/fence.ts';
import { packBatches } from '../../../src/core/dns/pack-batches.ts';
import { packRed } from '../../../src/core/dns/pack-sets.ts';
import { planReset, raiseAgain, type ResetPlan, type ResetWish } from '../../../src/core/dns/plan-reset.ts';
import { hashSets, type RecordSet, type RecordSets } from '../../../src/core/dns/record-set.ts';
import { swap } from '../../../src/core/dns/swap.ts';
import { alias, simple, txt, weighted } from './record-sets.ts';

const RECORD = 'www.example.com';
const OWNER = `-/reset:${RECORD}/-`;
const RED = simple('A', ['192.0.2.10']);
const BLACK = simple('A', ['192.0.2.20']);
const MIXED = [weighted(RED, 'switchyard-red-1', 50), weighted(BLACK, 'switchyard-black-1', 50)];

const toDefault = (values: readonly string[], ttl: number | null = null): ResetWish => ({
  kind: 'default',
  target: { kind: 'values', values },
  ttl,
  leave: [],
});

function fenceOf(sets: RecordSets, rest: Partial<Fence> = {}): RecordSet {
  return fenceSet(RECORD, {
    gen: 7,
    stage: 'step',
    owner: 'ns/deploy:www.example.com/run',
    until: 1_000,
    sets: hashSets(sets),
    red: packRed([RED]),
    ...rest,
  });
}

function planned(
  sets: RecordSets,
  fence: RecordSet | null,
  options: { wish?: ResetWish; force?: boolean } = {},
): ResetPlan {
  const zone = { id: 'Z1', name: 'example.com.', private: false, nameServers: [] };
  const snapshot = { record: RECORD, zone, sets, fence, protections: null, readAt: 0 };
  return planReset(snapshot, options.wish ?? toDefault(['192.0.2.10']), {
    force: options.force ?? false,
    owner: OWNER,
  });
}

function raised(plan: ResetPlan): Fence | null {
  const reading = plan.kind === 'swap' ? readFence(plan.to.fence) : null;
  return reading?.kind === 'standing' ? reading.fence : null;
}

describe('a reset', () => {
  test('puts the default back from the middle of a deployment, under a fence one generation higher (D6)', () => {
    const plan = planned(MIXED, fenceOf(MIXED));
    expect(plan).toMatchObject({ kind: 'swap', from: { sets: MIXED }, to: { sets: [RED] } });
    expect(raised(plan)).toEqual({
      gen: 8,
      stage: 'reset',
      owner: OWNER,
      until: null,
      sets: hashSets([RED]),
      red: null,
    });
  });

  test('raises the fence where red stands already: a deployment in the middle must write nothing more', () => {
    const plan = planned([RED], fenceOf([RED]));
    expect(plan).toMatchObject({ kind: 'swap', from: { sets: [RED] }, to: { sets: [RED] } });
    expect(raised(plan)).toMatchObject({ gen: 8, stage: 'reset' });
  });

  test('has a change to wait for after a lost answer: the same sets under a fence one generation higher (D3)', () => {
    const fence = fenceOf([RED], { gen: 8, stage: 'reset', until: null, red: null, owner: OWNER });
    const zone = { id: 'Z1', name: 'example.com.', private: false, nameServers: [] };
    const snapshot = { record: RECORD, zone, sets: [RED], fence, protections: null, readAt: 0 };
    const plan = raiseAgain(snapshot, [RED], OWNER);
    expect(plan).toMatchObject({ from: { sets: [RED], fence }, to: { sets: [RED] } });
    expect(raised(plan)).toMatchObject({ gen: 9, stage: 'reset', sets: hashSets([RED]) });
    expect(swap(plan.from, plan.to).map(({ set }) => set.type)).toEqual(['TXT', 'TXT']);
  });

  test.each([
    ['without a fence', null],
    ['under a fence at rest', fenceOf([RED], { stage: 'idle', until: null, red: null })],
    ['after an earlier reset', fenceOf([RED], { stage: 'reset', until: null, red: null, owner: OWNER })],
  ])('writes nothing where the default stands %s', (_what, fence) => {
    expect(planned([RED], fence)).toEqual({ kind: 'there', wanted: [RED] });
  });

  test('goes on where no fence stands: nothing says that the values are foreign', () => {
    expect(planned([BLACK], null)).toMatchObject({ kind: 'swap', to: { sets: [RED] } });
  });

  test('leaves what somebody else wrote, unless it is forced (D4)', () => {
    const foreign = [simple('A', ['198.51.100.7'])];
    expect(planned(foreign, fenceOf(MIXED))).toMatchObject({
      kind: 'refused',
      foreign: true,
      reason: { sentence: expect.stringContaining('198.51.100.7') as string },
    });
    expect(planned(foreign, fenceOf(MIXED), { force: true })).toMatchObject({
      kind: 'swap',
      from: { sets: foreign },
      to: { sets: [RED] },
    });
  });

  test('never touches a fence that it cannot read, not even when forced', () => {
    expect(planned([BLACK], txt(['"v=2 gen=1"']), { force: true })).toMatchObject({ kind: 'refused', foreign: false });
  });

  test('moves both families together, and only those that the last write moved', () => {
    const black6 = simple('AAAA', ['2001:db8::20']);
    const both = [BLACK, black6];
    expect(planned(both, fenceOf(both))).toMatchObject({ from: { sets: both }, to: { sets: [RED] } });
    expect(planned(both, fenceOf([BLACK]))).toMatchObject({ from: { sets: [BLACK] } });
  });

  test('replaces a CNAME by addresses in one batch: the name never vanishes (D5)', () => {
    const cname = [simple('CNAME', ['blue.example.net.'])];
    expect(planned(cname, fenceOf(cname))).toMatchObject({ from: { sets: cname }, to: { sets: [RED] } });
  });

  test('keeps the TTL of red after a deployment lowered it', () => {
    const red = simple('A', ['192.0.2.10'], 300);
    const lowered = [simple('A', ['192.0.2.10'], 60)];
    const wish = toDefault(['192.0.2.11']);
    expect(planned(lowered, fenceOf(lowered, { red: packRed([red]) }), { wish })).toMatchObject({
      to: { sets: [{ ttl: 300, values: ['192.0.2.11'] }] },
    });
  });

  test('changes a TTL only where one was asked for', () => {
    const slow = [simple('A', ['192.0.2.10'], 300)];
    expect(planned(slow, null).kind).toBe('there');
    expect(planned(slow, null, { wish: toDefault(['192.0.2.10'], 60) })).toMatchObject({
      kind: 'swap',
      to: { sets: [{ ttl: 60 }] },
    });
  });

  test('does not drop a health check that somebody set', () => {
    const checked = [{ ...BLACK, healthCheckId: 'hc-1' }];
    expect(planned(checked, null)).toMatchObject({ kind: 'refused', foreign: true });
    expect(planned(checked, null, { force: true }).kind).toBe('swap');
  });

  test('refuses a default that cannot be', () => {
    expect(planned([RED], null, { wish: toDefault(['300.0.0.1']) })).toMatchObject({ kind: 'refused', foreign: false });
    expect(
      planned([], null, {
        wish: {
          kind: 'default',
          target: { kind: 'alias', dnsName: 'd1.cloudfront.net', zoneId: null, evaluateTargetHealth: null },
          ttl: null,
          leave: [],
        },
      }),
    ).toMatchObject({ kind: 'refused' });
  });

  test('restores what the fence of a dead run holds, to the letter', () => {
    const red = [weighted(simple('A', ['192.0.2.10'], 300), 'theirs', 7)];
    const plan = planned(MIXED, fenceOf(MIXED, { red: packRed(red) }), { wish: { kind: 'snapshot' } });
    expect(plan).toMatchObject({ kind: 'swap', from: { sets: MIXED }, to: { sets: red } });
  });

  test.each([
    ['no fence', null],
    ['a fence at rest', fenceOf(MIXED, { stage: 'idle', until: null, red: null })],
    ['only the hash of a snapshot', fenceOf(MIXED, { red: `sha256:${'0'.repeat(64)}` })],
  ])('cannot restore a snapshot out of %s', (_what, fence) => {
    expect(planned(MIXED, fence, { wish: { kind: 'snapshot' } })).toMatchObject({ kind: 'refused', foreign: false });
  });

  test('leaves an alias that serves the default already', () => {
    const standing = [alias('A', 'd1.cloudfront.net.')];
    const target = { kind: 'alias' as const, dnsName: 'd1.cloudfront.net', zoneId: null, evaluateTargetHealth: null };
    expect(planned(standing, null, { wish: { kind: 'default', target, ttl: null, leave: [] } }).kind).toBe('there');
  });
});

describe('requests for many records', () => {
  const move = (characters: number) => ({
    batch: swap({ sets: [], fence: null }, { sets: [simple('A', ['x'.repeat(characters)])], fence: null }),
  });

  test('are as few as the limits allow, each of whole records', () => {
    const requests = packBatches([move(20_000), move(12_000), move(19_000), move(13_000)]);
    expect(requests.map((request) => request.length)).toEqual([2, 2]);
  });

  test('count elements too', () => {
    expect(packBatches([move(1), move(1), move(1)], { elements: 2, characters: 100 })).toHaveLength(2);
  });

  test('leave one that is too large by itself for Route 53 to refuse', () => {
    expect(packBatches([move(40_000), move(1)])).toHaveLength(2);
  });
});

describe('a repair', () => {
  const OWNER_OF_RUN = 'ns/deploy:www.example.com/run';
  const repair: ResetWish = { kind: 'repair', judged: { gen: 7, owner: OWNER_OF_RUN }, red: [RED] };

  test('puts red back under a raised fence, also from a fence that holds only its hash (D6)', () => {
    const plan = planned(MIXED, fenceOf(MIXED, { red: null }), { wish: repair });
    expect(plan).toMatchObject({ kind: 'swap', from: { sets: MIXED }, to: { sets: [RED] } });
    expect(raised(plan)).toMatchObject({ gen: 8, stage: 'reset', owner: OWNER });
  });

  test.each([
    ['another generation', { gen: 8 }],
    ['another run', { owner: 'ns/deploy:www.example.com/newer' }],
  ])('leaves a fence of %s than the judged one: somebody lives', (_, changes) => {
    const plan = planned(MIXED, fenceOf(MIXED, changes), { wish: repair });
    expect(plan).toMatchObject({ kind: 'refused', foreign: false, reason: { code: 'moved-on' } });
  });

  test('leaves a name whose fence is gone', () => {
    expect(planned(MIXED, null, { wish: repair })).toMatchObject({ kind: 'refused', reason: { code: 'moved-on' } });
  });

  test.each(['idle', 'reset'] as const)('has nothing to do where the fence is at rest (%s) meanwhile', (stage) => {
    expect(planned([BLACK], fenceOf([BLACK], { stage, gen: 8 }), { wish: repair })).toEqual({
      kind: 'there',
      wanted: [BLACK],
    });
  });

  test('never writes over what somebody else wrote past the fence (D4)', () => {
    const plan = planned([simple('A', ['198.51.100.7'])], fenceOf(MIXED), { wish: repair });
    expect(plan).toMatchObject({ kind: 'refused', foreign: true });
  });
});
