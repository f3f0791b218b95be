import type { ExitCode } from './exit-codes.ts';
import { follow } from './follow.ts';
import { tellGithub } from './github.ts';
import { hearInterrupts } from './interrupts.ts';
import type { RunEnd } from './look-at-run.ts';
import { mustBeSpan } from './must-read.ts';
import { openReporter, type Reporter } from './reporter.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface FollowFlags {
  readonly wait?: string | undefined;
  readonly blockedWait?: string | undefined;
  readonly onCancel?: 'leave' | 'abort' | undefined;
  readonly json?: boolean | undefined;
}

export interface Following {
  readonly temporal: TemporalClient;
  readonly run: StartedRun;
  readonly record: string;
  readonly by: string;
  readonly flags: FollowFlags;
}

const LOOK_EVERY_MS = 1_000;

/** Follows a run on this terminal until it ends, with annotations where this is GitHub Actions. */
export async function followToEnd(
  terminal: Terminal,
  { temporal, run, record, by, flags }: Following,
): Promise<ExitCode> {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  const ends: RunEnd[] = [];
  const reporter = remembering(openReporter({ terminal, record, link, json: flags.json === true }), ends);
  const interrupts = hearInterrupts();
  try {
    const exit = await follow(temporal, run, {
      record,
      waitMs: flags.wait === undefined ? null : mustBeSpan(flags.wait, '--wait'),
      blockedWaitMs: mustBeSpan(flags.blockedWait ?? '5m', '--blocked-wait'),
      onCancel: flags.onCancel ?? 'leave',
      by,
      reporter,
      interrupts,
      everyMs: LOOK_EVERY_MS,
    });
    for (const end of ends) await tellGithub(terminal, { record, end, link, now: Date.now() });
    return exit;
  } finally {
    interrupts.stop();
  }
}

function remembering(reporter: Reporter, ends: RunEnd[]): Reporter {
  return {
    ...reporter,
    end: (end) => {
      ends.push(end);
      reporter.end(end);
    },
  };
}
