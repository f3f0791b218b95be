import type { OnAlarm, Wish } from './hook.ts';
import { OLDEST_ALARM_MS } from './cloudwatch-alarm.ts';

/** What the file says under `onAlarm` of its records. */
export interface AlarmRule {
  readonly alarm: string;
  readonly record: string;
  readonly act: OnAlarm;
}

/** An alarm that fires, and since when (milliseconds since the epoch). */
export interface Firing {
  readonly name: string;
  readonly since: number;
}

/**
 * What firing alarms do. One that went off long ago does nothing: whoever tells of it does so again and again, and what has been done about
 * it since must not be undone.
 */
export function ring(firing: readonly Firing[], rules: readonly AlarmRule[], now: number): readonly Wish[] {
  const young = firing
    .filter(({ since }) => now - since <= OLDEST_ALARM_MS)
    .sort((one, other) => one.since - other.since);
  const newest = new Map(young.map(({ name, since }) => [name, since]));
  return rules.flatMap(({ alarm, record, act }): Wish[] => {
    const since = newest.get(alarm);
    return since === undefined ? [] : [{ kind: 'alarm', record, act, alarm, since }];
  });
}

export const NOTHING_RINGS = 'no alarm that a record names went off within the last 15 min';
