import { categories } from './categories.ts';
import { mapBody } from './map-body.ts';
import { mapTitle } from './map-title.ts';
import type { Fields, SourceTask, Zone } from './model.ts';
import { readDue, utcMinute, type Due } from './read-due.ts';

/** Raised whenever the same task gives other fields than before: it is part of every hash. */
export const MAPPING_VERSION = 1;

export interface MapOptions {
  /** Times of day become reminders. */
  readonly reminders: boolean;
  /** Labels become categories. */
  readonly categories: boolean;
  /** What p2 (3 in the API) becomes. */
  readonly priority3: 'high' | 'normal';
  /** UTF-16 units; the whole title is in the body where it is longer. */
  readonly titleMax: number;
}

export type Mapped =
  | { readonly kind: 'mapped'; readonly fields: Fields }
  /** The task is set aside (S5); the reason names no text of it (A1). */
  | { readonly kind: 'unmappable'; readonly reason: string };

/** What the copy of a task shall show in To Do, in the pair's zone: the same for the same task, at any time, on any worker (S2). */
export function mapTask(task: SourceTask, options: MapOptions, zone: Zone): Mapped {
  const due = task.due === null ? null : readDue(task.due.date, zone);
  if (task.due !== null && due === null) return { kind: 'unmappable', reason: NO_DAY };
  const { title, whole } = mapTitle(task, options.titleMax);
  const fields: Fields = {
    title,
    body: mapBody(task, { whole, due, zone }),
    day: due?.day ?? null,
    reminder: options.reminders ? reminderOf(due) : null,
    importance: importanceOf(task.priority, options),
    categories: options.categories ? categories(task.labels).slice(0, MOST_CATEGORIES) : [],
  };
  return { kind: 'mapped', fields };
}

const NO_DAY =
  'its due date is none that To Do can hold: expected a day that exists, from 1900-01-01 to 9999-12-31, with or without a time';

/** Todoist's own limit of labels a task. */
const MOST_CATEGORIES = 100;

function reminderOf(due: Due | null): string | null {
  const instant = due?.instant ?? null;
  return instant === null ? null : utcMinute(instant);
}

function importanceOf(priority: SourceTask['priority'], options: MapOptions): Fields['importance'] {
  if (priority === 4) return 'high';
  return priority === 3 ? options.priority3 : 'normal';
}
