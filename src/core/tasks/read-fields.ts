import { sha256 } from '../sha256.ts';
import { categories } from './categories.ts';
import { cleanBody } from './clean-body.ts';
import { cleanLine } from './clean-line.ts';
import { isDay, nearestDay } from './day.ts';
import { isMembers } from './is-members.ts';
import type { Fields, Zone } from './model.ts';
import { utcMinute } from './read-due.ts';

/** A task as Graph answers it, as far as it is compared. Nothing in it is relied upon. */
export interface RawTodoTask {
  readonly title?: unknown;
  readonly body?: unknown;
  readonly dueDateTime?: unknown;
  readonly reminderDateTime?: unknown;
  readonly isReminderOn?: unknown;
  readonly importance?: unknown;
  readonly categories?: unknown;
}

/** Finds the zone that a service names, under an IANA name or another; null for one that nobody knows. */
export type FindZone = (name: string) => Zone | null;

/**
 * What a task in To Do shows, in the form in which `mapTask` says it: reading back what was written gives what was mapped (S2).
 * Never throws: what cannot be read counts as absent, and so differs from what is wanted.
 */
export function readFields(raw: RawTodoTask, zone: Zone, zones: FindZone): Fields {
  const find: FindZone = (name) => (name === zone.name ? zone : zones(name));
  const due = instantOf(raw.dueDateTime, find);
  const reminder = raw.isReminderOn === true ? instantOf(raw.reminderDateTime, find) : null;
  return {
    title: cleanLine(textOf(raw.title)),
    body: bodyOf(raw.body),
    day: due === null ? null : nearestDay(due, zone),
    reminder: reminder === null ? null : utcMinute(reminder),
    importance: raw.importance === 'high' || raw.importance === 'low' ? raw.importance : 'normal',
    categories: Array.isArray(raw.categories) ? categories(raw.categories.filter(isText)) : [],
  };
}

function bodyOf(body: unknown): string {
  if (!isMembers(body)) return '';
  const content = textOf(body['content']);
  // Somebody formatted it: other than any text that we write, and the same each time that it is read.
  if (textOf(body['contentType']).toLowerCase() === 'html') return `html:${sha256(content).slice(0, 32)}`;
  return cleanBody(content);
}

/** A `dateTimeTimeZone`: clock time to the ten-millionth of a second, and the zone that it is told in. */
function instantOf(json: unknown, find: FindZone): number | null {
  if (!isMembers(json)) return null;
  const [, day = '', time = '', utc] = CLOCK.exec(textOf(json['dateTime'])) ?? [];
  if (!isDay(day)) return null;
  const local = `${day}T${time}`;
  const name = textOf(json['timeZone']);
  if (utc === 'Z' || UTC.test(name)) return Date.parse(`${local}Z`);
  return find(name)?.instantOf(local) ?? null;
}

const CLOCK = /^(\d{4}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?(Z?)$/;
/** The last is how Outlook says it at times. */
const UTC = /^(UTC|Etc\/UTC|GMT|Etc\/GMT|tzone:\/\/Microsoft\/Utc)$/i;

const isText = (value: unknown): value is string => typeof value === 'string';
const textOf = (value: unknown): string => (isText(value) ? value : '');
