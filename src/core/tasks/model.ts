/**
 * What a sync knows of its two sides. Text of tasks lives here and in the two services, and nowhere else (A1).
 */

/** A task of Todoist, active and in scope, as far as it is mirrored. */
export interface SourceTask {
  readonly id: string;
  readonly content: string;
  readonly description: string;
  /** The project's name. */
  readonly project: string;
  readonly parentId: string | null;
  /** Of the parent, where it is an active task; in scope or not. */
  readonly parentTitle: string | null;
  /** 1 is normal, 4 is urgent (p1 in Todoist's apps). */
  readonly priority: 1 | 2 | 3 | 4;
  readonly labels: readonly string[];
  readonly due: SourceDue | null;
  /** `YYYY-MM-DD` */
  readonly deadline: string | null;
  readonly duration: { readonly amount: number; readonly unit: 'minute' | 'day' } | null;
}

export interface SourceDue {
  /** As Todoist says it: `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` (floating, in the user's zone), or the same with `Z` (fixed). */
  readonly date: string;
  /** `every monday`, as the user typed it. */
  readonly text: string;
  readonly recurring: boolean;
}

/** Todoist as read at one moment. */
export interface Source {
  readonly userId: string;
  /** IANA name of the user's own zone. */
  readonly timeZone: string;
  /** Active and in scope. */
  readonly tasks: readonly SourceTask[];
  /** All active tasks of the account, in scope or not, with the parent that each hangs below. */
  readonly active: ReadonlyMap<string, { readonly parentId: string | null }>;
  /** Tasks that could not be read: they are set aside, and neither created nor removed. */
  readonly unreadable: readonly SetAside[];
}

/** What became of a task that is no longer among the active ones in scope. `unknown`: it could not be looked up. */
export type Fate = 'out-of-scope' | 'completed' | 'deleted' | 'unknown';

/** What a copy in To Do shows, in a form in which equal things are equal. */
export interface Fields {
  readonly title: string;
  /** Plain text, lines ended by LF. */
  readonly body: string;
  /** `YYYY-MM-DD` in the pair's zone. */
  readonly day: string | null;
  /** To the minute, in UTC: `2026-11-25T08:30Z`. */
  readonly reminder: string | null;
  readonly importance: 'low' | 'normal' | 'high';
  /** Sorted, each once. */
  readonly categories: readonly string[];
}

/** The state that this pair wrote last, kept in an open extension of the copy itself. */
export interface Marker {
  /** Id of the task in Todoist. */
  readonly source: string;
  readonly pair: string;
  /** Id of the Todoist account. */
  readonly user: string;
  /** Of the mapping, by which `hash` was made. */
  readonly version: number;
  /** Of the fields that were written. */
  readonly hash: string;
  /** The due day that was written. */
  readonly day: string | null;
  /** The date of the occurrence that is mirrored, as Todoist says it; null for a task without a due date. */
  readonly occurrence: string | null;
  /**
   * How often the copy was opened by us, and the last of these turns whose completion is known and needs nothing more; -1 for none. Each is
   * written by itself and only grows, so that a write that lands late cannot make a completion of ours look like a person's (S3).
   */
  readonly turn: number;
  readonly settled: number;
  /** The name of the list that was wanted; a copy that was moved by hand stays where it was put. */
  readonly list: string;
  /** Hash of what was found and overwritten last: a service that rewrites what it is given must not be fought for ever. */
  readonly overruled: string | null;
}

/** Whether the completion of the copy, should it be completed, is known already: ours, or one that has travelled. */
export const isSettled = ({ turn, settled }: Marker): boolean => settled >= turn;

/** A task in To Do that carries the marker of this pair, in its link, in its extension, or in both. */
export interface Copy {
  readonly id: string;
  readonly listId: string;
  readonly etag: string;
  /** Id of the task in Todoist. */
  readonly source: string;
  readonly fields: Fields;
  readonly completed: boolean;
  /** Null where only the link is there. */
  readonly marker: Marker | null;
  /** Whether a link is there, ours or another: a task can have one only. */
  readonly linked: boolean;
  /** Steps, attachments: what a person added and a new copy would not have. */
  readonly extras: boolean;
  /** A person made it repeat in To Do: writing its day would make a second open task (measured). */
  readonly repeats: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** An open task in To Do without a marker of this pair. */
export interface Stranger {
  readonly id: string;
  readonly listId: string;
  readonly title: string;
  readonly day: string | null;
  readonly createdAt: string;
  /** A task can have one link only. */
  readonly hasLink: boolean;
}

/** An open task in To Do that carries the marker of another pair. */
export interface OtherCopy {
  /** The other one. */
  readonly pair: string;
  /** Id of the task in Todoist. */
  readonly source: string;
  /** Id of the Todoist account. */
  readonly user: string;
}

export interface TodoList {
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** In a list that several people share there may be copies that the sync of another one of them made. */
  readonly shared: 'no' | 'by-me' | 'with-me';
}

/** To Do as read at one moment. */
export interface Destination {
  readonly lists: readonly TodoList[];
  readonly copies: readonly Copy[];
  readonly strangers: readonly Stranger[];
  readonly others: readonly OtherCopy[];
}

/** Stands for the id of a task that came without one. */
export const NAMELESS = '?';

/** A task that is left as it is, and why; never with its text. */
export interface SetAside {
  /** Id in Todoist, or `todo:` and the id in To Do where there is no other. */
  readonly id: string;
  readonly reason: string;
}

/** Clock times of one IANA zone. */
export interface Zone {
  readonly name: string;
  /** `2026-11-25T09:30:00` there, in milliseconds since the epoch; a time that a change of the clocks skips moves forward. */
  instantOf(local: string): number;
  /** The other way round. */
  localOf(instant: number): string;
}
