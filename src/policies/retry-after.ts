const LONGEST_PAUSE_MS = 60 * 60_000;

/** `Retry-After` in seconds or as an HTTP date, in milliseconds from `now`, at most an hour; null where there is none. */
export function retryAfterMs(header: string | null | undefined, now: number): number | null {
  if (header === null || header === undefined || header.trim() === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(LONGEST_PAUSE_MS, Math.max(0, ms)) : null;
}
