import { setTimeout as delay } from 'node:timers/promises';
import { linkSignals } from './linked-signal.ts';

/** What long looks and waits need from whoever runs them: an activity, or the command line without Temporal. */
export interface Pulse {
  /** Milliseconds since the epoch, by the clock of whoever said until when to work. */
  readonly now: () => number;
  /** Waits; rejects at once when the work is cancelled or the worker stops. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Aborted when the work is cancelled or the worker stops. */
  readonly signal: AbortSignal;
  /** Says that the work is alive, with its newest values. */
  readonly beat: (details?: unknown) => void;
  /** What the attempt before said last; undefined in a first attempt. */
  readonly resumed: unknown;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** A pulse without Temporal. */
export function plainPulse(now: () => number = Date.now, signal: AbortSignal = new AbortController().signal): Pulse {
  return {
    now,
    signal,
    sleep: (ms) => delay(ms, undefined, { signal }),
    beat: () => undefined,
    resumed: undefined,
    attempt: 1,
  };
}

/** Runs `work` with a pulse that ends with it: loops that still run when the work is done end too. */
export async function withPartPulse<T>(pulse: Pulse, work: (part: Pulse) => Promise<T>): Promise<T> {
  const { signal, end, unlink } = linkSignals(pulse.signal);
  const sleep = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal }).catch((cause: unknown) => {
      if (pulse.signal.aborted) return pulse.sleep(0); // rejects with what ended the whole
      throw cause;
    });
  try {
    return await work({ ...pulse, signal, sleep });
  } finally {
    end();
    unlink();
  }
}

const BEAT_EVERY_MS = 1_000;

/** Beats while `work` runs, also where it waits for one slow answer: cancellation is heard through heartbeats only. */
export async function beating<T>(pulse: Pulse, work: () => Promise<T>, details?: () => unknown): Promise<T> {
  const beat = (): void => pulse.beat(details?.());
  beat();
  const timer = setInterval(beat, BEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** What ended the work: the end of its pulse, where that is why `error` was thrown, for a request that was cut off says less. */
export async function whatEnded(pulse: Pulse, error: unknown): Promise<unknown> {
  if (!pulse.signal.aborted) return error;
  return pulse.sleep(0).then(
    () => error,
    (cause: unknown) => cause,
  );
}

/** Rejects as soon as the pulse ends; otherwise as `work` ends. For work that may be left alone: it writes nothing. */
export async function unlessEnded<T>(pulse: Pulse, work: Promise<T>): Promise<T> {
  return withPartPulse(pulse, (part) => Promise.race([work, never(part)]));
}

/** Rejects when the pulse ends. */
export async function never(pulse: Pulse): Promise<never> {
  for (;;) await pulse.sleep(A_LONG_TIME_MS);
}

const A_LONG_TIME_MS = 60_000;
