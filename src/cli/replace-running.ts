import { deployId, type DeployMemo, type DeployOutcome, type DeployRequest } from '../contracts/deploy.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isForeign, type FollowOptions } from './follow.ts';
import { LOOK_EVERY_MS } from './follow-here.ts';
import { hearInterrupts, type Interrupts } from './interrupts.ts';
import { endOfRun, lookAtRun, type Look, type RunEnd } from './look-at-run.ts';
import { mustBeOlder } from './must-be-older.ts';
import { sendAbort } from './send-abort.ts';
import { queuedWords, withdrawOlder } from './queued.ts';
import type { Speaker } from './speaker.ts';
import {
  holderOf,
  subjectsOf,
  tryToStart,
  wordsFor,
  type Holder,
  type StartedRun,
  type Starting,
} from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import { about, clock, outside } from './words.ts';

export interface Replacing extends Starting, Pick<FollowOptions, 'waitMs' | 'blockedWaitMs'> {
  readonly say: Speaker;
}

/**
 * Starts the deployment; where another one holds the lock, has red restored first, and waits until that is proven.
 *
 * A client that is killed in between has started nothing: red serves. Of several that replace at once the one that was asked
 * last wins: the others give way, so that none is replaced by an older one.
 *
 * @throws Stop with exit 4 where red is not restored, 3 where a newer request holds the lock; nothing was started then.
 */
export async function startReplacing(
  temporal: TemporalClient,
  request: DeployRequest,
  replacing: Replacing,
): Promise<StartedRun> {
  const { by } = request;
  const { group, askedAt, say } = replacing;
  for (const subject of subjectsOf(request, group)) {
    const older = await withdrawOlder(temporal, subject, { by, to: wordsFor(request, group), askedAt });
    if (older !== null) say(`${subject}: taken out of the queue: ${queuedWords(older)}`);
  }
  for (;;) {
    await endLocksOfOthers(temporal, request, replacing);
    const tried = await tryToStart(temporal, request, replacing);
    if (tried.kind === 'started') return tried.run;
    mustBeOlder(tried.holder, request.record, askedAt);
    await endHolder(temporal, tried.holder, { ...replacing, request });
  }
}

/** Records of the group that are deployed by themselves, or by another group, which is taken back as a whole then. */
async function endLocksOfOthers(temporal: TemporalClient, request: DeployRequest, replacing: Replacing): Promise<void> {
  for (const { record } of replacing.group?.records ?? []) {
    const holder = await holderOf(temporal, record);
    if (holder === null || holder.memo.request === request.record) continue; // its own group's, which ends with that
    mustBeOlder(holder, record, replacing.askedAt);
    await endHolder(temporal, holder, { ...replacing, request: { ...request, record } });
  }
}

interface Ending extends Replacing {
  readonly request: DeployRequest;
}

async function endHolder(temporal: TemporalClient, holder: Holder, ending: Ending): Promise<void> {
  const { request, say, group } = ending;
  const { record, by } = request;
  const run = { workflowId: deployId(record), runId: holder.runId };
  say(`replacing the deployment to ${wordsOf(holder.memo)}: red is restored first`);
  const reason = `replaced by a deployment to ${wordsFor(request, group)}`;
  if (!(await sendAbort(temporal, run, { record, request: { by, reason, automatic: true } })))
    say('no worker answers: the abort was left as a signal, which is obeyed once a worker runs (./switchyard worker)');
  const interrupts = hearInterrupts();
  try {
    const last = await untilEnded(temporal, run, { ...ending, interrupts });
    const end = await endOfRun(temporal, run, last);
    say(mustBeSafe(record, end));
  } finally {
    interrupts.stop();
  }
}

const wordsOf = ({ to, by }: Partial<DeployMemo>): string => `${outside(to ?? '?')} by ${outside(by ?? '?')}`;

type Run = Pick<StartedRun, 'workflowId' | 'runId'>;

async function untilEnded(temporal: TemporalClient, run: Run, ending: Ending & { readonly interrupts: Interrupts }) {
  const began = Date.now();
  for (;;) {
    const look = await lookAtRun(temporal, run);
    if (look.temporalStatus !== 'RUNNING') return look.status;
    mustStillWait(look, began, ending);
    await ending.interrupts.pause(LOOK_EVERY_MS);
  }
}

/** @throws Stop: the abort goes on, this client does not, and nothing is started after it. */
function mustStillWait(
  { status }: Look,
  began: number,
  { request: { record }, interrupts, waitMs, blockedWaitMs }: Ending & { readonly interrupts: Interrupts },
): void {
  const blocked = status?.blocked ?? null;
  if (blocked !== null && (isForeign(status) || Date.now() - blocked.since >= blockedWaitMs))
    throw stopped(
      EXIT.actNow,
      `the rollback of ${record} is blocked since ${clock(blocked.since)}: ${outside(blocked.sentence)} ${outside(blocked.next)}`,
      record,
    );
  if (interrupts.exit !== null)
    throw stopped(interrupts.exit, `interrupted while red of ${record} is being restored, which goes on`, record);
  if (waitMs !== null && Date.now() - began >= waitMs)
    throw stopped(
      EXIT.stoppedWaiting,
      `waited for ${about(waitMs)} until red of ${record} is restored, which goes on`,
      record,
    );
}

/** What stands after the holder's end; another deployment may only begin from a state that is known. */
function mustBeSafe(record: string, end: RunEnd): string {
  if (end.kind === 'speechless')
    throw stopped(EXIT.actNow, `the deployment of ${record} ended without a word: ${outside(end.why)}`, record);
  const { outcome, failure } = end.status;
  const went = AFTER[outcome];
  if (went !== null) return `${record}: ${went}`;
  const why = outside(failure?.sentence ?? '');
  if (outcome === 'superseded') throw refused(`${record}: a reset put its default back meanwhile. ${why}`, STARTED);
  throw stopped(EXIT.actNow, `${record} is not restored. ${why}`, record);
}

/** Null: nothing may be started after it. */
const AFTER = {
  'rolled-back': 'red is restored, the new deployment starts',
  refused: 'it had written nothing, the new deployment starts',
  unchanged: 'it had nothing to do, the new deployment starts',
  promoted: 'it had been promoted just then, the new deployment starts from there',
  superseded: null,
  'not-restored': null,
} satisfies Record<DeployOutcome, string | null>;

const STARTED = 'nothing was started; deploy again where that is still meant';

const refused = (found: string, next: string): Stop => new Stop(EXIT.refused, [problem(found, null, next)]);

const stopped = (exit: ExitCode, found: string, record: string): Stop =>
  new Stop(exit, [problem(found, null, `nothing was started; ./switchyard status ${record}`)]);
