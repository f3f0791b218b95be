import type { SyncStatus } from '../contracts/sync.ts';
import { cancelSync } from './cancel-sync.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfSync } from './explain.ts';
import type { Interrupts } from './interrupts.ts';
import { endOfRun, type RunEnd } from './look-at-run.ts';
import { lookAtSync, type SyncLook } from './look-at-sync.ts';
import { noticeSilence } from './notice-silence.ts';
import { noticeTrouble } from './notice-trouble.ts';
import { obeySignal } from './obey-signal.ts';
import { asSubject } from './parse/pair-name.ts';
import type { StartedRun } from './start-deployment.ts';
import type { SyncReporter } from './sync-face.ts';
import type { TemporalClient } from './temporal-client.ts';
import { about } from './words.ts';

export interface FollowSyncOptions {
  readonly pair: string;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  /** At Ctrl-C and SIGTERM; to leave it by default. */
  readonly onCancel?: 'leave' | 'abort' | undefined;
  /** Who follows it, should that be who aborts it. */
  readonly by: string;
  readonly exitOf?: ((end: RunEnd<SyncStatus>) => ExitCode) | undefined;
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
  const { reporter, interrupts, exitOf = exitOfEnd } = options;
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
    if (look.temporalStatus !== 'RUNNING') {
      const end = await endOfRun<SyncStatus>(temporal, run, last);
      reporter.end(end);
      return exitOf(end);
    }
    notice(look);
    const exit = waitedEnough(options, began) ?? (await interrupted(temporal, run, options));
    if (exit !== null) return exit;
    await interrupts.pause(options.everyMs);
  }
}

function noticing(reporter: SyncReporter): (look: SyncLook) => void {
  const silence = noticeSilence(reporter);
  const trouble = noticeTrouble((sentence) => reporter.say(sentence));
  return (look) => {
    silence(look.status !== null);
    trouble(look.trouble);
    reporter.show(look);
  };
}

/** Without a word of its own it is not known to be done; whatever it left, the next run finds. */
function exitOfEnd(end: RunEnd<SyncStatus>): ExitCode {
  return end.kind === 'reported' ? exitOfSync(end.status.outcome) : EXIT.failedSafe;
}

const goesOn = (pair: string): string => `the sync of ${pair} goes on: ./switchyard watch ${asSubject(pair)}`;

function waitedEnough({ waitMs, pair, reporter }: FollowSyncOptions, began: number): ExitCode | null {
  if (waitMs === null || Date.now() - began < waitMs) return null;
  reporter.say(`waited for ${about(waitMs)}; ${goesOn(pair)}`);
  return EXIT.stoppedWaiting;
}

function interrupted(
  temporal: TemporalClient,
  run: Pick<StartedRun, 'workflowId' | 'runId'>,
  options: FollowSyncOptions,
): Promise<ExitCode | null> {
  const { interrupts, reporter, pair, by, onCancel = 'leave' } = options;
  return obeySignal({
    interrupts,
    onCancel,
    say: (sentence) => reporter.say(sentence),
    what: `the sync of ${pair}`,
    goesOn: goesOn(pair),
    abort: (reason) => cancelSync(temporal, { pair, by, reason }, run.runId),
    followOn: (deaf) => followSync(temporal, run, { ...options, interrupts: deaf }),
  });
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
