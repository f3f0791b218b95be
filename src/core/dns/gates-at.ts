import type { Gate } from './gate.ts';
import type { Share } from './plan.ts';

/** Probes that are in force at one step alone. */
export interface StepGates {
  readonly share: Share;
  readonly gates: readonly Gate[];
}

/** Probes as a request has them: those of the record, and those of single steps. */
export interface AskedGates {
  readonly gates: readonly Gate[];
  readonly stepGates?: readonly StepGates[];
}

/** The probes that are in force at a share: those of the record, then those of the step, each once. */
export function gatesAt({ gates, stepGates = [] }: AskedGates, share: Share): readonly Gate[] {
  const own = stepGates.filter((step) => step.share === share).flatMap((step) => step.gates);
  return [...gates, ...own.filter(({ name }) => !gates.some((gate) => gate.name === name))];
}
