/**
 * Graph's `dateTimeTimeZone`, as To Do treats it: days become midnights of the zone that was sent, and everything is kept and told in UTC.
 */
import { DateTime, IANAZone } from 'luxon';
import { findIana } from 'windows-iana';
import { objectIn, stringIn } from './json.ts';
import { invalid } from './refusal.ts';

const UTC_TEXT = "yyyy-MM-dd'T'HH:mm:ss'.0000000'";
const DATE_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z?)?$/;

/** The time of day is dropped: midnight of the sent zone, in UTC. @throws Refusal 400. */
export function midnightIn(value: unknown, where: string): string {
  const { text, zone } = partsOf(value, where);
  return utcText(text.slice(0, 10), zone);
}

/** The time of day is kept, in UTC. @throws Refusal 400. */
export function instantIn(value: unknown, where: string): string {
  const { text, zone } = partsOf(value, where);
  return utcText(text.replace(/Z$/, ''), zone);
}

/** UTC midnight of the day of `now`: all that `completedDateTime` tells. */
export function utcMidnight(now: number): string {
  return `${new Date(now).toISOString().slice(0, 10)}T00:00:00.0000000`;
}

/** As answered, in UTC or in the zone that `Prefer: outlook.timezone` names. */
export function told(utc: string, zone: string): { readonly dateTime: string; readonly timeZone: string } {
  if (zone === 'UTC') return { dateTime: utc, timeZone: zone };
  return { dateTime: atUtc(utc).setZone(ianaOf(zone)).toFormat(UTC_TEXT), timeZone: zone };
}

/** The midnight that lies some days, months or years later in `zone`. */
export function later(utc: string, zone: string, by: Readonly<Record<string, number>>): string {
  const day = atUtc(utc).setZone(ianaOf(zone)).plus(by).toISODate() ?? '';
  return utcText(day, ianaOf(zone));
}

/** @throws Refusal 400 for a zone that is neither a Windows nor an IANA name. */
export function ianaOf(name: string): string {
  const found = ZONES.get(name) ?? (IANAZone.isValidZone(name) ? name : findIana(name)[0]);
  if (found === undefined) throw invalid(`The timezone '${name}' is not supported.`, 'TimeZoneNotSupportedException');
  ZONES.set(name, found);
  return found;
}

const ZONES = new Map([['UTC', 'UTC']]);

function partsOf(value: unknown, where: string): { readonly text: string; readonly zone: string } {
  const { dateTime, timeZone, ...others } = objectIn(value, where);
  const unknown = Object.keys(others).filter((key) => !key.startsWith('@'));
  if (unknown.length > 0) throw invalid(`'${where}' has no property '${unknown.join(', ')}'.`, 'RequestBodyRead');
  const text = stringIn(dateTime, `${where}.dateTime`);
  if (!DATE_TIME.test(text)) throw invalid(`'${where}' is not a valid date and time.`);
  return { text, zone: ianaOf(stringIn(timeZone, `${where}.timeZone`)) };
}

function utcText(local: string, zone: string): string {
  const at = DateTime.fromISO(local, { zone });
  if (!at.isValid) throw invalid('The value is not a valid date and time.');
  return at.toUTC().toFormat(UTC_TEXT);
}

const atUtc = (utc: string): DateTime => DateTime.fromISO(utc.slice(0, 19), { zone: 'utc' });
