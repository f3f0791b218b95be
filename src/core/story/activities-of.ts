import type { HistoryEvent } from './read-history.ts';
import { failureIn, type Failed } from './failure-in.ts';
import { listAt, numberAt, textAt, valueAt } from './read-loosely.ts';

/** One activity of a run, from its scheduling to its end. */
export interface ActivityRun {
  readonly id: string;
  readonly type: string;
  /** What the workflow called it, else its type. */
  readonly label: string;
  readonly input: unknown;
  readonly scheduledAt: number;
  /** Of the attempt that ended it; null while none has. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** 1 for the first. */
  readonly attempt: number;
  /** What the attempt before the last one said. */
  readonly before: Failed | null;
  readonly end: ActivityEnd;
}

export type ActivityEnd =
  | { readonly kind: 'open' }
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly failure: Failed }
  | { readonly kind: 'timed-out'; readonly failure: Failed }
  | { readonly kind: 'cancelled' };

/** In the order in which they were scheduled. */
export function activitiesOf(events: readonly HistoryEvent[]): readonly ActivityRun[] {
  const later = new Map<number, HistoryEvent[]>();
  for (const event of events) {
    const scheduled = numberAt(event.facts, 'scheduledEventId');
    if (scheduled !== null && event.kind.startsWith('activityTask'))
      later.set(scheduled, [...(later.get(scheduled) ?? []), event]);
  }
  return events
    .filter(({ kind }) => kind === 'activityTaskScheduled')
    .map((event) => activityRun(event, later.get(event.id) ?? []));
}

function activityRun({ at, facts, summary }: HistoryEvent, later: readonly HistoryEvent[]): ActivityRun {
  const type = textAt(facts, 'activityType', 'name') ?? 'unknown';
  const started = later.findLast(({ kind }) => kind === 'activityTaskStarted');
  const last = later.findLast(({ kind }) => Object.hasOwn(ENDS, kind));
  const before = valueAt(started?.facts, 'lastFailure');
  return {
    id: textAt(facts, 'activityId') ?? '',
    type,
    label: summary ?? type,
    input: listAt(facts, 'input')[0],
    scheduledAt: at,
    startedAt: started?.at ?? null,
    endedAt: last?.at ?? null,
    attempt: numberAt(started?.facts, 'attempt') ?? 1,
    before: before == null ? null : failureIn(before),
    end: last === undefined ? { kind: 'open' } : (ENDS[last.kind]?.(last.facts) ?? { kind: 'open' }),
  };
}

const ENDS: Readonly<Record<string, (facts: unknown) => ActivityEnd>> = {
  activityTaskCompleted: (facts) => ({ kind: 'completed', result: listAt(facts, 'result')[0] }),
  activityTaskFailed: (facts) => ({ kind: 'failed', failure: failureIn(valueAt(facts, 'failure')) }),
  activityTaskTimedOut: (facts) => ({ kind: 'timed-out', failure: failureIn(valueAt(facts, 'failure')) }),
  activityTaskCanceled: () => ({ kind: 'cancelled' }),
};

/** What an activity returned; undefined where it has not. */
export const resultOf = ({ end }: ActivityRun): unknown => (end.kind === 'completed' ? end.result : undefined);
