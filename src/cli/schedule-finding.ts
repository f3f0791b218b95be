import type { ScheduleDescription } from '@temporalio/client';
import { clockTime } from '../core/clock-time.ts';
import { formatDuration } from '../core/duration.ts';
import type { Finding } from '../contracts/doctor.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { scheduleOfPair } from './sync-schedule.ts';
import { driftOf, everyOf } from './wanted-schedule.ts';

/** Whether a pair is synced by itself as the file says, and the command that makes it so. */
export function scheduleFinding(declared: DeclaredPair, found: ScheduleDescription | null): Finding {
  const check = 'schedule';
  const bad = (sentence: string, next: string): Finding => ({ check, ok: false, sentence, next });
  const good = (sentence: string): Finding => ({ check, ok: true, sentence, next: null });
  const wanted = scheduleOfPair(declared);
  if (wanted === null) {
    if (found === null) return good('none, as in the file: it is synced when somebody asks');
    return bad(`every ${everyOf(found)}, and not in the file`, './switchyard apply --prune');
  }
  const every = `every ${formatDuration(wanted.everyMs)}`;
  if (found === null) return bad(`${every} in the file, and Temporal has none`, './switchyard apply');
  const { pair } = declared.spec;
  const drift = driftOf(found, wanted);
  const { paused, note = '' } = found.state;
  const sentence = [...drift.map((one) => `differs from the file: ${one}`), ...(paused ? [asPaused(note)] : [])].join(
    '; ',
  );
  const repairs = [
    ...(drift.length === 0 ? [] : ['./switchyard apply']),
    ...(paused ? [`./switchyard sync ${pair} --resume`] : []),
  ];
  if (repairs.length > 0) return bad(sentence, repairs.join(', then '));
  const next = found.info.nextActionTimes[0];
  return good(next === undefined ? every : `${every}, next at ${clockTime(next.getTime())}`);
}

/** `sync --pause` notes who and why, and that it is paused. */
const asPaused = (note: string): string =>
  /^paused\b/.test(note) ? note : ['paused', note].filter(Boolean).join(': ');
