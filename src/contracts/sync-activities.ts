import type { Finding } from './doctor.ts';
import type { ActionKind, Counts, PairSpec, SetAsideReport, SyncPace, SyncTotals, SyncView } from './sync.ts';

/** One look at both sides. */
export interface SyncLookInput {
  readonly spec: PairSpec;
  readonly adopt: boolean;
  readonly allowRemovals: number | null;
  readonly pace: SyncPace;
}

/** One look, as many of the actions that follow from it as fit, and what this run has set aside: that is not tried again. */
export interface SyncChunkInput extends SyncLookInput, SetAsideReport {
  /** Removals since a look of this run last found nothing to do: the guards judge them with what is planned (S4). */
  readonly removed: number;
  /** Copies that this run created lately, by id in Todoist with the time of their sending: they may not show yet. */
  readonly creations: Readonly<Record<string, number>>;
}

/** With everything set aside so far in this run. */
export interface SyncChunk extends SetAsideReport {
  readonly view: SyncView;
  readonly totals: SyncTotals;
  readonly removed: number;
  readonly creations: Readonly<Record<string, number>>;
  /** Whether the look found nothing to do: only then is the run done. */
  readonly done: boolean;
}

/** What an activity that fails says of what it has done all the same. */
export interface ChunkFacts extends SetAsideReport {
  readonly totals: SyncTotals;
  /** Whether creations that it sent may still land. */
  readonly unsettled: boolean;
}

/** What a running chunk heartbeats: how far it is, and what the next attempt must know. */
export interface ChunkBeat extends SetAsideReport {
  readonly doing: string;
  readonly totals: SyncTotals;
  readonly planned: Counts;
  readonly removed: number;
  /** As in the input; null while the attempt runs, since what it sends now is not in here yet. */
  readonly creations: Readonly<Record<string, number>> | null;
  /** Whose beat it is: one of an attempt before the last says nothing of the last. */
  readonly attempt: number;
  /** Until when nothing is created, because one that was cut off may have; in milliseconds since the epoch, 0 where none has. */
  readonly quietUntil: number;
  /** Since when the services have not let this activity move on, in milliseconds since the epoch; null while they do. */
  readonly troubleSince: number | null;
  readonly at: number;
}

export interface PlannedAction {
  readonly kind: ActionKind;
  /** Id in Todoist, or `todo:` and the id in To Do. */
  readonly id: string;
  readonly why: string;
}

export interface SyncPlanView extends SyncView, SetAsideReport {
  /** The first thousand. */
  readonly actions: readonly PlannedAction[];
  /** Why a run would stop before it writes; null where it would not. */
  readonly stop: { readonly sentence: string; readonly next: string } | null;
}

/** The activities of a sync. They name what failed; the caller's policy judges (policies/). */
export interface SyncActivities {
  /** Looks at both sides, plans, and applies up to `pace.chunk` actions. */
  syncChunk(input: SyncChunkInput): Promise<SyncChunk>;
  /** The same look without a write. */
  planSync(input: SyncLookInput): Promise<SyncPlanView>;
  /** What `doctor` asks: reach, tokens and accounts of a pair. */
  diagnoseSync(input: { readonly spec: PairSpec }): Promise<readonly Finding[]>;
  /** What a tick has to know of the run before it, whose trouble it may end. */
  hasToldByHand(input: { readonly pair: string }): Promise<boolean>;
}
