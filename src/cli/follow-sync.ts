import type { SyncStatus } from '../contracts/sync.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfSync } from './explain.ts';
import type { Interrupts } from './interrupts.ts';
import { endOfRun, type RunEnd } from './look-at-run.ts';
import { lookAtSync, type SyncLook } from './look-at-sync.ts';
import { noticeSilence } from './notice-silence.ts';
import { noticeTrouble } from './notice-trouble.ts';
import type { StartedRun } from './start-deployment.ts';
import type { SyncReporter } from './sync-reporter.ts';
import type { TemporalClient } from './temporal-client.ts';
import { about } from './words.ts';

export interface FollowSyncOptions {
  readonly pair: string;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  readonly reporter: SyncReporter;
  readonly interrupts: Interrupts;
  /** Between two looks. */
  readonly everyMs: number;
}

/** Follows a run of a pair to its end, over its executions, or until this client stops waiting; returns its exit code. */
export async function followSync(
  temporal: TemporalClient,
  started: Pick<StartedRun, 'workflowId' | 'runId'>,
  options: FollowSyncOptions,
): Promise<ExitCode> {
  const { reporter, interrupts } = options;
  const notice = noticing(reporter);
  const began = Date.now();
  let run = started;
  let last: SyncStatus | null = null;
  for (;;) {
    const look = await lookAtSync(temporal, run);
    last = look.status ?? last;
    if (look.temporalStatus === 'CONTINUED_AS_NEW') {
      run = { ...run, runId: await successor(temporal, run) };
      continue;
    }
    if (look.temporalStatus !== 'RUNNING') return conclude(reporter, await endOfRun<SyncStatus>(temporal, run, last));
    notice(look);
    const exit = mustLeave(options, began);
    if (exit !== null) return exit;
    await interrupts.pause(options.everyMs);
  }
}

function noticing(reporter: SyncReporter): (look: SyncLook) => void {
  const silence = noticeSilence(reporter);
  const trouble = noticeTrouble(reporter.say);
  return (look) => {
    silence(look.status !== null);
    trouble(look.trouble);
    reporter.show(look);
  };
}

function conclude(reporter: SyncReporter, end: RunEnd<SyncStatus>): ExitCode {
  reporter.end(end);
  // Without a word of its own it is not known to be done; whatever it left, the next run finds.
  return end.kind === 'reported' ? exitOfSync(end.status.outcome) : EXIT.failedSafe;
}

/** Whether this client has waited for long enough, or was asked to leave. */
function mustLeave({ waitMs, pair, reporter, interrupts }: FollowSyncOptions, began: number): ExitCode | null {
  const goesOn = `the sync of ${pair} goes on: ./switchyard watch sync/${pair}`;
  if (interrupts.exit !== null) {
    reporter.say(`interrupted; ${goesOn}`);
    return interrupts.exit;
  }
  if (waitMs === null || Date.now() - began < waitMs) return null;
  reporter.say(`waited for ${about(waitMs)}; ${goesOn}`);
  return EXIT.stoppedWaiting;
}

/** The execution in which a run that continued as new goes on. */
async function successor({ ask, client }: TemporalClient, run: Pick<StartedRun, 'workflowId' | 'runId'>) {
  const handle = client.workflow.getHandle(run.workflowId, run.runId, { followRuns: false });
  try {
    await ask(() => handle.result());
  } catch (cause) {
    const { newExecutionRunId } = cause as { readonly newExecutionRunId?: unknown };
    if (typeof newExecutionRunId === 'string') return newExecutionRunId;
    throw cause;
  }
  throw new Error(`${run.workflowId} continued as new without saying where`);
}
