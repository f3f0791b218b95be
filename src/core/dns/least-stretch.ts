const MINUTE = 60_000;
const MB = 1_000_000;

/** From so many bytes of history on, a stretch takes at least so long. */
const GROWTH = [
  { from: 30 * MB, leastMs: 360 * MINUTE },
  { from: 20 * MB, leastMs: 60 * MINUTE },
  { from: 10 * MB, leastMs: 10 * MINUTE },
];

/**
 * How long one watch activity has to last, in milliseconds, by what the run has in Temporal's history already. Each leaves what it was asked and what it
 * saw there, some kilobytes a record; Temporal ends a run at 50 MB, without any rollback. A longer stretch sees as much, since it
 * ends at the first breach, and heartbeats meanwhile.
 */
export function leastStretchMs(historyBytes: number): number {
  return GROWTH.find(({ from }) => historyBytes >= from)?.leastMs ?? 0;
}
