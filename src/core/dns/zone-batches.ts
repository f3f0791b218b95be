import type { PlanBatch, PlanStates } from './plan-batches.ts';
import type { RecordSets } from './record-set.ts';
import { swap, type Batch } from './swap.ts';

/**
 * Every batch that a group can write in one zone: each holds every record of the zone exactly once (G1). The way forward, then the way back from
 * each state. Without the fences, as the batches of a single plan.
 *
 * @param plans of one zone, in step: all have as many steps.
 */
export function zoneBatches(plans: readonly PlanStates[]): readonly PlanBatch[] {
  const states = plans.map((plan) => [...plan.steps, plan.promotion]);
  const labels = (states[0] ?? []).map(({ label }) => label);
  const together = (fromTo: (plan: PlanStates, all: (typeof states)[number]) => Batch): Batch =>
    plans.flatMap((plan, index) => fromTo(plan, states[index] ?? []));
  return [
    ...labels.map((label, at) => ({
      label,
      batch: together((plan, all) => between(all[at - 1]?.sets ?? plan.before, all[at]?.sets ?? plan.before)),
    })),
    ...labels.map((label, at) => ({
      label: `roll back from ${label}`,
      batch: together((plan, all) => between(all[at]?.sets ?? plan.before, plan.before)),
    })),
  ];
}

function between(from: RecordSets, to: RecordSets): Batch {
  return swap({ sets: from, fence: null }, { sets: to, fence: null });
}
