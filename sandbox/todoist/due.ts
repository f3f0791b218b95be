/** Due dates: the few words of Todoist's date language that this stand-in speaks, and the way from one occurrence to the next. */
import { DateTime } from 'luxon';
import { invalidArgument } from './refusal.ts';
import type { Due } from './resources.ts';

export interface DueContext {
  /** IANA name of the user's zone. */
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a client may send as `due`, or as `due_string`, `due_date` and `due_datetime`. */
export interface DueInput {
  readonly date?: string | null | undefined;
  readonly string?: string | null | undefined;
  readonly timezone?: string | null | undefined;
  readonly lang?: string | null | undefined;
}

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z?)?$/;
const DUE_STRING_MAX = 150;

/**
 * A due as Todoist would store it; only `string` can make a recurring one.
 *
 * @throws Refusal for words and dates that are none.
 */
export function dueOf(input: DueInput, context: DueContext): Due | null {
  const { date, string: text, timezone = null } = input;
  const base = { timezone, lang: input.lang ?? 'en' };
  if (typeof date === 'string') {
    if (!DATE.test(date) || !DateTime.fromISO(date).isValid) throw invalidArgument('due', 'date is not valid');
    return { ...base, date, string: text ?? date, is_recurring: text != null && stepOf(text) !== null };
  }
  if (typeof text !== 'string' || text === 'no date') return null;
  if (text.length > DUE_STRING_MAX) throw invalidArgument('due_string', 'is too long');
  return { ...base, date: firstDate(text, context), string: text, is_recurring: stepOf(text) !== null };
}

/** The next occurrence of a recurring due: one step on, whenever it is closed. */
export function nextOccurrence(due: Due, context: DueContext): Due {
  const step = stepOf(due.string);
  if (step === null) return due;
  const fixed = due.date.endsWith('Z');
  const zone = fixed ? (due.timezone ?? context.zone) : 'utc';
  const next = step(DateTime.fromISO(due.date, { zone: fixed ? 'utc' : zone }).setZone(zone));
  if (due.date.length === 10) return { ...due, date: next.toFormat('yyyy-MM-dd') };
  const shown = fixed ? next.toUTC().toFormat("yyyy-MM-dd'T'HH:mm:ss'Z'") : next.toFormat("yyyy-MM-dd'T'HH:mm:ss");
  return { ...due, date: shown };
}

/** The day of a due in the user's zone. */
export function dayOf(due: Due, zone: string): string {
  if (!due.date.endsWith('Z')) return due.date.slice(0, 10);
  return DateTime.fromISO(due.date, { zone }).toFormat('yyyy-MM-dd');
}

export const today = ({ zone, now }: DueContext): string => DateTime.fromMillis(now, { zone }).toFormat('yyyy-MM-dd');

type Step = (from: DateTime) => DateTime;

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function stepOf(text: string): Step | null {
  const rule = withoutTime(text);
  if (rule === 'every day') return (from) => from.plus({ days: 1 });
  if (rule === 'every week') return (from) => from.plus({ weeks: 1 });
  if (rule === 'every month') return (from) => from.plus({ months: 1 });
  const days = /^every (\d{1,3}) days$/.exec(rule)?.[1];
  if (days !== undefined) return (from) => from.plus({ days: Number(days) });
  const weekday = WEEKDAYS.indexOf(/^every (\w+)$/.exec(rule)?.[1] ?? '') + 1;
  return weekday === 0 ? null : (from) => from.plus({ days: ((weekday - from.weekday + 6) % 7) + 1 });
}

/** `every monday at 9:30` is `every monday`. */
const withoutTime = (text: string): string => text.toLowerCase().replace(/ at \d{1,2}:\d{2}$/, '');

function firstDate(text: string, context: DueContext): string {
  const day = firstDay(withoutTime(text), context);
  const [, hour, minute] = / at (\d{1,2}):(\d{2})$/.exec(text.toLowerCase()) ?? [];
  return hour === undefined || minute === undefined ? day : `${day}T${hour.padStart(2, '0')}:${minute}:00`;
}

function firstDay(rule: string, { zone, now }: DueContext): string {
  const here = DateTime.fromMillis(now, { zone }).startOf('day');
  if (rule === 'today') return here.toFormat('yyyy-MM-dd');
  if (rule === 'tomorrow') return here.plus({ days: 1 }).toFormat('yyyy-MM-dd');
  if (DATE.test(rule)) return rule;
  const step = stepOf(rule);
  if (step === null) throw invalidArgument('due_string', 'date is not recognised');
  const weekly = WEEKDAYS.some((weekday) => rule === `every ${weekday}`);
  return (weekly ? step(here.minus({ days: 1 })) : here).toFormat('yyyy-MM-dd');
}
