import type { Plan, Step } from './plan.ts';

/** A state that all records of a group are in at the same time. */
export interface GroupStep extends Pick<Step, 'kind' | 'label' | 'share' | 'holdMs'> {
  /** Changes in the batches of all zones, the fences' included. */
  readonly changes: number;
}

/**
 * Brings the plans of several records into step (G3): each gets a state for every step of the group. One that has nothing to do at a step
 * stays as it was, and is held as long as the longest of the others.
 */
export function lockSteps(plans: readonly Plan[]): {
  readonly steps: readonly GroupStep[];
  readonly plans: readonly Plan[];
} {
  const keys = stepKeys(plans);
  const locked = plans.map((plan) => ({
    ...plan,
    steps: keys.map((_key, index) => stateAt(plan, keys.slice(0, index + 1))),
  }));
  const steps = keys.map((key, index): GroupStep => {
    const same = plans.flatMap((plan) => plan.steps.filter((step) => keyOf(step) === key));
    const states = locked.flatMap((plan) => plan.steps.slice(index, index + 1));
    return {
      kind: same[0]?.kind ?? 'shift',
      label: [...new Set(same.map(({ label }) => label))].join(', '),
      share: same[0]?.share ?? 100,
      holdMs: Math.max(...same.map(({ holdMs }) => holdMs)),
      changes: states.reduce((sum, { changes }) => sum + changes, 0),
    };
  });
  return {
    steps,
    plans: locked.map((plan) => ({
      ...plan,
      steps: plan.steps.map((state, index) => ({ ...state, ...pick(steps[index]) })),
    })),
  };
}

const pick = (step: GroupStep | undefined) =>
  step === undefined ? {} : { kind: step.kind, label: step.label, share: step.share, holdMs: step.holdMs };

/** The fence alone moves where a record stays as it is. */
const FENCE_CHANGES = 2;

const keyOf = ({ kind, share }: Pick<Step, 'kind' | 'share'>): string =>
  kind === 'lower-ttl' ? 'lower-ttl' : String(share);

/** Lowered TTLs first, then shares upwards. */
function stepKeys(plans: readonly Plan[]): readonly string[] {
  const steps = plans.flatMap((plan) => plan.steps);
  const shares = steps.filter(({ kind }) => kind === 'shift').map(({ share }) => share);
  const lower = steps.some(({ kind }) => kind === 'lower-ttl') ? ['lower-ttl'] : [];
  return [...lower, ...[...new Set(shares)].sort((a, b) => a - b).map(String)];
}

/** Where a plan is once the group has come to the last of `keys`. */
function stateAt(plan: Plan, keys: readonly string[]): Step {
  const key = keys.at(-1);
  const own = plan.steps.find((step) => keyOf(step) === key);
  if (own !== undefined) return own;
  const before = plan.steps.filter((step) => keys.includes(keyOf(step))).at(-1);
  return {
    kind: 'shift',
    label: '',
    share: before?.share ?? 0,
    sets: before?.sets ?? plan.before,
    holdMs: 0,
    changes: FENCE_CHANGES,
  };
}
