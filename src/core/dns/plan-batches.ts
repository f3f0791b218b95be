import type { Plan } from './plan.ts';
import type { RecordSets } from './record-set.ts';
import { swap } from './swap.ts';
import type { Batch } from './swap.ts';

/** One batch of a plan, with what it does: `50 %`, `promote`, `roll back from 50 %`. */
export interface PlanBatch {
  readonly label: string;
  readonly batch: Batch;
}

/** The part of a plan that its batches follow from. */
export type PlanStates = Pick<Plan, 'before'> & {
  readonly steps: readonly { readonly label: string; readonly sets: RecordSets }[];
  readonly promotion: { readonly label: string; readonly sets: RecordSets };
};

/**
 * Every batch that a plan can write: the way forward, then the way back from each of its states (the promotion too: it is undone when it cannot be
 * read back). Without the fence, whose text holds times and generations that no plan knows: each batch has its two changes besides.
 */
export function planBatches(plan: PlanStates): readonly PlanBatch[] {
  const states = [...plan.steps, plan.promotion];
  const forward = states.map(({ label, sets }, index) => ({
    label,
    batch: between(states[index - 1]?.sets ?? plan.before, sets),
  }));
  const back = states.map(({ label, sets }) => ({
    label: `roll back from ${label}`,
    batch: between(sets, plan.before),
  }));
  return [...forward, ...back.filter(({ batch }) => batch.length > 0)];
}

function between(from: RecordSets, to: RecordSets): Batch {
  return swap({ sets: from, fence: null }, { sets: to, fence: null });
}
