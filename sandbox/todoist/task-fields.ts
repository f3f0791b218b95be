/** What a client may say about a task, judged as Todoist judges it. */
import { dueOf } from './due.ts';
import type { DueContext } from './due.ts';
import { invalidArgument } from './refusal.ts';
import type { Task } from './resources.ts';

/** Arguments as they came. */
export type Arguments = Readonly<Record<string, unknown>>;

export type TaskFields = Partial<
  Pick<Task, 'content' | 'description' | 'labels' | 'priority' | 'due' | 'deadline' | 'duration' | 'responsible_uid'>
>;

/** https://get.todoist.help/hc/en-us/articles/205064592-Usage-limits-in-Todoist */
const MAX = { content: 500, description: 16_383, label: 60, labels: 100 } as const;

/** Of the arguments, what belongs to the task itself. @throws Refusal for the first that is wrong. */
export function taskFieldsOf(args: Arguments, context: DueContext): TaskFields {
  return {
    ...(args['content'] === undefined ? {} : { content: contentOf(args['content']) }),
    ...(args['description'] === undefined ? {} : { description: descriptionOf(args['description']) }),
    ...(args['labels'] === undefined ? {} : { labels: labelsOf(args['labels']) }),
    ...(args['priority'] === undefined ? {} : { priority: priorityOf(args['priority']) }),
    ...(args['due'] === undefined ? {} : { due: dueFrom(args['due'], context) }),
    ...(args['deadline'] === undefined ? {} : { deadline: deadlineOf(args['deadline']) }),
    ...(args['duration'] === undefined ? {} : { duration: durationOf(args['duration']) }),
    ...(args['responsible_uid'] === undefined ? {} : { responsible_uid: responsibleOf(args['responsible_uid']) }),
  };
}

export const recordOf = (value: unknown): Arguments =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Arguments) : {};

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function contentOf(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw invalidArgument('content', 'must not be empty');
  if (value.length > MAX.content) throw invalidArgument('content', `must be at most ${MAX.content} characters`);
  return value;
}

function descriptionOf(value: unknown): string {
  if (typeof value !== 'string') throw invalidArgument('description', 'must be a string');
  if (value.length > MAX.description) throw invalidArgument('description', `at most ${MAX.description} characters`);
  return value;
}

function labelsOf(value: unknown): string[] {
  const labels: unknown[] = Array.isArray(value) ? value : [undefined];
  const names = labels.filter((label) => typeof label === 'string' && label !== '' && label.length <= MAX.label);
  if (names.length !== labels.length || names.length > MAX.labels) throw invalidArgument('labels', 'is not valid');
  return names as string[];
}

function priorityOf(value: unknown): number {
  if (value !== 1 && value !== 2 && value !== 3 && value !== 4) throw invalidArgument('priority', 'must be 1 to 4');
  return value;
}

function dueFrom(value: unknown, context: DueContext): Task['due'] {
  if (value === null) return null;
  const { date, string, timezone, lang } = recordOf(value);
  const said = { date: textOf(date), string: textOf(string), timezone: textOf(timezone), lang: textOf(lang) };
  if (said.date === undefined && said.string === undefined) throw invalidArgument('due', 'has no date');
  return dueOf(said, context);
}

function deadlineOf(value: unknown): Task['deadline'] {
  if (value === null) return null;
  const { date, lang } = recordOf(value);
  if (typeof date !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(date)) throw invalidArgument('deadline', 'is not a day');
  return { date, lang: textOf(lang) ?? 'en' };
}

function durationOf(value: unknown): Task['duration'] {
  if (value === null) return null;
  const { amount, unit } = recordOf(value);
  const whole = typeof amount === 'number' && Number.isInteger(amount) && amount > 0;
  if (!whole || (unit !== 'minute' && unit !== 'day')) throw invalidArgument('duration', 'is not valid');
  return { amount, unit };
}

function responsibleOf(value: unknown): string | null {
  if (value !== null && typeof value !== 'string') throw invalidArgument('responsible_uid', 'must be a user id');
  return value;
}
