import type { Fence } from '../../../src/core/dns/fence.ts';
import { describeGuard } from '../../../src/core/dns/describe-guard.ts';
import { redAmong, redInFence } from '../../../src/core/dns/find-red.ts';
import type { FenceSight, OwnerSight } from '../../../src/core/dns/judge-fence.ts';
import { outcomeOf } from '../../../src/core/dns/judge-guard.ts';
import { hashedRed, packRed } from '../../../src/core/dns/pack-sets.ts';
import { standGuard, type Guarded, type GuardOrders, type Repair } from '../../../src/core/dns/stand-guard.ts';
import { simple } from './record-sets.ts';

const NAMES = ['a.example.com', 'b.example.com'] as const;
const RECORDS = NAMES.map((record) => ({ record, zone: null, verify: 'api' as const }));
const ORDERS: GuardOrders = {
  records: RECORDS,
  act: 'restore',
  blind: 'report',
  limits: { lookAgainMs: 100, overdueAfterMs: 500 },
};

const fenceOf = (record: string, changes: Partial<Fence> = {}): Fence => ({
  gen: 3,
  stage: 'step',
  owner: `ns/deploy:${record}/run`,
  until: 0,
  sets: 'a'.repeat(64),
  red: '%',
  ...changes,
});

interface World {
  readonly fences: (record: string, look: number) => FenceSight;
  readonly owners?: (owner: string, look: number) => OwnerSight;
  readonly away?: boolean;
}

/** A guard over a made-up world, with a clock that only waiting moves. */
async function stand(world: World, orders: Partial<GuardOrders> = {}) {
  let now = 10_000;
  let look = 0;
  const read: string[][] = [];
  const repaired: Repair[] = [];
  const found: string[] = [];
  const guarded = await standGuard(
    {
      now: () => now,
      readFences: (records) => {
        look += 1;
        read.push(records.map(({ record }) => record));
        return Promise.resolve(records.map(({ record }) => world.fences(record, look)));
      },
      askOwners: (owners) => {
        const namespace =
          world.away === true ? ({ kind: 'not-seen', why: 'away.' } as const) : ({ kind: 'known', id: 'ns' } as const);
        const one = world.owners ?? (() => ({ kind: 'not-found' }) as const);
        return Promise.resolve({
          namespace,
          owners: Object.fromEntries(owners.map((name) => [name, one(name, look)])),
        });
      },
      found: (dead) => void found.push(...dead.map(({ record }) => record)),
      restore: (repairs) => {
        expect(found).toEqual(repairs.map(({ record }) => record)); // told before
        repaired.push(...repairs);
        return Promise.resolve(
          repairs.map(({ record }) => ({ record, outcome: 'restored' as const, sentence: 'red.', next: null })),
        );
      },
      wait: (ms) => Promise.resolve(void (now += ms)),
      show: () => undefined,
    },
    { ...ORDERS, ...orders },
  );
  return { guarded, read, repaired, waited: now - 10_000 };
}

const dead = (record: string): FenceSight => ({ kind: 'in-the-middle', fence: fenceOf(record) });

test('records at rest cost one look, and nobody waits', async () => {
  expect(await stand({ fences: () => ({ kind: 'rest' }) })).toMatchObject({ guarded: [], read: [NAMES], waited: 0 });
});

test('the second look is only at what the first one found', async () => {
  const seen = await stand({ fences: (record) => (record === NAMES[0] ? dead(record) : { kind: 'rest' }) });
  expect(seen.read).toEqual([NAMES, [NAMES[0]]]);
  expect(seen.guarded).toMatchObject([{ record: NAMES[0], verdict: 'finding', repair: { outcome: 'restored' } }]);
});

test('a fence that somebody raised between the looks is judged from the beginning, and restored as it stands then', async () => {
  const seen = await stand({
    fences: (record, look) => ({ kind: 'in-the-middle', fence: fenceOf(record, { gen: look < 2 ? 3 : 4 }) }),
  });
  expect(seen.read).toHaveLength(3);
  expect(seen.repaired.map(({ fence }) => fence.gen)).toEqual([4, 4]);
});

test('a fence that rises for ever is left: its run is not dead, whatever Temporal says (D6)', async () => {
  const seen = await stand({
    fences: (record, look) => ({ kind: 'in-the-middle', fence: fenceOf(record, { gen: look }) }),
  });
  expect(seen.repaired).toEqual([]);
  expect(outcomeOf(seen.guarded)).toBe('not-seen');
});

test('nothing is restored where only a report was asked for', async () => {
  const seen = await stand({ fences: dead }, { act: 'report' });
  expect(seen.repaired).toEqual([]);
  expect(outcomeOf(seen.guarded)).toBe('act');
});

test('what cannot be asked about is restored only where that was asked for, and only when it is long past', async () => {
  const late = { fences: dead, away: true };
  expect((await stand(late)).repaired).toEqual([]);
  expect((await stand(late, { blind: 'restore' })).repaired).toHaveLength(2);
  expect((await stand(late, { blind: 'restore', act: 'report' })).repaired).toEqual([]);
  const soon: World = {
    away: true,
    fences: (record) => ({ kind: 'in-the-middle', fence: fenceOf(record, { until: 9_900 }) }),
  };
  expect((await stand(soon, { blind: 'restore' })).repaired).toEqual([]);
});

test('a record that cannot be read hides no other', async () => {
  const seen = await stand({
    fences: (record) => (record === NAMES[0] ? { kind: 'unread', sentence: 'throttled.', next: null } : dead(record)),
  });
  expect(seen.guarded).toMatchObject([{ verdict: 'unread' }, { verdict: 'finding' }]);
});

const guardedAs = (changes: Partial<Guarded>): Guarded => ({
  record: NAMES[0],
  verdict: 'finding',
  sentence: 'It is dead.',
  next: 'Do something.',
  fence: null,
  repair: null,
  ...changes,
});
const repair = (outcome: NonNullable<Guarded['repair']>['outcome']) => ({ outcome, sentence: 'x.', next: null });

test.each<[string, readonly Guarded[], string]>([
  ['nothing', [], 'quiet'],
  ['a run that lives', [guardedAs({ verdict: 'overdue' })], 'quiet'],
  ['a finding', [guardedAs({})], 'act'],
  ['a finding that was restored', [guardedAs({ repair: repair('restored') })], 'restored'],
  ['a finding that somebody else has set to rest', [guardedAs({ repair: repair('there') })], 'quiet'],
  ['a restore that is not sure', [guardedAs({ repair: repair('unverified') })], 'act'],
  ['a foreign record', [guardedAs({ repair: repair('foreign') })], 'refused'],
  ['another namespace', [guardedAs({ verdict: 'foreign-namespace' })], 'refused'],
  ['something out of sight', [guardedAs({ verdict: 'not-seen' })], 'not-seen'],
  ['the worst of several', [guardedAs({ verdict: 'unknown' }), guardedAs({}), guardedAs({ verdict: 'unread' })], 'act'],
])('%s makes the whole %s', (_, guarded, outcome) => {
  expect(outcomeOf(guarded)).toBe(outcome);
});

test('text from outside is escaped in the UI, which renders HTML (A1)', () => {
  const guarded = [guardedAs({ sentence: '<img src=x>' })];
  expect(describeGuard({ act: 'report', fences: 2, guarded })).not.toContain('<img');
});

test('red is taken from the fence, or found in a history by its hash, and never guessed', () => {
  const red = [simple('A', ['192.0.2.10'])];
  const other = [simple('A', ['192.0.2.66'])];
  const mail = simple('MX', ['10 mail.example.com.']);
  expect(redInFence(packRed(red))).toEqual(red);
  expect(redInFence(packRed([]))).toBeNull();
  expect(redInFence(hashedRed(red))).toBeNull();
  expect(redAmong([other, [mail, ...red]], hashedRed(red))).toEqual(red);
  expect(redAmong([other], hashedRed(red))).toBeNull();
  expect(redAmong([red], null)).toBeNull();
});
