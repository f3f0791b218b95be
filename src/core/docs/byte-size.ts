/** Bytes of `500MB`, `2GB` or `800kB`, in powers of ten; null where it is none. */
export function byteSize(text: string): number | null {
  const [, number, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)\s?([kMG]?B)$/.exec(text) ?? [];
  const factor = UNITS.get(unit);
  return number === undefined || factor === undefined ? null : Math.round(Number(number) * factor);
}

/** `1.5 MB`. */
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1_000],
  ['MB', 1_000_000],
  ['GB', 1_000_000_000],
]);
