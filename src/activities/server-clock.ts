/** Longer than a task takes from the server to here while a worker is free; a clock that is kept is not off by so much. */
const LONGEST_WAY_MS = 5_000;

/**
 * The time of the Temporal server, in milliseconds since the epoch, by `now`, the clock of this machine, and by when the server has
 * scheduled the attempt that begins now.
 *
 * A hold ends, a limit is over and an observation grows old by times that the workflow, which has the server's clock, and the workers before
 * this one have said. By a clock that is an hour ahead a watch would be over before it has begun, again and again; by one that is behind it
 * would outlast its time-out, and a healthy black would be rolled back. An attempt that has waited for a worker takes the wait for a clock
 * that is ahead: its stretch begins when it does.
 */
export function serverClock(now: () => number, scheduledAt: number): () => number {
  const aheadMs = now() - scheduledAt;
  return Math.abs(aheadMs) <= LONGEST_WAY_MS ? now : () => now() - aheadMs;
}
