import type { SetAside } from '../core/tasks/model.ts';
import type { Finding } from './doctor.ts';
import type { ActionKind, Counts, PairSpec, SyncPace, SyncTotals, SyncView } from './sync.ts';

/** One look at both sides, and as many of the actions that follow from it as fit. */
export interface SyncChunkInput {
  readonly spec: PairSpec;
  readonly adopt: boolean;
  readonly allowRemovals: number | null;
  readonly pace: SyncPace;
  /** Set aside earlier in this run: not tried again. */
  readonly setAside: readonly SetAside[];
}

export interface SyncChunk {
  readonly view: SyncView;
  readonly totals: SyncTotals;
  /** Everything set aside so far in this run. */
  readonly setAside: readonly SetAside[];
  /** Whether the look found nothing to do: only then is the run done. */
  readonly done: boolean;
}

/** What a running chunk heartbeats: how far it is, and what the next attempt must know. */
export interface ChunkBeat {
  readonly doing: string;
  readonly totals: SyncTotals;
  readonly planned: Counts;
  readonly setAside: readonly SetAside[];
  /**
   * Tasks whose copies were created and have not been seen yet, by id in Todoist with the time of their sending; null while the
   * attempt runs, since what it sends now is not in here yet.
   */
  readonly unseen: Readonly<Record<string, number>> | null;
  /** Until when nothing is created, because an attempt that died may have; in milliseconds since the epoch, 0 where none has. */
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

export interface SyncPlanView extends SyncView {
  /** The first thousand. */
  readonly actions: readonly PlannedAction[];
  readonly setAside: readonly SetAside[];
  /** Why a run would stop before it writes; null where it would not. */
  readonly stop: { readonly sentence: string; readonly next: string } | null;
}

/** The activities of a sync. They name what failed; the caller's policy judges (policies/). */
export interface SyncActivities {
  /** Looks at both sides, plans, and applies up to `pace.chunk` actions. */
  syncChunk(input: SyncChunkInput): Promise<SyncChunk>;
  /** The same look without a write. */
  planSync(input: SyncChunkInput): Promise<SyncPlanView>;
  /** What `doctor` asks: reach, tokens and accounts of a pair. */
  diagnoseSync(input: { readonly spec: PairSpec }): Promise<readonly Finding[]>;
}
