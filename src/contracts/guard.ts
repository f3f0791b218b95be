import { escapeMarkdown } from '../core/escape-markdown.ts';
import type { ToldTrouble } from '../core/dns/guard-notices.ts';
import type { GuardOutcome } from '../core/dns/judge-guard.ts';
import type { FenceSight, GuardLimits } from '../core/dns/judge-fence.ts';
import type { Guarded, GuardedRecord, OwnersSight, Repair, RepairEnd } from '../core/dns/stand-guard.ts';
import type { NotifyRequest } from './notify.ts';

/**
 * A Schedule starts it itself, without a tick: it is no lock, because two guards at once do no harm (the second one's restore finds
 * the fence at rest), and each reads what the run before it has told.
 */
export const GUARD_WORKFLOW = 'guardRecords';
export const GUARD_ID = 'guard';
/** Ids of Temporal Schedules that `apply` makes and removes begin so. */
export const guardScheduleId = (name: string): string => `switchyard:guard:${name}`;

/** Every pace and limit of a guard, in milliseconds unless named otherwise: part of the request, so that a history explains itself. */
export interface GuardPace extends GuardLimits {
  /** How often an activity asks a service again. */
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  readonly insync: { readonly pollMs: number; readonly limitMs: number };
  readonly verify: { readonly inARow: number; readonly everyMs: number; readonly limitMs: number };
}

export const GUARD_PACE: GuardPace = {
  lookAgainMs: 2 * 60_000,
  overdueAfterMs: 5 * 60_000,
  retry: { firstMs: 1_000, maxMs: 30_000 },
  insync: { pollMs: 5_000, limitMs: 10 * 60_000 },
  verify: { inARow: 10, everyMs: 200, limitMs: 2 * 60_000 },
};

/** What one guard is asked to do. Plain values, validated by the client before anything starts (A2). */
export interface GuardRequest {
  readonly records: readonly GuardedRecord[];
  readonly act: 'report' | 'restore';
  readonly pace: GuardPace;
  /** Whom it tells of what is new; nobody without it. */
  readonly notify?: NotifyRequest;
}

export interface GuardReport {
  readonly schemaVersion: 1;
  readonly outcome: GuardOutcome;
  readonly act: GuardRequest['act'];
  /** How many fences were looked at. */
  readonly fences: number;
  /** The records that are not at rest, and no others. */
  readonly records: readonly Guarded[];
  readonly startedAt: number;
  readonly endedAt: number;
  /** The troubles that stand, so that the next guard of the Schedule does not tell them again; none in reports of before. */
  readonly told?: readonly ToldTrouble[];
  /** Whom it could not tell, a sentence each. */
  readonly notices?: readonly string[];
}

/** The memo of every guard: what `ls` shows without a worker. */
export interface GuardMemo {
  readonly act: GuardRequest['act'];
  readonly fences: number;
  readonly outcome?: GuardOutcome;
  readonly sentence?: string | null;
}

/** What is to be seen of a guard without a worker: its memo, and its line in the UI, which renders Markdown. */
export function guardLabels({ records, act }: GuardRequest) {
  const memo: GuardMemo = { act, fences: records.length };
  const fences = records.length === 1 ? 'fence' : 'fences';
  const names = records.map(({ record }) => record).join(', ');
  const staticSummary = escapeMarkdown(`guard of ${records.length} ${fences} (${act}): ${names}`).slice(0, 200);
  return { memo: { ...memo }, staticSummary };
}

/** The activities of a guard. */
export interface GuardActivities {
  /** In the order of the records; one that cannot be read keeps no other from being read. */
  readFences(input: ReadFencesInput): Promise<readonly FenceSight[]>;
  askOwners(input: { readonly owners: readonly string[] }): Promise<OwnersSight>;
  repairRecords(input: RepairInput): Promise<readonly RepairEnd[]>;
}

export interface ReadFencesInput {
  readonly records: readonly GuardedRecord[];
  readonly retry: GuardPace['retry'];
}

export interface RepairInput {
  readonly repairs: readonly Repair[];
  readonly pace: Pick<GuardPace, 'retry' | 'insync' | 'verify'>;
}
