import type { SyncStatus } from '../contracts/sync.ts';
import type { ExitCode } from './exit-codes.ts';
import { followHere, LOOK_EVERY_MS } from './follow-here.ts';
import { followSync, type FollowSyncOptions } from './follow-sync.ts';
import { tellGithubOfSync } from './github-of-sync.ts';
import type { RunEnd } from './look-at-run.ts';
import { openReporter } from './reporter.ts';
import type { StartedRun } from './start-deployment.ts';
import { syncFace } from './sync-face.ts';
import type { TemporalClient } from './temporal-client.ts';
import { uiLink } from './temporal-place.ts';
import type { Terminal } from './terminal.ts';

export interface FollowingSync extends Pick<FollowSyncOptions, 'pair' | 'by' | 'waitMs' | 'onCancel'> {
  readonly temporal: TemporalClient;
  readonly run: Pick<StartedRun, 'workflowId' | 'runId'>;
  readonly json: boolean;
  /** What its end means to the verb that follows; by default what it means to one that started it. */
  readonly exitOf?: ((end: RunEnd<SyncStatus>) => ExitCode) | undefined;
}

/** Follows a run of a pair on this terminal until it ends, with an annotation where this is GitHub Actions. */
export async function followSyncToEnd(terminal: Terminal, following: FollowingSync): Promise<ExitCode> {
  const { temporal, run, pair, json, ...terms } = following;
  const link = uiLink(temporal.place, run.workflowId, run.runId);
  return followHere({
    reporter: openReporter(syncFace(pair), { terminal, link, json }),
    follow: (reporter, interrupts) =>
      followSync(temporal, run, { ...terms, pair, reporter, interrupts, everyMs: LOOK_EVERY_MS }),
    tell: (end) => tellGithubOfSync(terminal, { pair, end, link, now: Date.now() }),
  });
}
