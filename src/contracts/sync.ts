import type { Guards } from '../core/tasks/guard.ts';
import type { MapOptions } from '../core/tasks/map-task.ts';
import type { SetAside } from '../core/tasks/model.ts';
import type { SyncPolicy } from '../core/tasks/plan.ts';
import type { FailureFacts } from './deploy.ts';
import type { NotifyRequest } from './notify.ts';
import type { ListPolicy } from '../core/tasks/wanted-list.ts';

/** Workflow types as strings, so that the client need not load workflow code. */
export const SYNC_WORKFLOW = 'syncTasks';
/** What a Schedule starts: it runs the locked workflow as a child, and counts one that runs already as skipped. */
export const SYNC_TICK_WORKFLOW = 'tickSync';
/** `--dry-run`: looks and plans, writes nothing. */
export const SYNC_PLAN_WORKFLOW = 'planSync';
export const SYNC_DOCTOR_WORKFLOW = 'diagnoseSync';
export const SYNC_QUEUE = 'switchyard-sync';

/** The workflow id is the lock: one run of a pair at a time. */
export const syncId = (pair: string): string => `sync:${pair}`;

/** Which tasks of Todoist are mirrored. */
export type Scope =
  | { readonly kind: 'everything' }
  /** By name or id. */
  | { readonly kind: 'projects'; readonly projects: readonly string[] }
  | { readonly kind: 'label'; readonly label: string }
  /** In Todoist's own language: `#Work & !@waiting`. */
  | { readonly kind: 'filter'; readonly filter: string };

export type Lists = ListPolicy;

/** One Todoist account and one To Do account, as declared under `sync:` in switchyard.yaml. Secrets by name (A1). */
export interface PairSpec extends Omit<SyncPolicy, 'adopt'> {
  readonly from: {
    readonly secret: string;
    readonly scope: Scope;
    /** In shared projects. */
    readonly assignee: 'me-or-none' | 'anyone';
  };
  readonly to: {
    /** Who must be signed in; null with a ready token, then whoever it belongs to. */
    readonly account: string | null;
    /** A ready access token, for trying out; null: the sign-in of the pair. */
    readonly secret: string | null;
    /** `application`: the worker's own identity, for organisations. */
    readonly access: 'delegated' | 'application';
    readonly lists: Lists;
  };
  /** IANA name; null: the zone of the Todoist account. */
  readonly timeZone: string | null;
  /** When a run stops before it removes anything (S4); what one run is allowed beyond that is asked with it. */
  readonly stopAt: Omit<Guards, 'allowed' | 'removed'>;
  readonly fields: MapOptions;
}

/** Every pace and limit of a run, in milliseconds unless named otherwise: part of the request, so that a history explains itself. */
export interface SyncPace {
  /** From the first `syncRequested` to the look: so many wishes give one run. */
  readonly debounceMs: number;
  /** After a creation without an answer: when not to have found the task means that it is not there. */
  readonly settleMs: number;
  /** Actions of one activity. */
  readonly chunk: number;
  /** A run that does not end with nothing to do after so many activities is given up. */
  readonly mostRounds: number;
  /** How long a service may be away: until the next scheduled run, usually. */
  readonly giveUpAfterMs: number;
  readonly retry: { readonly firstMs: number; readonly maxMs: number };
  readonly heartbeatMs: number;
}

export const DEFAULT_SYNC_PACE: SyncPace = {
  debounceMs: 5_000,
  settleMs: 120_000,
  chunk: 5_000,
  mostRounds: 60,
  giveUpAfterMs: 60 * 60_000,
  retry: { firstMs: 1_000, maxMs: 60_000 },
  heartbeatMs: 20_000,
};

/** What one run is asked to do. Plain values, validated by the client before anything starts (A2). */
export interface SyncRequest {
  readonly spec: PairSpec;
  readonly trigger: 'manual' | 'schedule' | 'event';
  /** Who asked; not authenticated. */
  readonly by: string;
  /** Takes over unmarked tasks of the same title and day instead of creating a second one. */
  readonly adopt: boolean;
  /** Lets so many removals pass the guards, an empty source included; null: none beyond them. */
  readonly allowRemovals: number | null;
  readonly pace: SyncPace;
  /** What an earlier execution of the same run hands on; null in a first one. */
  readonly carried: CarriedRun | null;
  /** Whom the ticks of a Schedule, or a run by hand, tell that somebody has to sign in; absent: nobody. */
  readonly notify?: NotifyRequest;
  /** An earlier run by hand has told it: it is not told again, and its end is. */
  readonly signInTold?: true;
}

/** What travels when a run continues as new: counts and ids only. */
export interface CarriedRun extends SetAsideReport {
  readonly startedAt: number;
  readonly rounds: number;
  readonly view: SyncView | null;
  readonly totals: SyncTotals;
  /** Whether the last look found nothing to do, and how many activities there were since one did. */
  readonly finished: boolean;
  readonly restless: number;
  /** Removals since then. */
  readonly removed: number;
  /** Copies that were created lately, as an activity takes them. */
  readonly creations: Readonly<Record<string, number>>;
  /** Whether somebody has asked for another run meanwhile. */
  readonly requested: boolean;
}

export const ACTION_KINDS = [
  'create',
  'update',
  'complete',
  'close',
  'reopen',
  'move',
  'remove',
  'adopt',
  'repair',
] as const;
/** `complete`: the copy in To Do; `close`: the task in Todoist, because a person completed its copy. */
export type ActionKind = (typeof ACTION_KINDS)[number];

export type Counts = Readonly<Record<ActionKind, number>>;

/** Of nothing yet; each caller has one of its own to count in. */
export const noCounts = (): Record<ActionKind, number> =>
  Object.fromEntries(ACTION_KINDS.map((kind) => [kind, 0])) as Record<ActionKind, number>;

/** Ids in a report: enough to look at, and never near a payload's limit. */
export const MOST_OVERRULED = 1_000;
export const MOST_SET_ASIDE = 1_000;

export interface SetAsideReport {
  /** By id, with the reason; at most `MOST_SET_ASIDE`. */
  readonly setAside: readonly SetAside[];
  /** Of all. */
  readonly setAsideCount: number;
}

export interface SyncTotals {
  /** What was applied. */
  readonly applied: Counts;
  /** Tasks whose To Do side had changed as well: Todoist won. Ids, at most `MOST_OVERRULED`. */
  readonly overruled: readonly string[];
  /** Requests of this run, by service. */
  readonly requests: { readonly todoist: number; readonly todo: number };
  readonly throttled: { readonly times: number; readonly waitedMs: number };
  /** Attempts that failed and were repeated, creations that had to be looked for. */
  readonly retried: number;
}

/** What a look finds. */
export interface SyncView {
  /** Tasks of Todoist in scope. */
  readonly inScope: number;
  /** Copies in To Do that carry the marker. */
  readonly links: number;
  readonly planned: Counts;
  /** Unmarked tasks with the same title and day as one that has no copy: `--adopt` takes them over. */
  readonly similar: number;
}

export type SyncPhase = 'waiting' | 'working' | SyncOutcome;

export type SyncOutcome =
  | 'synced'
  /** Done, but for tasks that were set aside. */
  | 'synced-with-exceptions'
  /** A guard stopped it before anything was removed. */
  | 'stopped'
  | 'failed'
  | 'cancelled';

/** Answer of the query `status`, and what a run ends with. Ids, counts and hashes only (A1). */
export interface SyncStatus extends SetAsideReport {
  readonly schemaVersion: 1;
  readonly pair: string;
  readonly phase: SyncPhase;
  /** Null while it runs. */
  readonly outcome: SyncOutcome | null;
  readonly trigger: SyncRequest['trigger'];
  readonly by: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly rounds: number;
  /** The first look of the run; null before it. */
  readonly view: SyncView | null;
  readonly totals: SyncTotals;
  readonly failure: FailureFacts | null;
}

export type SyncReport = SyncStatus & { readonly outcome: SyncOutcome };

/** Names of the query and the signal. */
export const SYNC_MESSAGES = { status: 'status', syncRequested: 'syncRequested' } as const;

/** Payload of the signal `syncRequested`. */
export interface SyncWish {
  readonly by: string;
}

/** The memo of every run: what `ls` and `status` show without a worker. */
export interface SyncMemo {
  readonly pair: string;
  readonly by: string;
  readonly trigger: SyncRequest['trigger'];
  readonly outcome?: SyncOutcome;
  readonly sentence?: string | null;
  /** Whether creations that it sent last may not show yet, and are not named: the next run creates nothing for a while. */
  readonly unsettled?: boolean;
  /** Those that are named: by id in Todoist, with the time of their sending. */
  readonly creations?: Readonly<Record<string, number>>;
  /** Of a run by hand: it, or one before it, has told that somebody has to sign in, and nobody has yet. */
  readonly signInTold?: true;
}

/** Ids of Temporal Schedules that `apply` makes and removes begin so. */
export const scheduleId = (pair: string): string => `switchyard:sync:${pair}`;
