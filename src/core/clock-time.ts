/**
 * Times of day for operators, from milliseconds since the epoch. Always UTC, and said so: the worker, the client and whoever reads both
 * stand in different zones.
 */

/** `12:14:11 UTC`. */
export function clockTime(ms: number): string {
  return `${timeOfDay(ms)} UTC`;
}

/** `12:14:11 to 12:14:31 UTC`. */
export function clockSpan(from: number, to: number): string {
  return `${timeOfDay(from)} to ${clockTime(to)}`;
}

/** `12:14:11`, where the line or the head of its column says that it is UTC. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
