import type { SyncStatus } from '../contracts/sync.ts';
import { cancelRun } from './cancel-run.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfSync } from './explain.ts';
import { followChain, type FollowChain } from './follow-chain.ts';
import type { RunEnd } from './look-at-run.ts';
import { lookAtSync, type SyncLook } from './look-at-sync.ts';
import { asSubject } from './parse/pair-name.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';

type Terms = Pick<FollowChain<SyncLook, SyncStatus>, 'waitMs' | 'onCancel' | 'reporter' | 'interrupts' | 'everyMs'>;

export interface FollowSyncOptions extends Terms {
  readonly pair: string;
  /** Who follows it, should that be who aborts it. */
  readonly by: string;
  readonly exitOf?: ((end: RunEnd<SyncStatus>) => ExitCode) | undefined;
}

/** Follows a run of a pair to its end; returns its exit code. */
export function followSync(
  temporal: TemporalClient,
  started: Pick<StartedRun, 'workflowId' | 'runId'>,
  { pair, by, exitOf = exitOfEnd, ...terms }: FollowSyncOptions,
): Promise<ExitCode> {
  const { workflowId } = started;
  return followChain(temporal, started, {
    ...terms,
    look: (run) => lookAtSync(temporal, run),
    exitOf,
    what: `the sync of ${pair}`,
    watch: `./switchyard watch ${asSubject(pair)}`,
    abort: (reason, runId) => cancelRun(temporal, { workflowId, by, reason }, runId),
  });
}

/** Without a word of its own it is not known to be done; whatever it left, the next run finds. */
function exitOfEnd(end: RunEnd<SyncStatus>): ExitCode {
  return end.kind === 'reported' ? exitOfSync(end.status.outcome) : EXIT.failedSafe;
}
