import {
  isSettled,
  type Copy,
  type Fields,
  type Marker,
  type SetAside,
  type SourceTask,
  type Stranger,
} from './model.ts';

/** The list that a copy belongs in. */
export interface WantedList {
  /** What the marker keeps: `default`, or `list:` and the name. */
  readonly key: string;
  /** Null: the account's default list. */
  readonly name: string | null;
  /** Null where it has to be created first. */
  readonly id: string | null;
}

/** One thing to do, with everything that doing it needs. What has been done is seen at the next look, and nowhere else. */
export type Action =
  | CreateAction
  /** The copy shows something else than the task. */
  | {
      readonly kind: 'update';
      readonly source: string;
      readonly copy: Copy;
      readonly fields: Fields;
      readonly marker: Marker;
    }
  /** Completes the copy in To Do; the marker says so first, so that it never travels back (S3). */
  | {
      readonly kind: 'complete';
      readonly source: string;
      readonly copy: Copy;
      readonly marker: Marker;
      readonly removal: boolean;
    }
  /** Closes the task in Todoist: a person completed its copy. */
  | {
      readonly kind: 'close';
      readonly source: string;
      readonly copy: Copy;
      readonly marker: Marker;
    }
  | {
      readonly kind: 'reopen';
      readonly source: string;
      readonly copy: Copy;
      readonly fields: Fields;
      readonly marker: Marker;
    }
  | { readonly kind: 'remove'; readonly source: string; readonly copy: Copy; readonly removal: boolean }
  /** Marks an unmarked task as the copy; the next look compares it. */
  | { readonly kind: 'adopt'; readonly source: string; readonly stranger: Stranger; readonly marker: Marker }
  /** Writes the marker, the link, or both again. */
  | {
      readonly kind: 'repair';
      readonly source: string;
      readonly copy: Copy;
      /** Null: it is as it should be. */
      readonly marker: Marker | null;
      readonly link: boolean;
    };

/** `move`: the same in the list where it belongs now; the copy in the other list is an extra one from then on, and goes. */
export interface CreateAction {
  readonly kind: 'create' | 'move';
  readonly source: string;
  readonly list: WantedList;
  readonly fields: Fields;
  readonly marker: Marker;
}

/** What became of one task: what there is to do, and what to say of it. */
export interface Decided {
  readonly actions: readonly Action[];
  readonly setAside: readonly SetAside[];
  /** Both sides had changed, and Todoist won. */
  readonly overruled: boolean;
}

/** The policy of a pair, as far as decisions need it. */
export interface SyncPolicy {
  readonly pair: string;
  readonly completion: 'both' | 'todoist-only';
  readonly onDeleted: 'complete' | 'delete' | 'keep';
  readonly onOutOfScope: 'remove' | 'keep';
  readonly adopt: boolean;
}

/** A task that is active and in scope, as its copy should be. */
export interface WantedTask {
  readonly task: SourceTask;
  readonly fields: Fields;
  readonly hash: string;
  readonly occurrence: string | null;
  readonly list: WantedList;
  /** Sub-tasks in Todoist that nobody has completed: closing the task would close them too. */
  readonly openChildren: number;
}

/** The same with its completion known. */
export const settledMarker = (marker: Marker): Marker => ({
  ...marker,
  settled: Math.max(marker.turn, marker.settled),
});

/** The task is as it should be, or none of our business. */
export const NOTHING: Decided = { actions: [], setAside: [], overruled: false };

/** Only this, and nothing to say of it. */
export const todo = (...actions: readonly Action[]): Decided => ({ ...NOTHING, actions });

/** It is set aside (S5); the reason names no text of it (A1). */
export const leave = (id: string, reason: string): Decided => ({ ...NOTHING, setAside: [{ id, reason }] });

/** What was decided of several copies of one task. */
export function together(parts: readonly Decided[]): Decided {
  return {
    actions: parts.flatMap(({ actions }) => actions),
    setAside: parts.flatMap(({ setAside }) => setAside),
    overruled: parts.some(({ overruled }) => overruled),
  };
}

/** Whether a completion of a copy with this marker is a person's, and closes the task. */
export const travels = (marker: Marker, { completion }: SyncPolicy): boolean =>
  !isSettled(marker) && completion === 'both';
