import type { ResolveRequest } from '../contracts/deploy.ts';
import type { Written } from '../contracts/deploy-activities.ts';
import { mayRestore } from '../core/dns/may-restore.ts';
import { servingSentence } from '../core/dns/serving.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { backward, briefly } from './activities.ts';
import { restInput, restoreInput, type Course } from './course.ts';
import { insist, patiently, stopUntilDecided, type WayBack } from './insist.ts';
import { reasonFor, type Run } from './run.ts';
import { settle } from './settle.ts';

/**
 * Puts the snapshot back, from whatever of this run's own states stands there (D3).
 *
 * - D4 What somebody else wrote is never overwritten: the run stays, visible, until somebody decides.
 * - D8 Waits for no approval, no plan and no measurement; without success it never ends as if it had succeeded.
 */
export async function restoreRed(run: Run, course: Course, cause: unknown): Promise<void> {
  const why = whatItSays(reasonFor(cause, run.orders));
  if (!course.mayHaveWritten || why.type === 'Superseded') return;
  run.rollback = 'begun';
  run.progress.show({ phase: 'rolling-back', failure: { ...why, at: Date.now() } });
  const back: Back = { run, course, way: wayBackOf(run, course) };
  await stopIfRedIsWorse(back, why);
  await insist(back.way, async () => {
    const restored = await run.progress.stage('restoring red', () => putBack(back));
    await run.progress.stage('proving that red serves again', () => prove(back, restored));
    await run.progress.stage('setting the fence to rest', () => rest(back));
  });
  run.rollback = 'done';
}

interface Back {
  readonly run: Run;
  readonly course: Course;
  readonly way: WayBack;
}

/** D3's exception: an automatic rollback does not move traffic to a side that answers less; a person's abort does. */
async function stopIfRedIsWorse({ run, way }: Back, why: Said): Promise<void> {
  const { pace, ifRedIsIll } = run.request;
  const decided = mayRestore({
    policy: ifRedIsIll,
    windows: run.progress.status.windows,
    now: Date.now(),
    maxAgeMs: pace.observationsMaxAgeMs,
    aborted: why.type === 'Rejected' || isAbortedBySomebody(run, why),
  });
  if (decided.kind === 'restore') return;
  await stopUntilDecided(way, decided.reason, () => isAskedFor(run));
}

export function isAskedFor({ orders, progress }: Run): boolean {
  const { aborted } = progress.status;
  return orders.cancelled || (aborted !== null && aborted.automatic !== true);
}

export function isAbortedBySomebody(run: Run, { type }: Said): boolean {
  return isAskedFor(run) || (type === 'Aborted' && run.progress.status.aborted?.automatic !== true);
}

async function putBack({ run, course, way }: Back): Promise<Written> {
  const { pace } = run.request;
  const restored = await patiently(way, pace.blockedAfterMs, () =>
    backward(pace).restoreRecord(`restoring red at ${course.plan.record}`, {
      ...course.ref,
      ...restoreInput(course, Date.now() + pace.graceMs),
      comment: `switchyard ${course.plan.record}: rollback`,
    }),
  );
  course.standing = restored.standing;
  run.progress.show({ share: 0 });
  return restored;
}

async function prove({ run, course, way }: Back, restored: Written): Promise<void> {
  const { pace } = run.request;
  const { insyncAt, verified } = await patiently(way, pace.insync.noticeMs + pace.blockedAfterMs, () =>
    settle(run, course, {
      acts: backward(pace),
      written: restored,
      sets: course.snapshot.sets,
      stage: 'restoring',
      insyncLimits: { startToCloseTimeout: '1 hour' },
    }),
  );
  const agreeAt = insyncAt + course.plan.timing.backMs;
  run.progress.show({
    serving: { sentence: servingSentence(course.plan, 0), share: 0, seenAt: verified.at, servers: verified.servers },
    cachesAgreeAt: agreeAt,
    keepBlackUntil: agreeAt + pace.graceMs,
  });
}

/** The last word of a rollback reads once more what stands: the fence is set to rest over red and nothing else (D8). */
async function rest({ run, course, way }: Back): Promise<void> {
  const { pace } = run.request;
  const input = restInput(course, course.snapshot.sets);
  const written = await patiently(way, pace.blockedAfterMs, () =>
    backward(pace).setFence('setting the fence to rest', input),
  );
  course.standing = written.standing;
}

/** The way back of the whole run: what is decided of it is decided by the messages of the run. */
function wayBackOf(run: Run, course: Course): WayBack {
  const { orders, request } = run;
  return {
    subject: request.record,
    pace: request.pace,
    get decision() {
      return orders.decision;
    },
    set decision(decision) {
      orders.decision = decision;
    },
    block: (sentence) => block(run, sentence),
    unblock: () => unblock(run),
    leave: (decision) => leave(run, course, decision),
  };
}

/** Leaves what stands: the fence is set to rest if it can be, and the run ends as what it is. */
async function leave(run: Run, course: Course, decision: ResolveRequest): Promise<never> {
  run.left.push(course.plan.record);
  await briefly(run.request.pace)
    .setFence('setting the fence to rest over what stands there', restInput(course, null))
    .catch(() => run.progress.notice('the fence could not be set to rest: the next reset clears it'));
  throw failure(
    'NotRestored',
    `${decision.by} decided to leave ${course.plan.record} as it stands: ${decision.reason}.`,
    {
      next: `To put the default back: ./switchyard reset ${course.plan.record}.`,
    },
  );
}

function block(run: Run, sentence: string): void {
  const { record } = run.progress.status;
  const next = `Decide with: ./switchyard resolve ${record} --retry, or --leave --reason TEXT.`;
  run.progress.show({ phase: 'blocked', blocked: { since: Date.now(), sentence, next } });
}

function unblock(run: Run): void {
  if (run.progress.status.blocked !== null) run.progress.show({ phase: 'rolling-back', blocked: null });
}
