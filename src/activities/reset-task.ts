import type { AwsClients } from '../clients.ts';
import type { LookDeps } from './look-deps.ts';
import type { Patience } from './patiently.ts';
import type { Pulse } from './pulse.ts';

export interface ResetDeps {
  readonly aws: AwsClients;
  readonly look: LookDeps;
  readonly pulse: Pulse;
  /** Asks the running deployments of these records to abort, and waits briefly; called once, and only where something is to be written. */
  readonly askToAbort: (records: readonly string[]) => Promise<void>;
}

export interface ResetPace {
  readonly insync: { readonly pollMs: number; readonly limitMs: number };
  readonly verify: { readonly inARow: number; readonly everyMs: number; readonly limitMs: number };
  /** With a refusal that asking again can cure: throttled, zone busy, no answer. */
  readonly retry: Patience;
}

export const RESET_PACE: ResetPace = {
  insync: { pollMs: 500, limitMs: 600_000 },
  verify: { inARow: 10, everyMs: 50, limitMs: 120_000 },
  retry: { firstMs: 500, maxMs: 5_000, tries: 6 },
};

export interface ResetOptions {
  readonly force: boolean;
  readonly pace: ResetPace;
}
