import type { ActivityOptions } from '@temporalio/workflow';
import type { Watched } from '../contracts/deploy-activities.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import type { Step } from '../core/dns/plan.ts';

/** What is held: a record, or the records of a group together. */
export interface Held {
  /** Whether any gate is in force: without one there is no verdict to wait for. */
  readonly gated: boolean;
  /** How long one look at a metric may take; 0 where none is in force. What the end of a stretch cuts off has not been seen. */
  readonly longestLookMs: number;
  /** One look of every gate, for an operator who does not want to wait. */
  askGates(): Promise<Verdict>;
  /** Renews the fence, by an activity of its own, only when the stage is going to outlast what it says. */
  keepFenceAhead(untilMs: number): Promise<void>;
  /** One activity that watches until `untilMs`, or until the first breach. */
  watch(stretch: WatchStretch): Promise<Watched>;
  /** From here on the step goes on without these gates as long as they say nothing: what they say counts. */
  waive(gates: readonly string[]): void;
}

export interface WatchStretch {
  readonly step: Pick<Step, 'share'>;
  readonly untilMs: number;
  readonly windows: readonly ProbeWindow[];
  readonly inconclusiveSince: number | null;
  /** Gates that somebody is being asked about; null where nobody can be asked now, since another question is open. */
  readonly asked: readonly string[] | null;
  readonly limits: ActivityOptions;
}

export type HeldStep = Pick<Step, 'kind' | 'share' | 'holdMs'>;
