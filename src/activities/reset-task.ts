import type { AwsClients } from '../clients.ts';
import type { ServerView } from '../contracts/deploy.ts';
import type { ResetWish } from '../core/dns/plan-reset.ts';
import type { LookDeps } from './look-deps.ts';
import type { Patience } from './patiently.ts';
import type { Pulse } from './pulse.ts';

export interface ResetTask {
  /** Canonical. */
  readonly record: string;
  /** Id or name; null: the longest zone that holds the record. */
  readonly zone: string | null;
  /** Whose credentials reach the zone; null: those of the process itself. */
  readonly role: string | null;
  readonly wish: ResetWish;
  readonly verify: 'authoritative' | 'api';
}

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

/**
 * `there`: nothing to write. `restored`: written, and answered. `unseen`: written and in sync, but no name server could be asked.
 * `foreign`, `refused`: nothing written. `failed`: not restored, or not known. `unverified`: written, but not seen to serve.
 */
export type ResetOutcome = 'there' | 'restored' | 'unseen' | 'foreign' | 'refused' | 'failed' | 'unverified';

export interface ResetResult {
  readonly record: string;
  readonly outcome: ResetOutcome;
  readonly sentence: string;
  readonly next: string | null;
  readonly zone: string | null;
  readonly servers: readonly ServerView[];
}
