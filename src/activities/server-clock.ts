/** Longer than a task takes from the server to here while a worker is free; a clock that is kept is not off by so much. */
const LONGEST_WAY_MS = 5_000;

/** The attempt that begins now, by the clock of the server: milliseconds since the epoch. */
export interface AttemptAtServer {
  readonly scheduledAt: number;
  /** When it was handed to this worker; null where the server did not say. */
  readonly startedAt: () => Promise<number | null>;
}

/**
 * The time of the Temporal server, in milliseconds since the epoch, by `now`, the clock of this machine.
 *
 * A hold ends, a limit is over and an observation grows old by times that the workflow, which has the server's clock, and the workers before
 * this one have said. By a clock that is an hour ahead a watch would be over before it has begun, again and again; by one that is behind it
 * would outlast its time-out, and a healthy black would be rolled back. Of an attempt that seems to have been scheduled long ago the server is
 * asked: it may as well have waited for a worker, and then this clock is right.
 */
export async function serverClock(
  now: () => number,
  { scheduledAt, startedAt }: AttemptAtServer,
): Promise<() => number> {
  const from = now();
  if (isRight(from - scheduledAt)) return now;
  const started = await startedAt();
  const aheadMs = started === null ? 0 : from - started;
  return isRight(aheadMs) ? now : () => now() - aheadMs;
}

const isRight = (aheadMs: number): boolean => Math.abs(aheadMs) <= LONGEST_WAY_MS;
