import { later } from './date-time-time-zone.ts';
import { isJson, objectIn } from './json.ts';
import type { Json } from './json.ts';
import { invalid } from './refusal.ts';

const UNITS: Readonly<Record<string, string>> = {
  daily: 'days',
  weekly: 'weeks',
  absoluteMonthly: 'months',
  relativeMonthly: 'months',
  absoluteYearly: 'years',
  relativeYearly: 'years',
};

/** A `patternedRecurrence`. @throws Refusal 400 where it has no pattern of a known type, or no range. */
export function checkRecurrence(value: unknown): Json {
  const recurrence = objectIn(value, 'recurrence');
  const pattern = objectIn(recurrence['pattern'], 'recurrence.pattern');
  objectIn(recurrence['range'], 'recurrence.range');
  if (UNITS[String(pattern['type'])] === undefined)
    throw invalid('The recurrence pattern is not known.', 'InvalidModel');
  return recurrence;
}

/**
 * The next due midnight. The rule counts in `range.recurrenceTimeZone`; without one in UTC, which is how a day gets lost. Days of the week are
 * not looked at: a weekly task comes back a week later.
 */
export function nextDue(due: string, recurrence: Json): string {
  const { pattern, range } = recurrence;
  const { type, interval } = isJson(pattern) ? pattern : {};
  const zone = isJson(range) && typeof range['recurrenceTimeZone'] === 'string' ? range['recurrenceTimeZone'] : 'UTC';
  return later(due, zone, { [UNITS[String(type)] ?? 'days']: Number(interval ?? 1) });
}
