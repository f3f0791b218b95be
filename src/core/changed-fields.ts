/** What of `after` is not as it was in `before`; all of it where nothing is known of before. Values that nobody rebuilt are the same. */
export function changedFields<T extends object>(before: T | null, after: T): Partial<T> {
  if (before === null) return after;
  const keys = (Object.keys(after) as (keyof T)[]).filter((key) => !Object.is(before[key], after[key]));
  return Object.fromEntries(keys.map((key) => [key, after[key]])) as Partial<T>;
}
