import fc from 'fast-check';
import { shownValues } from '../../../src/core/dns/address.ts';
import { fenceSet, nextFence, readFence } from '../../../src/core/dns/fence.ts';
import type { Fence } from '../../../src/core/dns/fence.ts';
import { hashPlan } from '../../../src/core/dns/hash-plan.ts';
import { packRed } from '../../../src/core/dns/pack-sets.ts';
import { planSteps } from '../../../src/core/dns/plan-steps.ts';
import type { Plan } from '../../../src/core/dns/plan.ts';
import { sameSets } from '../../../src/core/dns/record-set.ts';
import type { RecordSets } from '../../../src/core/dns/record-set.ts';
import type { Standing } from '../../../src/core/dns/snapshot.ts';
import { batchSize, fits, swap } from '../../../src/core/dns/swap.ts';
import { answers, applyBatch } from './model-zone.ts';
import { cases, RECORD } from './plan-requests.ts';
import type { Case } from './plan-requests.ts';

/** Runs a property over every plan that can be made; a run in which few can be is a fault of the generator. */
function everyPlan(property: (plan: Plan, made: Case) => void): void {
  let planned = 0;
  fc.assert(
    fc.property(cases, (made) => {
      const result = planSteps(made.snapshot, made.request);
      if (result.kind !== 'planned') return;
      planned += 1;
      property(result.plan, made);
    }),
    { numRuns: 60 },
  );
  expect(planned).toBeGreaterThan(30);
}

const states = (plan: Plan): readonly RecordSets[] => [...plan.steps.map(({ sets }) => sets), plan.promotion.sets];

function fenced(sets: RecordSets, before: Standing, stage: Fence['stage']): Standing {
  const fence = nextFence(readFence(before.fence), { stage, owner: 'n/w/r', until: 0, sets, red: packRed(sets) });
  return { sets, fence: fenceSet(RECORD, fence) };
}

const zoneOf = ({ sets, fence }: Standing): RecordSets => (fence === null ? sets : [...sets, fence]);

const sideValues = (side: Plan['red'], type: string): readonly string[] =>
  side.addresses
    .filter((each) => each.type === type)
    .flatMap((each) => (each.alias === null ? each.values : [each.alias.dnsName]));

describe('every plan', () => {
  test('leads from red to the promotion by batches that Route 53 accepts, each of the size that the plan says', () => {
    everyPlan((plan) => {
      let standing: Standing = { sets: plan.before, fence: null };
      const sizes = states(plan).map((sets) => {
        const to = fenced(sets, standing, 'step');
        const batch = swap(standing, to);
        expect(fits(batchSize(batch))).toBe(true);
        expect(sameSets(applyBatch(zoneOf(standing), batch), zoneOf(to))).toBe(true);
        standing = to;
        return batch.length;
      });
      expect(sizes).toEqual([...plan.steps.map(({ changes }) => changes), plan.promotion.changes]);
    });
  });

  test('answers with red or black in every state, and never with nothing (D5)', () => {
    everyPlan((plan) => {
      for (const sets of states(plan)) {
        for (const type of plan.types) {
          const known = [...sideValues(plan.red, type), ...sideValues(plan.black, type)];
          const found = [...answers(sets, type).keys()];
          expect(found.length).toBeGreaterThan(0);
          expect(known).toEqual(expect.arrayContaining(found));
        }
      }
    });
  });

  test('restores exactly what stood there, from every state, in one batch (D3)', () => {
    everyPlan((plan) => {
      for (const sets of states(plan)) {
        const standing = fenced(sets, { sets, fence: null }, 'step');
        const restored = fenced(plan.before, standing, 'restoring');
        const batch = swap(standing, restored);
        expect(fits(batchSize(batch))).toBe(true);
        expect(sameSets(applyBatch(zoneOf(standing), batch), zoneOf(restored))).toBe(true);
      }
    });
  });

  test('never takes a share back from black on the way forward', () => {
    everyPlan((plan) => {
      for (const type of plan.types) {
        const shares = [...plan.steps, plan.promotion].map(({ sets }) => blackShare(plan, sets, type));
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(shares.at(-1)).toBeCloseTo(100);
      }
    });
  });

  test('gives black the share that the step says, within a point and a quarter of itself, and every value a part of it', () => {
    everyPlan((plan) => {
      for (const step of plan.steps) {
        for (const type of plan.types) {
          const share = blackShare(plan, step.sets, type);
          expect(Math.abs(share - step.share)).toBeLessThanOrEqual(Math.min(1, step.share / 4) + 1e-9);
          const answered = answers(step.sets, type);
          if (step.share > 0)
            for (const value of sideValues(plan.black, type)) expect(answered.get(value)).toBeGreaterThan(0);
        }
      }
    });
  });

  test('keeps the sum of the weights constant', () => {
    everyPlan((plan) => {
      for (const type of plan.types) {
        const sums = plan.steps
          .map(({ sets }) => sets.filter((set) => set.type === type && set.setIdentifier?.startsWith('switchyard-')))
          .filter((sets) => sets.length > 0)
          .map((sets) => sets.reduce((total, set) => total + (set.weight ?? 0), 0));
        expect(new Set(sums).size).toBeLessThanOrEqual(1);
      }
    });
  });

  test('ends with black alone, in the TTL that was asked for, routed as red was', () => {
    everyPlan((plan, made) => {
      for (const set of plan.promotion.sets) {
        const before = plan.before.find(({ type }) => type === set.type);
        const wanted = made.request.ttl ?? before?.ttl ?? 60;
        expect(set.ttl).toBe(set.alias === null ? wanted : null);
        expect([set.setIdentifier, set.weight]).toEqual([before?.setIdentifier, before?.weight]);
        expect(shownValues(set)).toEqual(
          plan.black.addresses.filter(({ type }) => type === set.type).flatMap(shownValues),
        );
      }
    });
  });

  test('waits for the old TTL after lowering it, and leaves a rollback nothing longer than what it says', () => {
    everyPlan((plan, made) => {
      const [first] = plan.steps;
      const oldTtl = Math.max(...plan.before.map(({ ttl }) => ttl ?? 60));
      if (first?.kind === 'lower-ttl') expect(first.holdMs).toBe(oldTtl * 1_000);
      const between = plan.steps
        .filter(({ kind }) => kind === 'shift')
        .flatMap(({ sets }) => sets.map(({ ttl }) => ttl ?? 60));
      expect(Math.max(...between) * 1_000).toBeLessThanOrEqual(plan.timing.backMs);
      if (made.request.preLowerTtl !== null) expect(plan.timing.forwardMs).toBeLessThanOrEqual(60_000);
    });
  });

  test('plans more time than its waits take, and a deadline beyond', () => {
    everyPlan((plan) => {
      const waits = plan.steps.reduce((total, { holdMs }) => total + holdMs, 0);
      expect(plan.timing.totalMs).toBe(20_000 + waits + (plan.steps.length + 1) * 120_000);
      expect(plan.timing.deadlineMs).toBe(Math.max(30 * 60_000, Math.ceil(plan.timing.totalMs * 1.5)));
    });
  });

  test('is the same plan with the same hash when it is made again at another time, behind another fence', () => {
    everyPlan((plan, made) => {
      const fence = fenceSet(RECORD, {
        gen: 4,
        stage: 'idle',
        owner: 'x/y/z',
        until: null,
        sets: 'a'.repeat(64),
        red: null,
      });
      const again = planSteps({ ...made.snapshot, fence, readAt: 99 }, made.request);
      expect(again).toMatchObject({
        kind: 'planned',
        plan: { hash: plan.hash, steps: plan.steps.map(({ sets }) => ({ sets })) },
      });
      expect(hashPlan(plan)).toBe(plan.hash);
      expect(hashPlan({ ...plan, zone: { ...plan.zone, id: 'ZOTHER' } })).not.toBe(plan.hash);
      expect(hashPlan({ ...plan, before: plan.promotion.sets })).not.toBe(plan.hash);
      expect(hashPlan({ ...plan, steps: plan.steps.slice(1) })).not.toBe(plan.hash);
    });
  });
});

function blackShare(plan: Plan, sets: RecordSets, type: string): number {
  const black = sideValues(plan.black, type);
  return [...answers(sets, type)].reduce((total, [value, part]) => total + (black.includes(value) ? part : 0), 0) * 100;
}
