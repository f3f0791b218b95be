import { cleanText } from '../core/clean-text.ts';
import { scheduleId } from '../contracts/sync.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isNoSchedule } from './find-schedules.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import type { Terminal } from './terminal.ts';

export interface SchedulePause {
  readonly pair: string;
  readonly mode: 'pause' | 'resume';
  readonly by: string;
  readonly reason: string | null;
}

/**
 * Pauses or resumes the Schedule of a pair, and leaves there who did so and why. A run that is under way goes on.
 *
 * @throws Stop with exit 3 where the pair has no Schedule.
 */
export async function pauseSchedule(
  terminal: Terminal,
  { ask, client }: TemporalClient,
  { pair, mode, by, reason }: SchedulePause,
): Promise<ExitCode> {
  const done = mode === 'pause' ? 'paused' : 'resumed';
  const note = `${done} by ${cleanText(by, 200)} (not authenticated)${reason === null ? '' : `: ${cleanText(reason, 300)}`}`;
  const handle = client.schedule.getHandle(scheduleId(pair));
  try {
    await ask(() => (mode === 'pause' ? handle.pause(note) : handle.unpause(note)));
  } catch (cause) {
    if (isNoSchedule(cause)) throw noSchedule(pair, cause);
    throw cause;
  }
  terminal.out(`the Schedule of ${pair} is ${note}`);
  return EXIT.done;
}

function noSchedule(pair: string, cause: unknown): Stop {
  const next = 'give it `every:` in switchyard.yaml and run ./switchyard apply; nothing was changed';
  return new Stop(EXIT.refused, [problem(`${pair} has no Schedule in Temporal`, null, next)], cause);
}
