import { timeOfDay } from '../../core/clock-time.ts';

/** The line of time that all pictures of a page share, so that what happened together stands together. */
export interface TimeScale {
  readonly from: number;
  readonly to: number;
}

/** A run that has ended as soon as it began still has a width. */
export const timeScale = (from: number, to: number): TimeScale => ({ from, to: Math.max(to, from + 1) });

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** As exact as the ticks of such a line are; the day where there are several. */
export function tickWords(at: number, { from, to }: TimeScale): string {
  const span = to - from;
  if (span < 8 * SECOND) return new Date(at).toISOString().slice(17, 23);
  if (span < 10 * 60 * SECOND) return timeOfDay(at);
  if (span < 20 * HOUR) return timeOfDay(at).slice(0, 5);
  return `${timeOfDay(at).slice(0, 5)}\n${new Date(at).toISOString().slice(5, 10)}`;
}

/** What the ticks count, where they are no times of day. */
export const tickUnit = ({ from, to }: TimeScale): string | null =>
  to - from < 8 * SECOND ? `seconds after ${timeOfDay(from).slice(0, 5)} UTC` : null;
