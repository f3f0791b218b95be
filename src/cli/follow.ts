import { MESSAGES, type AbortRequest, type DeployStatus } from '../contracts/deploy.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfOutcome } from './explain.ts';
import type { DeployReporter } from './deploy-face.ts';
import type { Interrupts } from './interrupts.ts';
import { endOfRun, lookAtRun, type Look, type RunEnd } from './look-at-run.ts';
import { noticeSilence } from './notice-silence.ts';
import { obeySignal } from './obey-signal.ts';
import { goesOn } from './render.ts';
import type { StartedRun } from './start-deployment.ts';
import type { TemporalClient } from './temporal-client.ts';
import { about, clock, outside } from './words.ts';

export interface FollowOptions {
  readonly record: string;
  /** Null: until it ends. */
  readonly waitMs: number | null;
  /** How long a rollback may be blocked until this client ends with exit 4; it keeps trying. */
  readonly blockedWaitMs: number;
  readonly onCancel: 'leave' | 'abort';
  readonly by: string;
  readonly reporter: DeployReporter;
  readonly interrupts: Interrupts;
  /** Between two looks. */
  readonly everyMs: number;
}

/** Follows a run to its end, or to the moment when this client stops waiting; returns its exit code. */
export async function follow(temporal: TemporalClient, run: StartedRun, options: FollowOptions): Promise<ExitCode> {
  const { reporter, interrupts } = options;
  const began = Date.now();
  const silence = noticeSilence(reporter);
  let last: DeployStatus | null = null;
  for (;;) {
    const look = await lookAtRun(temporal, run);
    last = look.status ?? last;
    if (look.temporalStatus !== 'RUNNING') return conclude(reporter, await endOfRun(temporal, run, last));
    silence(look.status !== null);
    if (look.status !== null) reporter.show(look.status);
    const stop = mustStop({ look, began, options }) ?? (await interrupted(temporal, { run, last, options }));
    if (stop !== null) return stop;
    await interrupts.pause(options.everyMs);
  }
}

function conclude(reporter: DeployReporter, end: RunEnd): ExitCode {
  reporter.end(end);
  return end.kind === 'reported' ? exitOfOutcome(end.status.outcome) : EXIT.actNow;
}

interface Moment {
  readonly look: Look;
  readonly began: number;
  readonly options: FollowOptions;
}

/** Whether this client has waited for long enough. */
function mustStop({ look, began, options }: Moment): ExitCode | null {
  const { reporter, record, waitMs, blockedWaitMs } = options;
  const blocked = look.status?.blocked ?? null;
  if (blocked !== null && isForeign(look.status)) {
    reporter.say(`stopped: ${outside(blocked.sentence)} ${outside(blocked.next)}`);
    return EXIT.actNow;
  }
  if (blocked !== null && Date.now() - blocked.since >= blockedWaitMs) {
    for (const words of look.retrying) reporter.say(outside(words));
    reporter.say(
      `the rollback of ${record} is blocked since ${clock(blocked.since)} and keeps trying: ${outside(blocked.sentence)} ${outside(blocked.next)}`,
    );
    return EXIT.actNow;
  }
  if (waitMs !== null && Date.now() - began >= waitMs) {
    reporter.say(`waited for ${about(waitMs)}; ${goesOn(record, look.status)}`);
    return EXIT.stoppedWaiting;
  }
  return null;
}

/** Waiting longer decides nothing there: somebody has to. */
export function isForeign(status: DeployStatus | null): boolean {
  return status?.failure?.type === 'Foreign';
}

interface Signalled {
  readonly run: StartedRun;
  readonly last: DeployStatus | null;
  readonly options: FollowOptions;
}

function interrupted(temporal: TemporalClient, { run, last, options }: Signalled): Promise<ExitCode | null> {
  const { interrupts, reporter, record, onCancel, by } = options;
  return obeySignal({
    interrupts,
    onCancel,
    say: (sentence) => reporter.say(sentence),
    what: `the deployment of ${record}`,
    goesOn: goesOn(record, last),
    abort: (reason) => askToAbort(temporal, run, { by, reason }),
    followOn: (deaf) => follow(temporal, run, { ...options, interrupts: deaf }),
  });
}

/** The signal needs no worker to be taken, and a run that is restored twice is restored. */
export async function askToAbort(
  temporal: TemporalClient,
  run: Pick<StartedRun, 'workflowId'>,
  request: AbortRequest,
): Promise<void> {
  const handle = temporal.client.workflow.getHandle(run.workflowId);
  await temporal.ask(() => handle.signal<[AbortRequest]>(MESSAGES.abort, request));
}
