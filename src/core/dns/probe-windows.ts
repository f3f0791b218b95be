import type { FailRule, Observation, ProbeWindow } from './gate.ts';

/** The windows with one more observation, the oldest dropped where a window has more than the rule looks at. */
export function addObservation(
  windows: readonly ProbeWindow[],
  observation: Observation,
  rule: FailRule,
): readonly ProbeWindow[] {
  const { gate, side, value } = observation;
  const mine = (window: ProbeWindow): boolean => window.gate === gate && window.side === side && window.value === value;
  const known = windows.some(mine) ? windows : [...windows, { gate, side, value, observations: [] }];
  return known.map((window) =>
    mine(window) ? { ...window, observations: [...window.observations, observation].slice(-rule.of) } : window,
  );
}

/** The last observation of each. */
export function newestOf(windows: readonly ProbeWindow[]): readonly Observation[] {
  return windows.flatMap(({ observations }) => observations.slice(-1));
}

/** The windows with what was observed at a moment or later. */
export function freshWindows(windows: readonly ProbeWindow[], sinceMs: number): readonly ProbeWindow[] {
  return windows.map((window) => ({ ...window, observations: window.observations.filter(({ at }) => at >= sinceMs) }));
}

/** The windows of one side. */
export function ofSide(windows: readonly ProbeWindow[], side: ProbeWindow['side']): readonly ProbeWindow[] {
  return windows.filter((window) => window.side === side);
}

/** A side, and its value where the windows know several: `black`, `black 192.0.2.21`. */
export function named(window: ProbeWindow, windows: readonly ProbeWindow[]): string {
  const values = new Set(ofSide(windows, window.side).map(({ value }) => value));
  return values.size > 1 ? `${window.side} ${window.value}` : window.side;
}
