import {
  CancellationScope,
  ChildWorkflowCancellationType,
  defineSignal,
  getExternalWorkflowHandle,
  patched,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  LOCK_SIGNALS,
  LOCK_WORKFLOW,
  type ForwardAnswer,
  type Forwarded,
  type LockClaim,
  type LockRequest,
} from '../contracts/deploy-group.ts';
import { deployId, type DeployMemo, type DeployStatus } from '../contracts/deploy.ts';
import { changedFields } from '../core/changed-fields.ts';
import { targetWords } from '../core/dns/target-words.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { ownerOf } from './course.ts';
import type { GroupRun, Member } from './group-run.ts';
import { readForwarded } from './read-lock-message.ts';

const forward = defineSignal<[Forwarded]>(LOCK_SIGNALS.forward);
const answer = defineSignal<[ForwardAnswer]>(LOCK_SIGNALS.answer);
const tell = defineSignal<[Partial<DeployStatus>, number?]>(LOCK_SIGNALS.tell);
const release = defineSignal<[DeployStatus]>(LOCK_SIGNALS.release);
const claim = defineSignal<[LockClaim]>(LOCK_SIGNALS.claim);

/** Longer than a lock takes to end while workers are well. */
const RELEASE_WITHIN_MS = 5_000;

/**
 * Takes the lock of every record, one after the other in the order of their names, so that of two groups that share records one gets all of
 * its locks. Each lock is a child with the id that a deployment of the record alone would have (D6, G4).
 *
 * @throws failure `Refused` where one is held: nothing has been read or written then, and `releaseLocks` frees the others.
 */
export async function takeLocks(group: GroupRun): Promise<void> {
  const since = Date.now();
  for (const member of group.members) {
    if (CancellationScope.current().consideredCancelled) return; // the next stage says so
    const lock = await takeOrWait(group, member, since);
    member.lock = lock;
    void watchLock(group, member, lock.result());
  }
}

/**
 * Frees every lock that is held, each with the last status of its record, and waits until they are free: not for ever, since one that does
 * not answer would keep the group, and with it all others, from ending. It finds out by itself that the group is gone.
 */
export async function releaseLocks({ members, run }: GroupRun): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    const { status } = run.progress;
    const all = Promise.all(
      members.map(async (member) => {
        const { lock } = member;
        if (lock === null) return;
        member.lock = null; // from here on its end is wanted
        const last = statusIn(status, member);
        await signalTo(lock)
          .signal(release, last)
          .catch(() => undefined); // gone already: it is free
        await lock.result().catch(() => undefined); // ends as its record did, which this run says itself
      }),
    );
    await (patched('locks are waited for in time') ? withinTime(all) : all);
  });
}

async function withinTime(all: Promise<unknown>): Promise<void> {
  const timer = new CancellationScope();
  const late = timer.run(() => sleep(RELEASE_WITHIN_MS, { summary: 'until the locks are free' }));
  try {
    await Promise.race([all, late.catch(() => undefined)]);
  } finally {
    timer.cancel();
  }
}

/**
 * By its id, not as a child: the locks of a run that was reset are the children of the run before it, which it does not reach as its own.
 * That one is told of their ends, too.
 */
function signalTo({ workflowId, firstExecutionRunId }: NonNullable<Member['lock']>) {
  return getExternalWorkflowHandle(workflowId, firstExecutionRunId);
}

/** Tells every lock where its record is, without waiting: it shows that, and decides nothing by it. */
export function tellLocks({ members, run }: GroupRun): void {
  const { status } = run.progress;
  for (const member of members) {
    const { lock } = member;
    if (lock !== null) void tellLock(member, lock, statusIn(status, member));
  }
}

/** Runs of before tell where a step ends, and not where they come to rest. */
export function tellSteps(group: GroupRun): void {
  if (!group.tellsPhases) tellLocks(group);
}

/**
 * History keeps what is told, so that is what has changed since; all of it again as long as nobody knows whether the words before have arrived. They are
 * numbered, since two may overtake each other (seen on a busy server).
 */
async function tellLock(member: Member, lock: NonNullable<Member['lock']>, now: DeployStatus): Promise<void> {
  const change = changedFields(member.told, now);
  member.told = null;
  const tells = (member.tells += 1);
  try {
    await CancellationScope.nonCancellable(() => signalTo(lock).signal(tell, change, tells));
  } catch {
    return; // gone: its end says so
  }
  if (tells === member.tells) member.told = now;
}

/** Hears what the locks forward, and answers them: a message to one record is a message to its group. */
export function hearLocks(group: GroupRun): void {
  setHandler(forward, async (message) => {
    const forwarded = readForwarded(message);
    if (forwarded === null) return;
    const member = group.members.find(({ request }) => request.record === forwarded.record);
    const said = await answerTo(group, forwarded);
    const lock = member?.lock ?? null;
    if (lock === null) return;
    await CancellationScope.nonCancellable(async () => {
      await signalTo(lock)
        .signal(answer, { id: forwarded.id, ...said })
        .catch(() => undefined);
    });
  });
}

async function answerTo({ run }: GroupRun, { verb, message, record }: Forwarded): Promise<Omit<ForwardAnswer, 'id'>> {
  const hear = run.heard.get(verb);
  if (hear === undefined) return { sentence: `a group does not know ${verb}.`, refused: true };
  try {
    const { sentence } = await hear({ ...(message as object | null), record }); // `resolve` is for this record's zone alone
    return { sentence, refused: false };
  } catch (error) {
    return { sentence: whatItSays(error).sentence, refused: true };
  }
}

/**
 * Where the request says so it waits for one that is held. Whoever waits holds the locks of the names before, and none of those after: no two wait
 * for each other.
 *
 * @param since when the group began to take its locks: it waits so long in all, however many of them are held, which also bounds what its history keeps of it.
 */
async function takeOrWait(group: GroupRun, member: Member, since: number): Promise<NonNullable<Member['lock']>> {
  const began = Date.now();
  for (let tries = 0; ; tries += 1) {
    const lock = await CancellationScope.nonCancellable(async () => {
      const taken = await takeLock(group, member);
      const mayBeOwn = taken === null && tries === 0 && patched('a group claims locks of a run before it');
      return mayBeOwn ? claimOwn(group, member) : taken;
    });
    if (tries > 0) group.waitedMs = Date.now() - since;
    if (lock !== null) return lock;
    const { record } = member.request;
    const { firstMs, limitMs } = group.request.waitForLocks ?? { firstMs: 0, limitMs: 0 };
    const waitedMs = Date.now() - since;
    // Runs of before go on as they began: they wait so long for each record.
    if (Date.now() - began >= limitMs || (waitedMs >= limitMs && patched('a group waits in all'))) throw busy(record);
    if (tries === 0) group.run.progress.notice(`${record} is being deployed: this waits until it is free`);
    await sleep(Math.max(firstMs, waitedMs / 50), { summary: `until ${record} may be free` });
  }
}

const busy = (record: string) =>
  failure('Refused', `${record} is being deployed already.`, { next: `./switchyard watch ${record}` });

/** A run that was reset to before it took its locks finds those of the run before it, which has ended: they are claimed, and let go of. */
async function claimOwn(group: GroupRun, member: Member): Promise<Member['lock']> {
  const { record } = member.request;
  const { workflowId, runId } = workflowInfo();
  await getExternalWorkflowHandle(deployId(record))
    .signal(claim, { workflowId, runId })
    .catch(() => undefined); // free by now
  await sleep(CLAIMED_WITHIN_MS, { summary: `until ${record} is free, if a run before this one held it` });
  return takeLock(group, member);
}

/** A lock whose worker is gone is heard by another one after a second. */
const CLAIMED_WITHIN_MS = 2_000;

/** Null while somebody else holds it. */
async function takeLock({ request: { group }, run }: GroupRun, { request }: Member): Promise<Member['lock']> {
  const { record, requestId, by, to } = request;
  // By it another one knows whether it is newer than the group, which may have waited for this lock.
  const { askedAt } = (workflowInfo().memo ?? {}) as Partial<DeployMemo>;
  const memo: DeployMemo = {
    requestId,
    by,
    to: targetWords(to),
    request: `group/${group}`,
    ...(askedAt === undefined ? {} : { askedAt }),
  };
  // Twice within the time that a guard gives a fence.
  const holder = { owner: ownerOf(run.request), lookEveryMs: run.request.pace.graceMs / 2 };
  try {
    return await startChild(LOCK_WORKFLOW, {
      workflowId: deployId(record),
      args: [{ group, request, holder } satisfies LockRequest],
      memo: { ...memo },
      staticSummary: `${record}: held by group/${group}`,
      parentClosePolicy: 'TERMINATE', // a child whose parent is gone holds no lock, with or without a worker; the fence stays for the guard
      cancellationType: ChildWorkflowCancellationType.ABANDON, // it is released, never cancelled
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return null;
  }
}

/** A lock that ends by itself was terminated: without it somebody else can write, so everything is taken back. */
async function watchLock({ run }: GroupRun, member: Member, end: Promise<unknown>): Promise<void> {
  await end.catch(() => undefined);
  if (member.lock === null) return;
  member.lock = null;
  const { record } = member.request;
  run.interrupt(
    failure('Aborted', `the lock of ${record} is gone: somebody has ended ${deployId(record)} in Temporal.`),
  );
}

function statusIn(status: DeployStatus & { readonly records?: readonly DeployStatus[] }, member: Member): DeployStatus {
  return status.records?.find(({ record }) => record === member.request.record) ?? status;
}
