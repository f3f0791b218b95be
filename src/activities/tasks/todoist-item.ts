/**
 * One item of the sync endpoint, judged leniently: only what is mirrored has to be right, and one bad task never fails the others (S5).
 * The reason names a field, never what is in it (A1).
 */
import { isMembers } from '../../core/tasks/is-members.ts';
import { isTaskId } from '../../core/tasks/is-task-id.ts';
import type { SourceDue, SourceTask } from '../../core/tasks/model.ts';
import { type Json } from './todoist-connection.ts';

/** Without what only the other items and the projects can tell. */
export type ItemFields = Omit<SourceTask, 'project' | 'parentTitle'>;

export type ReadItem =
  { readonly kind: 'readable'; readonly fields: ItemFields } | { readonly kind: 'unreadable'; readonly reason: string };

/** @returns why it is unreadable, where it is; what is mirrored of it otherwise. */
export function readItem(id: string, item: Json): ReadItem {
  if (!isTaskId(id)) return { kind: 'unreadable', reason: 'Todoist sent an id that is not one.' };
  const fields: Fields = {
    content: textOr(item['content'], undefined),
    description: textOr(item['description'] ?? '', undefined),
    parentId: textOr(item['parent_id'] ?? null, null),
    priority: priorityOf(item['priority']),
    labels: labelsOf(item['labels'] ?? []),
    due: item['due'] === null ? null : dueOf(item['due']),
    deadline: deadlineOf(item['deadline'] ?? null),
    duration: durationOf(item['duration'] ?? null),
  };
  const bad = Object.entries(fields).find(([, value]) => value === undefined);
  if (bad !== undefined) return { kind: 'unreadable', reason: `Todoist sent a ${bad[0]} that is not one.` };
  return { kind: 'readable', fields: { id, ...(fields as Omit<ItemFields, 'id'>) } };
}

/** Undefined: not readable. */
type Fields = { readonly [Name in keyof Omit<ItemFields, 'id'>]: ItemFields[Name] | undefined };

function textOr<T extends null | undefined>(value: unknown, other: T): string | T | undefined {
  if (typeof value === 'string') return value;
  return value === null ? other : undefined;
}

function priorityOf(value: unknown): ItemFields['priority'] | undefined {
  return value === 1 || value === 2 || value === 3 || value === 4 ? value : undefined;
}

function labelsOf(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((label) => typeof label === 'string') ? value : undefined;
}

const DUE = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z)?)?$/;

/** Some accounts are served with fractions of seconds, which mean nothing. */
function dueOf(value: unknown): SourceDue | undefined {
  if (!isMembers(value)) return undefined;
  const { date, string: text, is_recurring: recurring } = value;
  const [, day, time, zulu = ''] = DUE.exec(typeof date === 'string' ? date : '') ?? [];
  if (day === undefined || !isDay(day) || (time !== undefined && !isTime(time))) return undefined;
  if (typeof recurring !== 'boolean') return undefined;
  return {
    date: time === undefined ? day : `${day}T${time}${zulu}`,
    text: typeof text === 'string' ? text : '',
    recurring,
  };
}

function deadlineOf(value: unknown): string | null | undefined {
  if (value === null) return null;
  const date = isMembers(value) ? value['date'] : undefined;
  return typeof date === 'string' && isDay(date) ? date : undefined;
}

function durationOf(value: unknown): ItemFields['duration'] | undefined {
  if (value === null) return null;
  if (!isMembers(value)) return undefined;
  const { amount, unit } = value;
  const known = unit === 'minute' || unit === 'day';
  return known && typeof amount === 'number' && amount > 0 ? { amount, unit } : undefined;
}

/** A day of the calendar: `2026-02-30` is none. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(text);
