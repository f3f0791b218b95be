import type { SyncStatus } from '../contracts/sync.ts';
import type { ExitCode } from './exit-codes.ts';
import { followSync } from './follow-sync.ts';
import { tellGithubOfSync } from './github-of-sync.ts';
import { hearInterrupts } from './interrupts.ts';
import type { RunEnd } from './look-at-run.ts';
import type { StartedRun } from './start-deployment.ts';
import { openSyncReporter, type SyncReporter } from './sync-reporter.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface FollowingSync {
  readonly temporal: TemporalClient;
  readonly run: Pick<StartedRun, 'workflowId' | 'runId'>;
  readonly pair: string;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  readonly json: boolean;
}

const LOOK_EVERY_MS = 1_000;

/** Follows a run of a pair on this terminal until it ends, with an annotation where this is GitHub Actions. */
export async function followSyncToEnd(
  terminal: Terminal,
  { temporal, run, pair, waitMs, json }: FollowingSync,
): Promise<ExitCode> {
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  const ends: RunEnd<SyncStatus>[] = [];
  const reporter = remembering(openSyncReporter({ terminal, pair, link, json }), ends);
  const interrupts = hearInterrupts();
  try {
    const exit = await followSync(temporal, run, { pair, waitMs, reporter, interrupts, everyMs: LOOK_EVERY_MS });
    for (const end of ends) await tellGithubOfSync(terminal, { pair, end, link, now: Date.now() });
    return exit;
  } finally {
    interrupts.stop();
  }
}

function remembering(reporter: SyncReporter, ends: RunEnd<SyncStatus>[]): SyncReporter {
  return {
    ...reporter,
    end: (end) => {
      ends.push(end);
      reporter.end(end);
    },
  };
}
