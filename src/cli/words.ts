import { cleanText } from '../core/clean-text.ts';
import { timeOfDay } from '../core/clock-time.ts';

/** Pieces of sentences: times, spans and text from outside, as operators read them. */

/** `12:14:11 UTC`: the worker's sentences say UTC, and one line must not mix two zones. */
export { clockTime as clock } from '../core/clock-time.ts';
export { table } from '../core/text-table.ts';

/** `2026-11-22 12:14:11`, in UTC: the head of the column, or the word after it, says so. */
export function day(at: number): string {
  return `${new Date(at).toISOString().slice(0, 10)} ${timeOfDay(at)}`;
}

/** `27 min`, `1 h 30 min`, `45 s`: at most two units. */
export function about(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `4:59`, for a countdown. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Text from outside in a sentence of ours. */
export const outside = (text: string): string => cleanText(text, 400);

/** `1 change`, `4 changes`. */
export const count = (n: number, thing: string, things = `${thing}s`): string => `${n} ${n === 1 ? thing : things}`;
