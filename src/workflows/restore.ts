import { CancellationScope, condition } from '@temporalio/workflow';
import type { ResolveRequest } from '../contracts/deploy.ts';
import type { Written } from '../contracts/deploy-activities.ts';
import { clockTime } from '../core/clock-time.ts';
import { mayRestore } from '../core/dns/may-restore.ts';
import { servingSentence } from '../core/dns/serving.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { backward, briefly } from './activities.ts';
import { restInput, type Course } from './course.ts';
import { reasonFor, type Run } from './run.ts';
import { settle } from './settle.ts';
import { unlessDone } from './unless-done.ts';

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
  await stopIfRedIsWorse(run, course, why);
  await insist(run, course, async () => {
    const restored = await run.progress.stage('restoring red', () => putBack(run, course));
    await run.progress.stage('proving that red serves again', () => prove(run, course, restored));
    await run.progress.stage('setting the fence to rest', () => rest(run, course));
  });
  run.rollback = 'done';
}

/** D3's exception: an automatic rollback does not move traffic to a side that answers less; an operator's abort does. */
async function stopIfRedIsWorse(run: Run, course: Course, why: Said): Promise<void> {
  const { pace, ifRedIsIll } = run.request;
  const decided = mayRestore({
    policy: ifRedIsIll,
    windows: run.progress.status.windows,
    now: Date.now(),
    maxAgeMs: pace.observationsMaxAgeMs,
    aborted: why.type === 'Aborted' || isAskedFor(run),
  });
  if (decided.kind === 'restore') return;
  block(run, decided.reason);
  await condition(() => run.orders.decision !== null || isAskedFor(run));
  await obey(run, course);
}

function isAskedFor({ orders, progress }: Run): boolean {
  return orders.cancelled || progress.status.aborted !== null;
}

async function putBack(run: Run, course: Course): Promise<Written> {
  const { pace } = run.request;
  const restored = await patiently(run, pace.blockedAfterMs, () =>
    backward(pace).restoreRecord(`restoring red at ${course.plan.record}`, {
      ...course.ref,
      snapshot: course.snapshot,
      own: course.plan.steps.map(({ sets }) => sets).concat([course.plan.promotion.sets]),
      owner: course.owner,
      until: Date.now() + pace.graceMs,
      gen: course.gen,
      comment: `switchyard ${course.plan.record}: rollback`,
    }),
  );
  course.standing = restored.standing;
  run.progress.show({ share: 0 });
  return restored;
}

async function prove(run: Run, course: Course, restored: Written): Promise<void> {
  const { pace } = run.request;
  const { insyncAt, verified } = await patiently(run, pace.insync.noticeMs + pace.blockedAfterMs, () =>
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
async function rest(run: Run, course: Course): Promise<void> {
  const { pace } = run.request;
  const input = restInput(course, course.snapshot.sets);
  const written = await patiently(run, pace.blockedAfterMs, () =>
    backward(pace).setFence('setting the fence to rest', input),
  );
  course.standing = written.standing;
}

/** Shows the rollback as blocked where it takes too long, while it goes on trying. */
function patiently<T>(run: Run, patienceMs: number, body: () => Promise<T>): Promise<T> {
  const since = Date.now();
  const sentence = `the rollback of ${run.request.record} has not succeeded since ${clockTime(since)}; it keeps trying.`;
  return unlessDone({ afterMs: patienceMs, summary: 'blocked after this', run: () => block(run, sentence) }, body);
}

/** Tries until it succeeds or until an operator decides otherwise; never gives up by itself. */
async function insist(run: Run, course: Course, body: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round += 1) {
    const attempt: { error?: unknown; done: boolean } = { done: false };
    const scope = new CancellationScope();
    scope.run(body).then(
      () => (attempt.done = true),
      (error: unknown) => {
        attempt.error = error;
        attempt.done = true;
      },
    );
    await condition(() => attempt.done || run.orders.decision !== null);
    if (!attempt.done) scope.cancel();
    await condition(() => attempt.done);
    if (attempt.error === undefined) break;
    await beforeNextTry(run, course, { error: attempt.error, round });
  }
  run.orders.decision = null; // one that came too late to matter
  unblock(run);
}

async function beforeNextTry(run: Run, course: Course, tried: { error: unknown; round: number }): Promise<void> {
  const said = whatItSays(tried.error);
  if (said.type === 'Superseded') throw tried.error;
  if (run.orders.decision === null) block(run, said.sentence);
  const decided = () => run.orders.decision !== null;
  // What was written is not what is seen: it may heal, so the record is read, and if need be written, again.
  if (said.type === 'WrongAnswer' || said.type === 'NotInSync') await condition(decided, backOff(run, tried.round));
  else await condition(decided);
  await obey(run, course);
}

function backOff({ request: { pace } }: Run, round: number): number {
  return Math.min(pace.retry.maxMs, pace.retry.firstMs * 2 ** Math.min(round, 10));
}

/** Carries out what an operator decided: returns to try again, or ends the rollback. */
async function obey(run: Run, course: Course): Promise<void> {
  const { decision } = run.orders;
  run.orders.decision = null;
  unblock(run);
  if (decision?.decision === 'leave') await leave(run, course, decision);
}

/** Leaves what stands: the fence is set to rest if it can be, and the run ends as what it is. */
async function leave(run: Run, course: Course, decision: ResolveRequest): Promise<never> {
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
