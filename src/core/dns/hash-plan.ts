import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../sha256.ts';
import type { Plan } from './plan.ts';
import { hashSets } from './record-set.ts';

/**
 * sha256 in hex of what a plan does: name, zone id, record sets as read, and steps with their holds.
 * Not of the fence, of clock times or of an owner: the same plan made twice has one hash, and another world another one.
 */
export function hashPlan(plan: Pick<Plan, 'record' | 'zone' | 'before' | 'steps' | 'promotion'>): string {
  const steps = plan.steps.map(({ kind, share, sets, holdMs }) => ({ kind, share, holdMs, sets: hashSets(sets) }));
  return sha256(
    canonicalJson({
      record: plan.record,
      zone: plan.zone.id,
      before: hashSets(plan.before),
      steps,
      promotion: hashSets(plan.promotion.sets),
    }),
  );
}
