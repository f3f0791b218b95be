import fc from 'fast-check';
import { longestFence } from '../../../src/core/dns/fence.ts';
import { fenceName, wireName } from '../../../src/core/dns/name.ts';
import { planGroup, type GroupMember, type GroupPlan, type GroupWish } from '../../../src/core/dns/plan-group.ts';
import { sameSets, type RecordSets } from '../../../src/core/dns/record-set.ts';
import { BATCH_LIMIT } from '../../../src/core/dns/swap.ts';
import { zoneBatches } from '../../../src/core/dns/zone-batches.ts';
import { applyBatch } from './model-zone.ts';
import { request, snapshot, steps, ZONE } from './plan-requests.ts';
import { simple } from './record-sets.ts';

const OWNER = `${'n'.repeat(36)}/deploy-group:shop/${'r'.repeat(36)}`;
const WISH: GroupWish = { group: 'shop', keepHealthy: null, owner: OWNER };

interface Wished {
  readonly name: string;
  readonly zone?: number;
  readonly red?: readonly string[];
  readonly black?: readonly string[];
  readonly ttl?: number;
  readonly over?: Partial<GroupMember['request']>;
}

function member({ name, zone = 1, red = ['192.0.2.10'], black = ['192.0.2.20'], ttl = 60, over }: Wished): GroupMember {
  const record = `${name}.z${zone}.example.com`;
  const place = { ...ZONE, id: `Z${zone}`, name: `z${zone}.example.com.` };
  const sets = [{ ...simple('A', red, ttl), name: wireName(record) }];
  return {
    snapshot: snapshot(sets, { record, zone: place }),
    request: request(black, { record, ...steps(10, 50, 100), ...over }),
  };
}

function planned(members: readonly GroupMember[], wish: GroupWish = WISH): GroupPlan {
  const made = planGroup(members, wish);
  if (made.kind !== 'planned') throw new Error(JSON.stringify(made));
  return made.plan;
}

function refusals(members: readonly GroupMember[], wish: GroupWish = WISH): readonly string[] {
  const made = planGroup(members, wish);
  return made.kind === 'refused' ? made.reasons.map(({ code, sentence }) => `${code}: ${sentence}`) : [made.kind];
}

describe('in step (G3)', () => {
  test('every record has a state for every step of the group, at the same share', () => {
    const plan = planned([
      member({ name: 'a', over: { preLowerTtl: 30 } }),
      member({ name: 'b', ttl: 30 }),
      member({ name: 'c', zone: 2, black: ['192.0.2.10'], over: { ttl: 30 } }), // its TTL alone changes
    ]);
    expect(plan.steps.map(({ label, share, kind }) => [kind, label, share])).toEqual([
      ['lower-ttl', 'lower TTL to 30 s', 0],
      ['shift', '10 %', 10],
      ['shift', '50 %', 50],
      ['shift', '100 %', 100],
    ]);
    for (const one of plan.plans)
      expect(one.steps.map(({ label, share }) => [label, share])).toEqual(
        plan.steps.map(({ label, share }) => [label, share]),
      );
    const [a, b, c] = plan.plans;
    expect(b!.steps[0]!.sets).toEqual(b!.before); // nothing to lower
    expect(c!.steps.slice(0, 3).map(({ sets }) => sameSets(sets, c!.before))).toEqual([true, true, true]);
    expect(a!.steps[0]!.sets[0]!.ttl).toBe(30);
  });

  test('a step is held as long as the longest of its records asks for', () => {
    const plan = planned([
      member({ name: 'a', over: { holdMs: 60_000 } }),
      member({ name: 'b', over: { holdMs: 90_000 } }),
    ]);
    expect(plan.steps[0]!.holdMs).toBe(90_000);
  });

  test('different steps are refused, naming them', () => {
    expect(refusals([member({ name: 'a' }), member({ name: 'b', over: steps(50, 100) })])).toEqual([
      'group-steps: the records of group/shop move in lockstep, and ask for different steps: 10, 50, 100 % and 50, 100 %.',
    ]);
  });
});

describe('refusals (A2)', () => {
  test('all reasons of all records come at once, each with its record', () => {
    const found = refusals([
      member({ name: 'a', over: { from: ['203.0.113.1'] } }),
      member({ name: 'b', ttl: 3_600 }),
      member({ name: 'a', over: { from: ['203.0.113.1'] } }),
    ]);
    expect(found.join('\n')).toMatch(/group-twice: group\/shop names a\.z1/);
    expect(found.filter((each) => each.includes('a.z1.example.com')).length).toBeGreaterThan(1);
    expect(found.join('\n')).toMatch(/ttl-slow: b\.z1/);
  });

  test('keepHealthy above the number of records can never hold', () => {
    expect(refusals([member({ name: 'a' })], { ...WISH, keepHealthy: 2 })).toEqual([
      'keep-healthy: keepHealthy of group/shop is 2, and it has 1 records.',
    ]);
  });

  test('a group whose deadline is shorter than its plan is refused; the longest of its records counts', () => {
    const short = { deadlineMs: 60_000 };
    expect(refusals([member({ name: 'a', over: short })]).join()).toMatch(/deadline: --deadline is/);
    const long = { deadlineMs: 7_200_000 };
    expect(planned([member({ name: 'a', over: short }), member({ name: 'b', over: long })]).timing.deadlineMs).toBe(
      7_200_000,
    );
  });

  test('a group that serves what is asked for already is unchanged', () => {
    expect(planGroup([member({ name: 'a', black: ['192.0.2.10'] })], WISH).kind).toBe('unchanged');
  });
});

describe('the batches of a zone (G1)', () => {
  const members = fc
    .array(
      fc.record({
        red: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 4 }),
        black: fc.uniqueArray(fc.integer({ min: 100, max: 199 }), { minLength: 1, maxLength: 4 }),
        ttl: fc.constantFrom(30, 60, 300),
        zone: fc.integer({ min: 1, max: 2 }),
        lower: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    )
    .map((all) =>
      all.map(({ red, black, ttl, zone, lower }, index) =>
        member({
          name: `r${index}`,
          zone,
          ttl,
          red: red.map((n) => `192.0.2.${n}`),
          black: black.map((n) => `192.0.2.${n}`),
          over: { ...steps(50, 100), preLowerTtl: lower ? 30 : null },
        }),
      ),
    );

  test('each moves every record of the zone once, each state leads to the next, and the way back undoes each', () => {
    fc.assert(
      fc.property(members, (all) => {
        const plan = planGroup(all, WISH);
        if (plan.kind !== 'planned') return;
        for (const zone of plan.plan.zones) {
          const mine = plan.plan.plans.filter((one) => zone.records.includes(one.record));
          const batches = zoneBatches(mine);
          const before = mine.flatMap((one) => one.before);
          const forward = batches.slice(0, batches.length / 2);
          let stands: RecordSets = before;
          for (const [index, { batch }] of forward.entries()) {
            stands = applyBatch(stands, batch);
            expect(
              sameSets(
                stands,
                mine.flatMap((one) => [...one.steps, one.promotion][index]!.sets),
              ),
            ).toBe(true);
            for (const { record } of mine) expect(weightOf(stands, wireName(record))).toBeGreaterThan(0); // D5, and never all weights 0
            expect(sameSets(applyBatch(stands, batches[forward.length + index]!.batch), before)).toBe(true);
          }
          const names = mine.map(({ record }) => wireName(record));
          for (const { batch } of batches) for (const { set } of batch) expect(names).toContain(set.name);
        }
        const zoned = plan.plan.zones.flatMap(({ records }) => records);
        expect([...zoned].sort()).toEqual(plan.plan.plans.map(({ record }) => record));
      }),
      { numRuns: 25 },
    );
  });

  test('a zone is taken up to the limit of one batch, and refused above it with the numbers', () => {
    const sized = (count: number) =>
      Array.from({ length: count }, (_, index) => member({ name: `record-${1_000 + index}` }));
    const largest = (count: number) => {
      const made = planGroup(sized(count), WISH);
      return made.kind === 'planned' ? made.plan.zones[0]!.largest : null;
    };
    const [some, many] = [largest(10)!.characters, largest(20)!.characters];
    const each = (many - some) / 10;
    const most = 20 + Math.floor((BATCH_LIMIT.characters - many) / each);
    expect(most).toBeGreaterThan(20);
    expect(largest(most)!.characters).toBeLessThanOrEqual(BATCH_LIMIT.characters);
    expect(refusals(sized(most + 1)).join()).toMatch(
      /group-size: \d+ records of z1\.example\.com would need a batch of \d+ values and \d+ characters with their fences; Route 53 takes 1000 and 32000 at once/,
    );
    const two = sized(most + 1).map((one, index) => (index === 0 ? member({ name: 'other', zone: 2 }) : one));
    expect(planned(two).zones).toHaveLength(2);
  });

  test('the longest fence of a record counts its name, its red and its owner', () => {
    const red = [simple('A', ['192.0.2.10'])];
    const short = longestFence('www.example.com', red, OWNER);
    expect(longestFence('www.example.com', red, `${OWNER}-longer`)).toBe(short + '-longer'.length);
    expect(longestFence('www.example.com', [...red, simple('AAAA', ['2001:db8::1'])], OWNER)).toBeGreaterThan(short);
    expect(fenceName('www.example.com')).toBe('_switchyard.www.example.com.');
  });
});

test('the hash tells a group from another one, and from the same with another rule', () => {
  const [a, b] = [member({ name: 'a' }), member({ name: 'b' })];
  const hash = planned([a, b]).hash;
  expect(planned([b, a]).hash).toBe(hash);
  expect(planned([a]).hash).not.toBe(hash);
  expect(planned([a, b], { ...WISH, keepHealthy: 1 }).hash).not.toBe(hash);
});

function weightOf(sets: RecordSets, name: string): number {
  return sets.filter((set) => set.name === name).reduce((sum, { weight }) => sum + (weight ?? 1), 0);
}
