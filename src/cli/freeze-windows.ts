import type { DateTime, WeekdayNumbers } from 'luxon';
import type { FreezePolicy } from '../contracts/file.ts';
import type { FreezeWindow } from '../core/freeze.ts';

const DAY = 86_400_000;
/** A start waits for at most a day, an approval too, and a pause as long: what comes later is another deployment's. */
const AHEAD_MS = 14 * DAY;
const BACK_MS = 8 * DAY;

/** Every freeze that touches the next 14 days, as moments: a workflow knows neither zones nor summer times. */
export async function freezeWindows(policies: readonly FreezePolicy[], now: number): Promise<readonly FreezeWindow[]> {
  if (policies.length === 0) return [];
  const { DateTime: Time } = await import('luxon');
  return policies
    .flatMap((policy) => windowsOf(Time, policy, now))
    .filter(({ from, until }) => until > now && from < now + AHEAD_MS);
}

function windowsOf(Time: typeof DateTime, policy: FreezePolicy, now: number): readonly FreezeWindow[] {
  if (policy.weekly !== undefined) return weeklyWindows(Time, { ...policy, weekly: policy.weekly }, now);
  const { from = '', to = '', zone, reason } = policy;
  const window = {
    from: first(Time.fromISO(iso(from), { zone })),
    until: last(DATE.test(to) ? Time.fromISO(to, { zone }).plus({ days: 1 }) : Time.fromISO(iso(to), { zone })),
    words: wordsOf(`${from} - ${to}`, zone, reason),
  };
  return [window];
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const iso = (text: string): string => text.replace(' ', 'T');
const wordsOf = (when: string, zone: string, reason: string | undefined): string =>
  [when, zone, ...(reason === undefined ? [] : [reason])].join(', ');

function weeklyWindows(
  Time: typeof DateTime,
  { weekly, zone, reason }: FreezePolicy & { readonly weekly: string },
  now: number,
): readonly FreezeWindow[] {
  const [begin, end] = weekly.split(/ +- +/).map(readMoment);
  if (begin === undefined || end === undefined) return [];
  const words = wordsOf(weekly, zone, reason);
  const windows: FreezeWindow[] = [];
  const monday = Time.fromMillis(now - BACK_MS, { zone }).startOf('week');
  for (let week = monday; week.toMillis() < now + AHEAD_MS; week = week.plus({ weeks: 1 })) {
    const wrapped = end.day < begin.day || (end.day === begin.day && end.minutes <= begin.minutes);
    const until = at(wrapped ? week.plus({ weeks: 1 }) : week, end);
    windows.push({ from: first(at(week, begin)), until: last(until), words });
  }
  return windows;
}

interface Moment {
  /** 1 is Monday. */
  readonly day: WeekdayNumbers;
  readonly minutes: number;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function readMoment(text: string): Moment {
  const [day = '', time = ''] = text.trim().toLowerCase().split(/ +/);
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return { day: (DAYS.indexOf(day) + 1) as WeekdayNumbers, minutes: hours * 60 + minutes };
}

/** As the clock on the wall says it, whatever the day's length. */
function at(week: DateTime, { day, minutes }: Moment): DateTime {
  const date = week.set({ weekday: day });
  return minutes === 1_440
    ? date.plus({ days: 1 }).startOf('day')
    : date.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
}

/** A time that comes twice when summer time ends: a freeze begins with its first, and ends with its last. */
function first(time: DateTime): number {
  return Math.min(...time.getPossibleOffsets().map((one) => one.toMillis()));
}

function last(time: DateTime): number {
  return Math.max(...time.getPossibleOffsets().map((one) => one.toMillis()));
}
