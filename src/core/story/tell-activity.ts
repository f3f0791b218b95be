import type { ActivityRun } from './activities-of.ts';
import { lasted, say, sayAside } from './say.ts';
import type { Sentence } from './story.ts';

/** What an activity of one type has to tell once it has returned. */
export type Tellers = Readonly<Record<string, (run: ActivityRun, result: unknown, at: number) => readonly Sentence[]>>;

/** What is told of an activity, whatever became of it; what went wrong is told in the same words for all. */
export function tellActivity(run: ActivityRun, tellers: Tellers): readonly Sentence[] {
  return [...tellRetries(run), ...tellEnd(run, tellers)];
}

function tellRetries({ attempt, before, label, startedAt, scheduledAt }: ActivityRun): readonly Sentence[] {
  if (attempt <= 1 || startedAt === null) return [];
  const why = before === null ? '' : `; the one before: ${before.sentence}`;
  const after = lasted(scheduledAt, startedAt);
  return [say(startedAt, 'waiting', `attempt ${attempt} of "${label}" began after ${after}${why}`)];
}

function tellEnd(run: ActivityRun, tellers: Tellers): readonly Sentence[] {
  const { end, label, type } = run;
  const at = run.endedAt ?? run.scheduledAt;
  switch (end.kind) {
    case 'open':
      return [];
    case 'completed':
      return Object.hasOwn(tellers, type)
        ? (tellers[type]?.(run, end.result, at) ?? [])
        : [sayAside(at, 'plain', `${label}: done after ${lasted(run.scheduledAt, at)}`)];
    case 'failed':
      return [say(at, 'bad', `"${label}" failed: ${end.failure.sentence}`)];
    case 'timed-out':
      return [say(at, 'bad', `"${label}" gave no answer in its time: whether it took effect is not known from it`)];
    case 'cancelled':
      return [sayAside(at, 'plain', `"${label}" was stopped`)];
  }
}
