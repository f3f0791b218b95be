import type { HistoryEvent } from './read-history.ts';
import { numberAt, spanAt } from './read-loosely.ts';

/** A timer of a run. */
export interface TimerRun {
  /** What the workflow called it; empty where it did not. */
  readonly label: string;
  readonly startedAt: number;
  /** When it fires, or would have. */
  readonly firesAt: number;
  readonly endedAt: number | null;
  readonly end: 'open' | 'fired' | 'cancelled';
}

export function timersOf(events: readonly HistoryEvent[]): readonly TimerRun[] {
  const ends = new Map(
    events
      .filter(({ kind }) => kind === 'timerFired' || kind === 'timerCanceled')
      .map((event) => [numberAt(event.facts, 'startedEventId'), event] as const),
  );
  return events
    .filter(({ kind }) => kind === 'timerStarted')
    .map(({ id, at, facts, summary }) => {
      const end = ends.get(id);
      return {
        label: summary ?? '',
        startedAt: at,
        firesAt: at + (spanAt(facts, 'startToFireTimeout') ?? 0),
        endedAt: end?.at ?? null,
        end: end === undefined ? 'open' : end.kind === 'timerFired' ? 'fired' : 'cancelled',
      };
    });
}

/** Timers of one name as one, from the first start to the last end: a clock that reminds, or stands still in a pause, is several. */
export function joinTimers(timers: readonly TimerRun[]): readonly TimerRun[] {
  const joined = new Map<string, TimerRun>();
  for (const timer of timers) {
    const before = joined.get(timer.label);
    joined.set(timer.label, before === undefined ? timer : { ...timer, startedAt: before.startedAt });
  }
  return [...joined.values()];
}
