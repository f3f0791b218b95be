/** What one side answered in one span of time. */
export interface SideCount {
  readonly requests: number;
  readonly errors: number;
}

/**
 * The counts as whole numbers that can be: Prometheus's `increase()` extrapolates to the edges of its range and answers 499.7 requests with 0.3 errors, and
 * counters that were scraped at different moments can show more errors than requests.
 *
 * @returns null where a number is not one, is below nothing or beyond counting: then nothing was seen, which is not the same as no errors.
 */
export function wholeCount({ requests, errors }: SideCount): SideCount | null {
  if (!isAmount(requests) || !isAmount(errors)) return null;
  const whole = Math.round(requests);
  return { requests: whole, errors: Math.min(Math.round(errors), whole) };
}

/** NaN is no amount, since it compares with nothing. */
const isAmount = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER;
