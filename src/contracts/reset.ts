import type { ResetWish } from '../core/dns/plan-reset.ts';
import type { ServerView } from './deploy.ts';

/** A reset as a workflow: what an alarm asks for by way of the gateway. */
export const RESET_WORKFLOW = 'resetRecord';

/** One reset of a record at a time. */
export const resetId = (fqdn: string): string => `reset:${fqdn}`;

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

export interface ResetRequest {
  readonly task: ResetTask;
  /** Told to the deployment that is asked to abort. */
  readonly reason: string;
}

/**
 * `there`: nothing to write. `restored`: written, and answered. `unseen`: written and in sync, but no name server could be asked.
 * `foreign`, `refused`: nothing written. `failed`: not restored, or not known. `unverified`: written, but not seen to serve.
 */
export type ResetOutcome = 'there' | 'restored' | 'unseen' | 'foreign' | 'refused' | 'failed' | 'unverified';

/** What became of one record. */
export interface ResetEnd {
  readonly record: string;
  readonly outcome: ResetOutcome;
  readonly sentence: string;
  readonly next: string | null;
  readonly zone: string | null;
  readonly servers: readonly ServerView[];
}

export interface ResetResult extends ResetEnd {
  /** What stood there before; null where it could not be read. */
  readonly was: string | null;
}

/** What a reset would do; `planned`: it would write, and the sentence is what would stand then. */
export interface ResetSight extends Omit<ResetResult, 'outcome'> {
  readonly outcome: ResetOutcome | 'planned';
}

export interface ResetActivities {
  resetRecord(request: ResetRequest): Promise<ResetResult>;
}
