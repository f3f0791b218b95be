import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Interrupts } from './interrupts.ts';
import type { ChainLook } from './look-at-chain.ts';
import { endOfRun, type RunEnd, type Told } from './look-at-run.ts';
import { noticeSilence } from './notice-silence.ts';
import { noticeTrouble } from './notice-trouble.ts';
import { obeySignal } from './obey-signal.ts';
import type { Reporter } from './reporter.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';
import { about } from './words.ts';

type Run = Pick<StartedRun, 'workflowId' | 'runId'>;

/** How a run is followed that may go on in further executions. */
export interface FollowChain<Look extends ChainLook<Status, unknown>, Status extends Told> {
  readonly look: (run: Run) => Promise<Look>;
  readonly exitOf: (end: RunEnd<Status>) => ExitCode;
  /** `the sync of tasks`. */
  readonly what: string;
  /** How to follow it again. */
  readonly watch: string;
  readonly abort: (reason: string, runId: string) => Promise<void>;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  /** At Ctrl-C and SIGTERM; to leave it by default. */
  readonly onCancel?: 'leave' | 'abort' | undefined;
  readonly reporter: Reporter<Look, Status>;
  readonly interrupts: Interrupts;
  /** Between two looks. */
  readonly everyMs: number;
}

/** Follows a run to its end, over its executions, or until this client stops waiting; returns its exit code. */
export async function followChain<Look extends ChainLook<Status, unknown>, Status extends Told>(
  temporal: TemporalClient,
  started: Run,
  chain: FollowChain<Look, Status>,
): Promise<ExitCode> {
  const { reporter, interrupts } = chain;
  const notice = noticing(reporter);
  const began = Date.now();
  let run = started;
  let last: Status | null = null;
  for (;;) {
    const look = await chain.look(run);
    last = look.status ?? last;
    if (look.temporalStatus === 'CONTINUED_AS_NEW') {
      run = { ...run, runId: await successor(temporal, run) };
      continue;
    }
    if (look.temporalStatus !== 'RUNNING') {
      const end = await endOfRun<Status>(temporal, run, last);
      reporter.end(end);
      return chain.exitOf(end);
    }
    notice(look);
    const exit = waitedEnough(chain, began) ?? (await interrupted(temporal, run, chain));
    if (exit !== null) return exit;
    await interrupts.pause(chain.everyMs);
  }
}

function noticing<Look extends ChainLook<Status, unknown>, Status extends Told>(
  reporter: Reporter<Look, Status>,
): (look: Look) => void {
  const silence = noticeSilence(reporter);
  const trouble = noticeTrouble((sentence) => reporter.say(sentence));
  return (look) => {
    silence(look.status !== null);
    trouble(look.trouble);
    reporter.show(look);
  };
}

interface Waiting {
  readonly waitMs: number | null;
  readonly what: string;
  readonly watch: string;
  readonly reporter: { readonly say: (sentence: string) => void };
}

const goesOn = ({ what, watch }: Waiting): string => `${what} goes on: ${watch}`;

function waitedEnough(waiting: Waiting, began: number): ExitCode | null {
  const { waitMs, reporter } = waiting;
  if (waitMs === null || Date.now() - began < waitMs) return null;
  reporter.say(`waited for ${about(waitMs)}; ${goesOn(waiting)}`);
  return EXIT.stoppedWaiting;
}

function interrupted<Look extends ChainLook<Status, unknown>, Status extends Told>(
  temporal: TemporalClient,
  run: Run,
  chain: FollowChain<Look, Status>,
): Promise<ExitCode | null> {
  const { interrupts, reporter, onCancel = 'leave', what } = chain;
  return obeySignal({
    interrupts,
    onCancel,
    say: (sentence) => reporter.say(sentence),
    what,
    goesOn: goesOn(chain),
    abort: (reason) => chain.abort(reason, run.runId),
    followOn: (deaf) => followChain(temporal, run, { ...chain, interrupts: deaf }),
  });
}

/** The execution in which a run that continued as new goes on. */
async function successor({ ask, client }: TemporalClient, run: Run): Promise<string> {
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
