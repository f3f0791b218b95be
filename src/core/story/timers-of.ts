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

/** A clock that reminds is several timers of one name, each begun when the one before has struck: they are one here. */
export function joinTimers(timers: readonly TimerRun[]): readonly TimerRun[] {
  const joined: TimerRun[] = [];
  for (const timer of timers) {
    const at = joined.findLastIndex(({ label }) => label === timer.label);
    const before = joined[at];
    const goesOn = before?.end === 'fired' && timer.startedAt - (before.endedAt ?? 0) < AT_ONCE_MS;
    if (goesOn) joined.splice(at, 1, { ...timer, startedAt: before.startedAt });
    else joined.push(timer);
  }
  return joined;
}

/** Less than a workflow task takes while its worker is there. */
const AT_ONCE_MS = 5_000;
