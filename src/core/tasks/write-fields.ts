import { hasRung } from './has-rung.ts';
import type { Mirror } from './mirrored.ts';
import type { Fields, Zone } from './model.ts';

/**
 * What is sent to create or to change a task in To Do. Never `recurrence`: To Do would make tasks of its own from it (facts B3), and
 * the copy shows one occurrence of what Todoist repeats.
 */
export interface TodoTaskBody {
  readonly title: string;
  readonly body: { readonly content: string; readonly contentType: 'text' };
  readonly importance: Fields['importance'];
  readonly dueDateTime: DateTimeTimeZone | null;
  /** Left out where labels are not mirrored: categories are then the person's own. */
  readonly categories?: readonly string[];
  /** Left out with `isReminderOn` where times are not mirrored. */
  readonly reminderDateTime?: DateTimeTimeZone | null;
  readonly isReminderOn?: boolean;
}

export interface DateTimeTimeZone {
  readonly dateTime: string;
  readonly timeZone: string;
}

export interface WriteOptions {
  /** Milliseconds since the epoch: a reminder before it is not switched on, for it would ring at once, and once more. */
  readonly now: number;
  readonly mirror: Mirror;
}

/** The fields as Graph takes them; the due day as midnight of the pair's zone, which is all that To Do keeps of it (facts B3). */
export function writeFields(fields: Fields, zone: Zone, { mirror, now }: WriteOptions): TodoTaskBody {
  return {
    title: fields.title,
    body: { content: fields.body, contentType: 'text' },
    importance: fields.importance,
    dueDateTime: fields.day === null ? null : { dateTime: `${fields.day}T00:00:00`, timeZone: zone.name },
    ...(mirror.categories ? { categories: fields.categories } : {}),
    ...(mirror.reminders ? reminderMembers(fields.reminder, now) : {}),
  };
}

function reminderMembers(
  reminder: string | null,
  now: number,
): Pick<TodoTaskBody, 'reminderDateTime' | 'isReminderOn'> {
  if (reminder === null || hasRung(reminder, now)) {
    return { reminderDateTime: null, isReminderOn: false };
  }
  return { reminderDateTime: { dateTime: reminder.replace('Z', ':00'), timeZone: 'UTC' }, isReminderOn: true };
}
