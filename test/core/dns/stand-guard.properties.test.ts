import fc from 'fast-check';
import type { Fence } from '../../../src/core/dns/fence.ts';
import type { FenceSight, OwnerSight } from '../../../src/core/dns/judge-fence.ts';
import { standGuard, type GuardOrders, type Repair } from '../../../src/core/dns/stand-guard.ts';

/** Whatever stands at fences and whatever Temporal says from one look to the next, a guard restores nothing that may still have a run (D6). */

const LIMITS = { lookAgainMs: 120_000, overdueAfterMs: 300_000 };
const START = Date.UTC(2026, 0, 2, 12, 0, 0);

/** What one look finds of one record. */
interface Look {
  readonly at: 'rest' | 'unread' | 'unreadable' | 'middle';
  readonly gen: number;
  readonly namespace: 'ours' | 'theirs';
  readonly owner: 'running' | 'closed' | 'not-found' | 'not-seen';
  /** Until when the stage was to last, from the first look. */
  readonly untilMs: number;
}

const look: fc.Arbitrary<Look> = fc.record({
  at: fc.constantFrom('middle', 'middle', 'middle', 'middle', 'rest', 'unread', 'unreadable'),
  gen: fc.constantFrom(3, 3, 3, 4),
  namespace: fc.constantFrom('ours', 'ours', 'ours', 'theirs'),
  owner: fc.constantFrom('running', 'closed', 'closed', 'not-found', 'not-found', 'not-seen'),
  untilMs: fc.constantFrom(-3_600_000, 0, 3_600_000),
});
/** More looks than a guard takes; the last one goes on. */
const lives = fc.array(fc.array(look, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
const orders = fc.record({
  act: fc.constantFrom<GuardOrders['act']>('report', 'restore', 'restore'),
  blind: fc.constantFrom<GuardOrders['blind']>('report', 'restore'),
});

function sightOf({ at, gen, namespace, untilMs }: Look, record: string): FenceSight {
  if (at === 'rest') return { kind: 'rest' };
  if (at === 'unread') return { kind: 'unread', sentence: 'could not look.', next: null };
  if (at === 'unreadable') return { kind: 'unreadable', why: 'no fence' };
  const owner = `${namespace === 'ours' ? 'ns' : 'other'}/deploy:${record}/run`;
  const fence: Fence = { gen, stage: 'step', owner, until: START + untilMs, sets: 'a'.repeat(64), red: '%' };
  return { kind: 'in-the-middle', fence };
}

const ownerOf = ({ owner }: Look): OwnerSight => {
  if (owner === 'closed') return { kind: 'closed', status: 'TERMINATED' };
  return owner === 'not-seen' ? { kind: 'not-seen', why: 'away.' } : { kind: owner };
};

interface Stood {
  readonly repaired: readonly Repair[];
  readonly told: readonly string[];
  /** What was seen of each record, with the moment. */
  readonly seen: ReadonlyMap<string, readonly { readonly now: number; readonly look: Look }[]>;
  readonly rounds: number;
}

/** A guard over these lives, with a clock that only waiting moves. */
async function stand(all: readonly (readonly Look[])[], { act, blind }: Pick<GuardOrders, 'act' | 'blind'>) {
  let now = START;
  let rounds = 0;
  const seen = new Map<string, { now: number; look: Look }[]>();
  const repaired: Repair[] = [];
  const records = all.map((_life, index) => ({ record: `r${index}.example.com`, zone: null, verify: 'api' as const }));
  const lookAt = (record: string): Look => {
    const life = all[records.findIndex((one) => one.record === record)]!;
    return life[Math.min(rounds, life.length) - 1]!;
  };
  const guarded = await standGuard(
    {
      now: () => now,
      readFences: (asked) => {
        rounds += 1;
        for (const { record } of asked) seen.set(record, [...(seen.get(record) ?? []), { now, look: lookAt(record) }]);
        return Promise.resolve(asked.map(({ record }) => sightOf(lookAt(record), record)));
      },
      askOwners: (owners) =>
        Promise.resolve({
          namespace: { kind: 'known', id: 'ns' },
          owners: Object.fromEntries(
            owners.map((owner) => [owner, ownerOf(lookAt(/deploy:([^/]+)/.exec(owner)?.[1] ?? ''))]),
          ),
        }),
      found: () => undefined,
      restore: (repairs) => {
        repaired.push(...repairs);
        return Promise.resolve(
          repairs.map(({ record }) => ({ record, outcome: 'restored' as const, sentence: '', next: null })),
        );
      },
      wait: (ms) => Promise.resolve(void (now += ms)),
      show: () => undefined,
    },
    { records, act, blind, limits: LIMITS },
  );
  return { repaired, told: guarded.map(({ record }) => record), seen, rounds } satisfies Stood;
}

const looksOf = ({ seen }: Stood, record: string) => seen.get(record) ?? [];
const isGone = ({ at, namespace, owner }: Look): boolean =>
  at === 'middle' && namespace === 'ours' && (owner === 'closed' || owner === 'not-found');

test('nothing is restored but what two looks, apart, found without a run under the very fence that is restored (D6)', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async (all) => {
      const stood = await stand(all, { act: 'restore', blind: 'report' });
      for (const { record, fence } of stood.repaired) {
        const gone = looksOf(stood, record).filter((one) => isGone(one.look) && one.look.gen === fence.gen);
        expect(gone.at(-1)).toBe(looksOf(stood, record).at(-1)); // and it was gone when it was seen last
        expect(gone.at(-1)!.now - gone[0]!.now).toBeGreaterThanOrEqual(LIMITS.lookAgainMs);
      }
    }),
  );
});

test('blindly too nothing is restored that was seen running last, is of another namespace, or may still be in time (D6)', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async (all) => {
      const stood = await stand(all, { act: 'restore', blind: 'restore' });
      for (const { record } of stood.repaired) {
        const last = looksOf(stood, record).at(-1)!;
        expect(last.look).toMatchObject({ at: 'middle', namespace: 'ours' });
        expect(last.look.owner).not.toBe('running');
        if (!isGone(last.look))
          expect(last.now).toBeGreaterThanOrEqual(START + last.look.untilMs + LIMITS.overdueAfterMs);
      }
    }),
  );
});

test('a run that is gone whenever anybody looks is always restored, where that was asked for', async () => {
  const dead = look.map((one): Look => ({ ...one, at: 'middle', namespace: 'ours', owner: 'closed', gen: 3 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        dead.map((one) => [one]),
        { minLength: 1, maxLength: 4 },
      ),
      async (all) => {
        expect((await stand(all, { act: 'restore', blind: 'report' })).repaired).toHaveLength(all.length);
      },
    ),
  );
});

test('every record that is not at rest is told of once, the others never; and there is an end to looking', async () => {
  await fc.assert(
    fc.asyncProperty(lives, orders, async (all, asked) => {
      const stood = await stand(all, asked);
      const open = [...stood.seen.keys()].filter((record) => looksOf(stood, record).at(-1)!.look.at !== 'rest');
      expect(stood.told).toEqual(open);
      expect(stood.rounds).toBeLessThanOrEqual(4);
      if (asked.act === 'report') expect(stood.repaired).toEqual([]);
    }),
  );
});
