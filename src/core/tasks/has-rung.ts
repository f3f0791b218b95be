/** Whether a reminder (`2026-11-25T08:30Z`) lies in the past. */
export function hasRung(reminder: string, now: number): boolean {
  return Date.parse(reminder) <= now;
}
