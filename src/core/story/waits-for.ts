import { clockTime } from '../clock-time.ts';
import { formatDuration } from '../duration.ts';
import type { RunView } from './run-view.ts';
import { lasted, said } from './say.ts';

/** What the server says of an activity that has not ended. */
export interface Pending {
  readonly activityId: string;
  readonly attempt: number;
  /** What its last attempt said; null for a first one. */
  readonly failure: string | null;
}

/** The moment at which a story is told, and what only the server knows of it. */
export interface Moment {
  readonly now: number;
  readonly pending: readonly Pending[];
}

/** Timers that only limit how long something else may take. */
const LIMITS: readonly string[] = ['deadline', 'blocked after this', 'slower than usual after this', ''];

/** What a run that goes on waits for: work, clocks, and a worker where none has come. */
export function waitsFor(view: RunView, { now, pending }: Moment): readonly string[] {
  if (view.last.end !== 'running') return [];
  const work = view.activities
    .filter(({ end }) => end.kind === 'open')
    .map(({ id, label, scheduledAt }) => {
      const found = pending.find(({ activityId }) => activityId === id);
      const tries = found === undefined || found.attempt <= 1 ? '' : `, attempt ${found.attempt}`;
      const why = found?.failure == null ? '' : `; the last attempt: ${said(found.failure)}`;
      return `${said(label)}, since ${clockTime(scheduledAt)}${tries}${why}`;
    });
  const clocks = view.timers
    .filter(({ end, label }) => end === 'open' && !LIMITS.includes(label))
    .map(({ label, firesAt }) => `${said(label)}, until ${clockTime(firesAt)}`);
  const deadline = view.timers.find(({ end, label }) => end === 'open' && label === 'deadline');
  return [
    ...work,
    ...clocks,
    ...idle(view, now),
    ...(deadline === undefined
      ? []
      : [`at the latest its deadline, at ${clockTime(deadline.firesAt)} (${left(deadline.firesAt, now)})`]),
  ];
}

const left = (at: number, now: number): string => (at <= now ? 'which has passed' : `in ${formatDuration(at - now)}`);

/** Longer than a worker that is there takes to come. */
const PATIENCE_MS = 10_000;

/** The run has something to do, and no worker has come to do it. */
function idle({ events }: RunView, now: number): readonly string[] {
  const last = events.findLast(({ kind }) => kind.startsWith('workflowTask'));
  if (last?.kind !== 'workflowTaskScheduled' || now - last.at < PATIENCE_MS) return [];
  return [`a worker: none has taken its next task for ${lasted(last.at, now)}. Is one running?`];
}
