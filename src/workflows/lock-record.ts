import {
  allHandlersFinished,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  groupSubject,
  LOCK_SIGNALS,
  type ForwardAnswer,
  type Forwarded,
  type LockClaim,
  type LockHolder,
  type LockRequest,
} from '../contracts/deploy-group.ts';
import {
  MESSAGES,
  type AbortRequest,
  type DeployReport,
  type DeployStatus,
  type MessageAnswer,
} from '../contracts/deploy.ts';
import { isFailureType, lastFailure } from '../policies/as-temporal-failure.ts';
import { failure, type FailureType } from '../policies/failures.ts';
import { lastWords } from './conclude.ts';
import { isGone } from './lock-holder.ts';
import { keepOutcome, startProgress, type Progress } from './progress.ts';
import { readAnswer, readClaim, readRelease, readTold } from './read-lock-message.ts';

const status = defineQuery<DeployStatus>(MESSAGES.status);
const abortLater = defineSignal<[AbortRequest]>(MESSAGES.abort);
const forward = defineSignal<[Forwarded]>(LOCK_SIGNALS.forward);
const answer = defineSignal<[ForwardAnswer]>(LOCK_SIGNALS.answer);
const tell = defineSignal<[Partial<DeployStatus>, number?]>(LOCK_SIGNALS.tell);
const release = defineSignal<[DeployStatus]>(LOCK_SIGNALS.release);
const claim = defineSignal<[LockClaim]>(LOCK_SIGNALS.claim);

/** What it forwards, in the name of its group: everything that a deployment of the record alone would hear. */
const FORWARDED = [
  MESSAGES.abort,
  MESSAGES.promote,
  MESSAGES.pause,
  MESSAGES.resume,
  MESSAGES.resolve,
  MESSAGES.approve,
  MESSAGES.reject,
] as const;

/**
 * Holds the lock of one record for its group (G4): it has the id that a deployment of the record alone would have. It forwards what it is
 * asked, answers the status of its record, and ends as its record did. It writes nothing; when its group is gone it is gone too: Temporal
 * ends it with a group that is terminated, and where a reset has come between the two, so that Temporal does not, it finds out.
 */
export async function lockRecord({ group, request, holder }: LockRequest): Promise<DeployReport> {
  const lock: Lock = {
    group,
    holder: holder ?? null,
    progress: startProgress(request),
    answers: new Map(),
    asked: 0,
    heard: 0,
    released: false,
  };
  listen(lock);
  await CancellationScope.nonCancellable(() => untilReleased(lock));
  keepOutcome(lock.progress.status);
  await condition(allHandlersFinished);
  return endAs(lock.progress.status);
}

interface Lock {
  readonly group: string;
  /** Null in runs of before: they ask for nobody. */
  readonly holder: LockHolder | null;
  readonly progress: Progress;
  readonly answers: Map<number, ForwardAnswer>;
  /** How many messages it has forwarded. */
  asked: number;
  /** The number of what it was told last; a group of before does not number its words. */
  heard: number;
  released: boolean;
}

/** The longer it has been held, the less often it asks: what its history keeps of it is bounded by that. */
async function untilReleased(lock: Lock): Promise<void> {
  const { holder, progress } = lock;
  if (holder === null) return condition(() => lock.released);
  for (;;) {
    const heldMs = Date.now() - progress.status.startedAt;
    const pauseMs = Math.max(holder.lookEveryMs, heldMs / 50);
    const summary = `until it asks whether ${groupSubject(lock.group)} still runs`;
    if (await condition(() => lock.released, pauseMs, { summary })) return;
    const look = isGone(holder.owner, groupSubject(lock.group)).then((gone) => {
      if (gone) letGo(lock, GONE);
    });
    await Promise.race([look, condition(() => lock.released)]);
  }
}

interface LastWord {
  readonly outcome: 'not-restored' | 'superseded';
  readonly type: FailureType;
  readonly words: string;
}

const GONE: LastWord = {
  outcome: 'not-restored',
  type: 'NotRestored',
  words: 'has ended without letting it go: the fence says how far it was, and is left to the guard',
};
const CLAIMED: LastWord = { outcome: 'superseded', type: 'Superseded', words: 'was reset, and holds it anew' };

/** Nobody says any more what becomes of the record: the lock ends, and writes nothing. */
function letGo(lock: Lock, { outcome, type, words }: LastWord): void {
  if (lock.released) return;
  const subject = groupSubject(lock.group);
  const sentence = `the run of ${subject} that held this lock ${words}.`;
  const failed = { type, sentence, next: `./switchyard status ${subject}`, at: Date.now() };
  lock.progress.show({ phase: outcome, outcome, failure: failed });
  lock.released = true;
}

/** One run of a group is open at a time: the one that held this lock has ended when a later one claims it. */
function isOfLaterRun({ workflowId, runId }: LockClaim): boolean {
  const { parent } = workflowInfo();
  return parent?.workflowId === workflowId && parent.runId !== runId;
}

function listen(lock: Lock): void {
  const { progress } = lock;
  setHandler(status, () => progress.status, { description: 'Where the record is, as its group told last.' });
  setHandler(tell, (message, count) => {
    const now = readTold(message);
    const number = Number.isSafeInteger(count) ? Number(count) : lock.heard;
    if (now === null || lock.released || number < lock.heard) return; // two signals may overtake each other, and the last word stays the last
    if (showTold(progress, now)) lock.heard = number;
  });
  setHandler(answer, (message) => {
    const said = readAnswer(message);
    if (said !== null) lock.answers.set(said.id, said);
  });
  setHandler(release, (message) => {
    const last = readRelease(message, progress.status.record);
    lock.released ||= last !== null && showTold(progress, last);
  });
  setHandler(claim, (message) => {
    const by = readClaim(message);
    if (by !== null && isOfLaterRun(by)) letGo(lock, CLAIMED);
  });
  for (const verb of FORWARDED)
    setHandler(defineUpdate<MessageAnswer, [unknown]>(verb), (message) => ask(lock, verb, message), {
      description: `Forwarded to ${groupSubject(lock.group)}: all of its records move together.`,
    });
  setHandler(abortLater, async (message) => {
    await ask(lock, MESSAGES.abort, message).catch(() => undefined); // it has ended: there is nothing to abort
  });
  CancellationScope.current().cancelRequested.catch(() => {
    const message: AbortRequest = { by: 'Temporal', reason: `the lock of ${progress.status.record} was cancelled` };
    void CancellationScope.nonCancellable(() => ask(lock, MESSAGES.abort, message)).catch(() => undefined);
  });
}

/** @returns false where it cannot be drawn: it is no word of the group then, and the status stays as it was. */
function showTold(progress: Progress, now: Partial<DeployStatus>): boolean {
  const before = progress.status;
  try {
    progress.show(now);
    return true;
  } catch {
    progress.show(before);
    return false;
  }
}

async function ask(lock: Lock, verb: string, message: unknown): Promise<MessageAnswer> {
  const { progress } = lock;
  const { record } = progress.status;
  const id = (lock.asked += 1);
  await CancellationScope.nonCancellable(async () => {
    await send(lock, { id, record, verb, message });
    await condition(() => lock.answers.has(id) || lock.released);
  });
  const said = lock.answers.get(id);
  if (said?.refused === true) throw failure('Refused', said.sentence);
  return { sentence: `${groupSubject(lock.group)}: ${said?.sentence ?? 'it has ended'}`, status: progress.status };
}

/** A run that was reset goes on under another run id: whether it does, Temporal says. */
async function send(lock: Lock, forwarded: Forwarded): Promise<void> {
  const { parent } = workflowInfo();
  const subject = groupSubject(lock.group);
  if (parent === undefined) throw failure('Refused', `nobody holds this lock: ${subject} did not start it.`);
  const to = (runId?: string) => getExternalWorkflowHandle(parent.workflowId, runId).signal(forward, forwarded);
  try {
    await to(parent.runId);
  } catch {
    if (lock.holder === null) throw failure('Refused', `${subject} has ended.`);
    await sendToReset(lock, lock.holder, to);
  }
}

async function sendToReset(lock: Lock, holder: LockHolder, to: () => Promise<void>): Promise<void> {
  const subject = groupSubject(lock.group);
  if (await isGone(holder.owner, subject)) letGo(lock, GONE);
  if (lock.released) throw failure('Refused', `${subject} has ended.`);
  await to().catch(() => {
    throw failure('Unavailable', `${subject} did not hear it.`);
  });
}

/** As a deployment of the record alone would have ended. */
function endAs(last: DeployStatus): DeployReport {
  const report: DeployReport = { ...last, outcome: last.outcome ?? 'refused' };
  if (report.outcome === 'promoted' || report.outcome === 'unchanged') return report;
  const { type, sentence, next } = last.failure ?? { type: 'Aborted', sentence: 'the group has ended', next: null };
  const known = isFailureType(type) ? type : 'Fault';
  throw lastFailure({ type: known, sentence: lastWords({ sentence }, report), next }, report, failure(known, sentence));
}
