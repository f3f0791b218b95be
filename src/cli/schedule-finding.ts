import type { ScheduleDescription } from '@temporalio/client';
import { clockTime } from '../core/clock-time.ts';
import { formatDuration } from '../core/duration.ts';
import type { Finding } from '../contracts/doctor.ts';
import { docsScheduleId } from '../contracts/docs-runs.ts';
import { scheduleOfSite } from './docs-schedule.ts';
import type { DeclaredSite } from './site-policy.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { scheduleOfPair } from './sync-schedule.ts';
import { driftOf, everyOf, type WantedSchedule } from './wanted-schedule.ts';

/** Whether a pair is synced by itself as the file says, and the command that makes it so. */
export function scheduleFinding(declared: DeclaredPair, found: ScheduleDescription | null): Finding {
  const resume = `./switchyard sync ${declared.spec.pair} --resume`;
  const none = 'none, as in the file: it is synced when somebody asks';
  return findingOf({ check: 'schedule', wanted: scheduleOfPair(declared), none, resume }, found);
}

/** Whether a site is built by itself as the file says. */
export function siteFinding(declared: DeclaredSite, found: ScheduleDescription | null): Finding {
  const none = 'none, as in the file: it is built when somebody asks';
  const resume = `resume ${docsScheduleId(declared.spec.site)} in the Temporal UI`;
  return findingOf({ check: 'schedule', wanted: scheduleOfSite(declared), none, resume }, found);
}

/** Whether the guard looks by itself as the file says. */
export function guardFinding(wanted: WantedSchedule | null, found: ScheduleDescription | null): Finding {
  const none = 'none, as in the file: a deployment that is terminated waits for somebody to look';
  const resume = 'resume it in the Temporal UI, or ./switchyard apply --prune without guard: and ./switchyard apply';
  return findingOf({ check: 'guard', wanted, none, resume }, found);
}

interface Expected {
  readonly check: string;
  readonly wanted: WantedSchedule | null;
  /** What is said where neither the file nor Temporal has one. */
  readonly none: string;
  /** What resumes one that is paused. */
  readonly resume: string;
}

function findingOf({ check, wanted, none, resume }: Expected, found: ScheduleDescription | null): Finding {
  const bad = (sentence: string, next: string): Finding => ({ check, ok: false, sentence, next });
  const good = (sentence: string): Finding => ({ check, ok: true, sentence, next: null });
  if (wanted === null) {
    if (found === null) return good(none);
    return bad(`every ${everyOf(found)}, and not in the file`, './switchyard apply --prune');
  }
  const every = `every ${formatDuration(wanted.everyMs)}`;
  if (found === null) return bad(`${every} in the file, and Temporal has none`, './switchyard apply');
  const drift = driftOf(found, wanted);
  const { paused, note = '' } = found.state;
  const sentence = [...drift.map((one) => `differs from the file: ${one}`), ...(paused ? [asPaused(note)] : [])].join(
    '; ',
  );
  const repairs = [...(drift.length === 0 ? [] : ['./switchyard apply']), ...(paused ? [resume] : [])];
  if (repairs.length > 0) return bad(sentence, repairs.join(', then '));
  const next = found.info.nextActionTimes[0];
  return good(next === undefined ? every : `${every}, next at ${clockTime(next.getTime())}`);
}

/** `sync --pause` notes who and why, and that it is paused. */
const asPaused = (note: string): string =>
  /^paused\b/.test(note) ? note : ['paused', note].filter(Boolean).join(': ');
