/** What an exit code means, for every verb; docs/when-it-fails.md says the same at length. */
export const EXIT = {
  done: 0,
  failedSafe: 1,
  usage: 2,
  refused: 3,
  actNow: 4,
  stoppedWaiting: 5,
  unreachable: 6,
  exceptions: 7,
  changes: 8,
  fault: 70,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
