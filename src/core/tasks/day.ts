import type { Zone } from './model.ts';

/** Whether `text` is a real day, `YYYY-MM-DD`, that both services can hold: 1900-01-01 to 9999-12-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < FIRST_DAY) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  // JavaScript takes February 30 for March 2.
  return Number.isFinite(instant) && new Date(instant).toISOString().startsWith(text);
}

/** 1899 and before is what Outlook uses for "no date". */
const FIRST_DAY = '1900-01-01';

/**
 * The day that To Do means by an instant. It keeps midnight of the zone that it was sent and answers in UTC, so this is the nearest
 * midnight of the pair's zone and not the day that the instant falls on (facts B3). Null for one that is no day.
 */
export function nearestDay(instant: number, zone: Zone): string | null {
  if (!Number.isFinite(instant)) return null;
  const local = zone.localOf(instant);
  const day = local.slice(0, 10);
  if (!isDay(day)) return null;
  const nearest = local.slice(11, 13) < '12' ? day : dayAfter(day);
  return isDay(nearest) ? nearest : null;
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** `day` itself, or the next one where the zone skipped it (Samoa had no 2011-12-30): what To Do would answer for it. */
export function dayIn(zone: Zone, day: string): string | null {
  return isDay(day) ? nearestDay(zone.instantOf(`${day}T00:00:00`), zone) : null;
}
