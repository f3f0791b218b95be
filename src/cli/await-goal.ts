import { deployId, type DeployMemo, type DeployStatus } from '../contracts/deploy.ts';
import { judgeGoal, type GoalVerdict, type WaitGoal } from '../core/dns/wait-goal.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { exitOfOutcome } from './explain.ts';
import { follow } from './follow.ts';
import { LOOK_EVERY_MS } from './follow-here.ts';
import type { Interrupts } from './interrupts.ts';
import { endOfRun, type Ended, type RunEnd } from './look-at-run.ts';
import { runsOf } from './runs-of.ts';
import { problem, Stop } from './stop.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { about, clock } from './words.ts';

export interface GoalWait {
  readonly record: string;
  readonly goal: WaitGoal;
  /** Null: until it is known. */
  readonly timeoutMs: number | null;
  readonly blockedWaitMs: number;
  readonly interrupts: Interrupts;
  readonly say: (sentence: string) => void;
}

/** How the waiting ended; the status is that of the run that decided it. */
export interface GoalEnd {
  readonly exit: ExitCode;
  readonly sentence: string;
  readonly status: DeployStatus | null;
}

/**
 * Waits until the newest deployment of a record has ended and what is waited for holds, or never will. A deployment that begins
 * meanwhile is the newest one then.
 *
 * @throws Stop with exit 3 where no deployment is known.
 */
export async function awaitGoal(temporal: TemporalClient, wait: GoalWait): Promise<GoalEnd> {
  const began = Date.now();
  const leftMs = (): number | null =>
    wait.timeoutMs === null ? null : Math.max(0, wait.timeoutMs - (Date.now() - began));
  for (;;) {
    const runId = await newestRun(temporal, wait.record);
    const followed = await followQuietly(temporal, { ...wait, timeoutMs: leftMs() }, runId);
    if ('exit' in followed) return followed;
    const { verdict, status } = await judged(temporal, wait, followed.end, runId);
    // What begins while this was judged, an undo among it, may need red.
    const isNewest = (await newestRun(temporal, wait.record)) === runId;
    if (isNewest && verdict.kind !== 'later') return ended(verdict, status, followed.end);
    if (verdict.kind !== 'later') continue;
    const left = leftMs();
    if (left === 0)
      return stopped(EXIT.stoppedWaiting, `waited for ${about(wait.timeoutMs ?? 0)}; ${verdict.sentence}`, status);
    await wait.interrupts.pause(
      Math.min(LOOK_EVERY_MS, left ?? LOOK_EVERY_MS, Math.max(1, verdict.until - Date.now())),
    );
    if (wait.interrupts.exit !== null) return stopped(wait.interrupts.exit, `interrupted; ${verdict.sentence}`, status);
  }
}

async function newestRun({ ask, client }: TemporalClient, record: string): Promise<string> {
  try {
    return (await ask(() => client.workflow.getHandle(deployId(record)).describe())).runId;
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    const found = `no deployment of ${record} is known to Temporal`;
    throw new Stop(
      EXIT.refused,
      [problem(found, null, `start one with ./switchyard deploy ${record} --to VALUE`)],
      cause,
    );
  }
}

/** The run's end, or why this client stopped waiting for it. */
async function followQuietly(
  temporal: TemporalClient,
  { record, timeoutMs, blockedWaitMs, interrupts, say }: GoalWait,
  runId: string,
): Promise<{ readonly end: RunEnd } | GoalEnd> {
  const heard: { end: RunEnd | null; last: string; status: DeployStatus | null } = {
    end: null,
    last: '',
    status: null,
  };
  const exit = await follow(
    temporal,
    { workflowId: deployId(record), runId, joined: true },
    {
      record,
      waitMs: timeoutMs,
      blockedWaitMs,
      onCancel: 'leave',
      by: '',
      interrupts,
      everyMs: LOOK_EVERY_MS,
      reporter: {
        show: (status) => void (heard.status = status),
        say: (sentence) => {
          heard.last = sentence;
          say(`${clock(Date.now())}  ${sentence}`);
        },
        end: (end) => void (heard.end = end),
      },
    },
  );
  return heard.end === null ? stopped(exit, heard.last, heard.status) : { end: heard.end };
}

interface Judged {
  readonly verdict: GoalVerdict;
  readonly status: Ended<DeployStatus> | null;
}

async function judged(temporal: TemporalClient, wait: GoalWait, end: RunEnd, runId: string): Promise<Judged> {
  if (end.kind === 'speechless') return { verdict: { kind: 'never', sentence: end.why }, status: null };
  const moved = wait.goal === 'red-idle' ? await lastThatMoved(temporal, end.status, runId) : end.status;
  return { verdict: judgeGoal(wait.goal, moved, Date.now()), status: moved };
}

/** A deployment that wrote nothing says nothing about red: the one before it does. */
async function lastThatMoved(
  temporal: TemporalClient,
  newest: Ended<DeployStatus>,
  newestId: string,
): Promise<Ended<DeployStatus>> {
  if (wrote(newest.outcome)) return newest;
  const workflowId = deployId(newest.record);
  for await (const { runId, memo } of runsOf<DeployMemo>(temporal, workflowId, "ExecutionStatus != 'Running'")) {
    if (runId === newestId || !wrote(memo.outcome ?? null)) continue;
    const end = await endOfRun(temporal, { workflowId, runId }, null);
    return end.kind === 'reported' ? end.status : newest;
  }
  return newest;
}

const wrote = (outcome: string | null): boolean => outcome !== 'unchanged' && outcome !== 'refused';

function ended(verdict: GoalVerdict, status: Ended<DeployStatus> | null, end: RunEnd): GoalEnd {
  if (verdict.kind === 'holds') return stopped(EXIT.done, verdict.sentence, status);
  if (status === null) return stopped(EXIT.actNow, verdict.sentence, end.kind === 'reported' ? end.status : end.last);
  const exit = exitOfOutcome(status.outcome);
  return stopped(exit === EXIT.done ? EXIT.failedSafe : exit, verdict.sentence, status);
}

const stopped = (exit: ExitCode, sentence: string, status: DeployStatus | null): GoalEnd => ({
  exit,
  sentence,
  status,
});
