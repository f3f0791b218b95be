/** A time of day in UTC, `12:14:11`, from milliseconds since the epoch. */
export function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}
