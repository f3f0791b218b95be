/**
 * Looks into values of unknown shape: a history may have been written by an older worker, by a newer one, or by somebody else's. What is
 * not there, or is something else, is null; nothing here throws.
 */

export type Path = readonly (string | number)[];

export function valueAt(value: unknown, ...path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[key];
  }
  return found;
}

export function textAt(value: unknown, ...path: Path): string | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? found : null;
}

/** A finite number; histories as JSON write 64-bit ones as text. */
export function numberAt(value: unknown, ...path: Path): number | null {
  return asNumber(valueAt(value, ...path));
}

export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list; whatever else is in it is left out. */
export function textsAt(value: unknown, ...path: Path): readonly string[] {
  return listAt(value, ...path).filter((one): one is string => typeof one === 'string');
}

/** Whole milliseconds since the epoch, of `2026-11-30T15:00:00.123456789Z` and of `{ seconds, nanos }`. */
export function timeAt(value: unknown, ...path: Path): number | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' ? inRange(Date.parse(found)) : inRange(secondsAndNanos(found) ?? Number.NaN);
}

/** Whole milliseconds since the epoch, of a number. */
export function momentAt(value: unknown, ...path: Path): number | null {
  return inRange(numberAt(value, ...path) ?? Number.NaN);
}

/** Milliseconds, of `1799.890s` and of `{ seconds, nanos }`. */
export function spanAt(value: unknown, ...path: Path): number | null {
  const found = valueAt(value, ...path);
  const seconds = typeof found === 'string' ? /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(found)?.[1] : undefined;
  const span = seconds === undefined ? secondsAndNanos(found) : Number(seconds) * 1_000;
  return span === null || span < 0 ? null : Math.min(span, LONGEST_MS);
}

function secondsAndNanos(value: unknown): number | null {
  const [seconds, nanos] = [numberAt(value, 'seconds'), numberAt(value, 'nanos')];
  return seconds === null && nanos === null ? null : (seconds ?? 0) * 1_000 + (nanos ?? 0) / 1e6;
}

/** What a date can be made of, and with a span added as well. */
const inRange = (ms: number): number | null => (Math.abs(ms) <= LATEST_MS ? Math.floor(ms) : null);
const LATEST_MS = 7e15;
const LONGEST_MS = 1e15;

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return /^-?\d{1,15}$/.test(value) ? Number(value) : null;
  return isLong(value) ? asNumber(value.toNumber()) : null;
}

/** What protobuf makes of 64 bits. */
function isLong(value: unknown): value is { readonly toNumber: () => unknown } {
  return typeof value === 'object' && value !== null && 'toNumber' in value && typeof value.toNumber === 'function';
}
