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
import { failure } from '../policies/failures.ts';
import { lastWords } from './conclude.ts';
import { keepOutcome, startProgress, type Progress } from './progress.ts';

const status = defineQuery<DeployStatus>(MESSAGES.status);
const abortLater = defineSignal<[AbortRequest]>(MESSAGES.abort);
const forward = defineSignal<[Forwarded]>(LOCK_SIGNALS.forward);
const answer = defineSignal<[ForwardAnswer]>(LOCK_SIGNALS.answer);
const tell = defineSignal<[Partial<DeployStatus>, number?]>(LOCK_SIGNALS.tell);
const release = defineSignal<[DeployStatus]>(LOCK_SIGNALS.release);

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
 * asked, answers the status of its record, and ends as its record did. It writes nothing; when its group is gone it is gone too.
 */
export async function lockRecord({ group, request }: LockRequest): Promise<DeployReport> {
  const lock: Lock = {
    group,
    progress: startProgress(request),
    answers: new Map(),
    asked: 0,
    heard: 0,
    released: false,
  };
  listen(lock);
  await CancellationScope.nonCancellable(() => condition(() => lock.released));
  keepOutcome(lock.progress.status);
  await condition(allHandlersFinished);
  return endAs(lock.progress.status);
}

interface Lock {
  readonly group: string;
  readonly progress: Progress;
  readonly answers: Map<number, ForwardAnswer>;
  /** How many messages it has forwarded. */
  asked: number;
  /** The number of what it was told last; a group of before does not number its words. */
  heard: number;
  released: boolean;
}

function listen(lock: Lock): void {
  const { progress } = lock;
  setHandler(status, () => progress.status, { description: 'Where the record is, as its group told last.' });
  setHandler(tell, (change, number = lock.heard) => {
    if (lock.released || number < lock.heard) return; // two signals may overtake each other, and the last word stays the last
    lock.heard = number;
    progress.show(change);
  });
  setHandler(answer, (said) => void lock.answers.set(said.id, said));
  setHandler(release, (last) => {
    progress.show(last);
    lock.released = true;
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

async function send({ group }: Lock, forwarded: Forwarded): Promise<void> {
  const { parent } = workflowInfo();
  if (parent === undefined)
    throw failure('Refused', `nobody holds this lock: ${groupSubject(group)} did not start it.`);
  await getExternalWorkflowHandle(parent.workflowId, parent.runId)
    .signal(forward, forwarded)
    .catch(() => {
      throw failure('Refused', `${groupSubject(group)} has ended.`);
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
