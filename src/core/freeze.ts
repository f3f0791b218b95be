/** A time in which no cutover begins, in milliseconds since the epoch; `until` is its first moment after. */
export interface FreezeWindow {
  readonly from: number;
  readonly until: number;
  /** As the file says it: `Fri 16:00 - Mon 07:00, Europe/Berlin`. */
  readonly words: string;
}

/** The freezes that a deployment may meet, and why somebody wants to deploy all the same. */
export interface Freeze {
  readonly windows: readonly FreezeWindow[];
  /** A reason; null where nobody overrides. */
  readonly override: string | null;
}

/** The freeze in force at a moment; of several the one that ends last. */
export function freezeAt(windows: readonly FreezeWindow[], at: number): FreezeWindow | null {
  return windows.filter(({ from, until }) => from <= at && at < until).reduce<FreezeWindow | null>(later, null);
}

/** The freeze that begins next after a moment. */
export function nextFreeze(windows: readonly FreezeWindow[], after: number): FreezeWindow | null {
  const coming = windows.filter(({ from }) => from > after);
  return coming.reduce<FreezeWindow | null>((best, one) => (best === null || one.from < best.from ? one : best), null);
}

function later(best: FreezeWindow | null, one: FreezeWindow): FreezeWindow {
  return best === null || one.until > best.until ? one : best;
}

/** `2026-11-30 06:00 UTC (Fri 16:00 - Mon 07:00, Europe/Berlin)`: when it ends. */
export function untilWords({ until, words }: FreezeWindow): string {
  return `${minuteOf(until)} (${words})`;
}

/** `2026-11-27 15:00 UTC`. */
export function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
