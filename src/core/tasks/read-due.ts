import { dayIn, isDay } from './day.ts';
import type { Zone } from './model.ts';

/** A due date of Todoist in a pair's zone. */
export interface Due {
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Where it has a time of day: that moment, in milliseconds since the epoch. */
  readonly instant: number | null;
}

/**
 * Reads the three shapes of a due date (facts A1): all-day, floating (no `Z`: in whatever zone its owner is), and fixed (`Z`).
 * Null for anything else, for days that do not exist and for those that To Do cannot hold.
 */
export function readDue(date: string, zone: Zone): Due | null {
  const [, day = '', time, fixed] = SHAPE.exec(date) ?? [];
  if (!isDay(day)) return null;
  if (time === undefined) return due(day, null, zone);
  const local = `${day}T${time.padEnd(8, ':00')}`;
  if (fixed === '') return due(day, zone.instantOf(local), zone);
  const instant = Date.parse(`${local}Z`);
  return due(zone.localOf(instant).slice(0, 10), instant, zone);
}

const SHAPE = /^(\d{4}-\d{2}-\d{2})(?:T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(?:\.\d+)?(Z?))?$/;

function due(date: string, instant: number | null, zone: Zone): Due | null {
  const day = dayIn(zone, date);
  // The last evening of 9999 west of Greenwich is a year of five digits in UTC.
  if (day === null || (instant !== null && !isDay(utcMinute(instant).slice(0, 10)))) return null;
  return { day, instant };
}

/** `2026-11-25T08:30Z` */
export function utcMinute(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, -8)}Z`;
}
