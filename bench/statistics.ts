/** The value that a share of the samples does not exceed; `percentile(samples, 100)` is the largest. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  if (found === undefined) throw new Error('nothing was sampled');
  return found;
}

export const median = (samples: readonly number[]): number => percentile(samples, 50);
export const largest = (samples: readonly number[]): number => percentile(samples, 100);

/** `0.42 s`, `18.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(Math.abs(ms) < 10_000 ? 2 : 1)} s`;
}
