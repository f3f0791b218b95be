import type { ExitCode } from './exit-codes.ts';
import { hearInterrupts, type Interrupts } from './interrupts.ts';
import type { RunEnd, Told } from './look-at-run.ts';
import type { Reporter } from './reporter.ts';

/** How a run of one kind is followed on this terminal. */
export interface FollowHere<Look, Status extends Told> {
  readonly reporter: Reporter<Look, Status>;
  readonly follow: (reporter: Reporter<Look, Status>, interrupts: Interrupts) => Promise<ExitCode>;
  /** Told of its end, after this terminal was. */
  readonly tell: (end: RunEnd<Status>) => Promise<void>;
}

/** Between two looks. */
export const LOOK_EVERY_MS = 1_000;

/** Follows a run until it ends, or until somebody interrupts. */
export async function followHere<Look, Status extends Told>({
  reporter,
  follow,
  tell,
}: FollowHere<Look, Status>): Promise<ExitCode> {
  const ends: RunEnd<Status>[] = [];
  const interrupts = hearInterrupts();
  const remembering: Reporter<Look, Status> = {
    ...reporter,
    end: (end) => {
      ends.push(end);
      reporter.end(end);
    },
  };
  try {
    const exit = await follow(remembering, interrupts);
    for (const end of ends) await tell(end);
    return exit;
  } finally {
    interrupts.stop();
  }
}
