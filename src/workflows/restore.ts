import { CancellationScope, condition } from '@temporalio/workflow';
import type { ResolveRequest } from '../contracts/deploy.ts';
import { mayRestore } from '../core/dns/may-restore.ts';
import { sameSets } from '../core/dns/record-set.ts';
import { servingSentence } from '../core/dns/serving.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { backward, briefly } from './activities.ts';
import { restInput, type Course } from './course.ts';
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
  await stopIfRedIsWorse(run, course, why);
  await run.progress.stage('restoring red', () =>
    insist(run, course, { patienceMs: patience(run), body: () => putBack(run, course) }),
  );
  await run.progress.stage('proving that red serves again', () =>
    insist(run, course, {
      patienceMs: run.request.pace.insync.noticeMs + patience(run),
      body: () => prove(run, course),
    }),
  );
  await run.progress.stage('setting the fence to rest', () =>
    insist(run, course, { patienceMs: patience(run), body: () => rest(run, course) }),
  );
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
    aborted: why.type === 'Aborted',
  });
  if (decided.kind === 'restore') return;
  block(run, decided.reason);
  await condition(() => run.orders.decision !== null || run.progress.status.aborted !== null);
  await obey(run, course);
}

async function putBack(run: Run, course: Course): Promise<void> {
  const until = Date.now() + run.request.pace.graceMs;
  const restored = await backward(run.request.pace).restoreRecord(`restoring red at ${course.plan.record}`, {
    ...course.ref,
    snapshot: course.snapshot,
    own: course.plan.steps.map(({ sets }) => sets).concat([course.plan.promotion.sets]),
    owner: course.owner,
    until,
    gen: course.gen,
    comment: `switchyard ${course.plan.record}: rollback`,
  });
  course.standing = restored.standing;
  course.restored = restored;
  run.progress.show({ share: 0 });
}

async function prove(run: Run, course: Course): Promise<void> {
  if (course.restored === null) throw failure('Fault', 'nothing was restored that could be proven.');
  const { insyncAt, verified } = await settle(run, course, {
    acts: backward(run.request.pace),
    written: course.restored,
    sets: course.snapshot.sets,
    stage: 'restoring',
    insyncLimits: { startToCloseTimeout: '1 hour' },
  });
  const agreeAt = insyncAt + course.plan.timing.backMs;
  run.progress.show({
    serving: { sentence: servingSentence(course.plan, 0), share: 0, seenAt: verified.at, servers: verified.servers },
    cachesAgreeAt: agreeAt,
    keepBlackUntil: agreeAt + run.request.pace.graceMs,
  });
}

/** The last word of a rollback: it reads once more what stands, and says nothing of red unless that is red (D8). */
async function rest(run: Run, course: Course): Promise<void> {
  if (course.restored === null) {
    await putBack(run, course);
    await prove(run, course);
  }
  const written = await backward(run.request.pace).setFence('setting the fence to rest', restInput(course));
  course.standing = written.standing;
  if (sameSets(written.standing.sets, course.snapshot.sets)) return;
  course.restored = null; // whoever decides to try again wants red back, not the fence alone
  throw overwritten(course.plan.record);
}

function overwritten(record: string) {
  return failure('Foreign', `${record}: red had been restored, and then somebody else wrote the record.`, {
    next: `Find out who wrote it; then: switchyard resolve ${record} --retry, or --leave --reason TEXT.`,
  });
}

interface Insistence {
  /** After this time the rollback is shown as blocked, while it goes on trying. */
  readonly patienceMs: number;
  readonly body: () => Promise<void>;
}

/** Tries until it succeeds or until an operator decides otherwise; never gives up by itself. */
async function insist(run: Run, course: Course, { patienceMs, body }: Insistence): Promise<void> {
  for (;;) {
    const attempt: { error?: unknown; done: boolean } = { done: false };
    const scope = new CancellationScope();
    scope.run(body).then(
      () => (attempt.done = true),
      (error: unknown) => {
        attempt.error = error;
        attempt.done = true;
      },
    );
    const quick = await condition(() => attempt.done, patienceMs, { summary: 'blocked after this' });
    if (!quick)
      block(
        run,
        `the rollback of ${course.plan.record} has not succeeded since ${clock(Date.now() - patienceMs)}; it keeps trying.`,
      );
    await condition(() => attempt.done || run.orders.decision !== null);
    if (!attempt.done) scope.cancel();
    await condition(() => attempt.done);
    if (attempt.error === undefined) {
      unblock(run);
      return;
    }
    await askOperator(run, course, attempt.error);
  }
}

async function askOperator(run: Run, course: Course, error: unknown): Promise<void> {
  const said = whatItSays(error);
  if (said.type === 'Superseded') throw error;
  if (run.orders.decision === null) block(run, said.sentence);
  await condition(() => run.orders.decision !== null);
  await obey(run, course);
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
    .setFence('setting the fence to rest over what stands there', restInput(course))
    .catch(() => run.progress.notice('the fence could not be set to rest: the next reset clears it'));
  throw failure(
    'NotRestored',
    `${decision.by} decided to leave ${course.plan.record} as it stands: ${decision.reason}.`,
    {
      next: `To put the default back: switchyard reset ${course.plan.record}.`,
    },
  );
}

function block(run: Run, sentence: string): void {
  const { record } = run.progress.status;
  const next = `Decide with: switchyard resolve ${record} --retry, or --leave --reason TEXT.`;
  run.progress.show({ phase: 'blocked', blocked: { since: Date.now(), sentence, next } });
}

function unblock(run: Run): void {
  if (run.progress.status.blocked !== null) run.progress.show({ phase: 'rolling-back', blocked: null });
}

function patience(run: Run): number {
  return run.request.pace.blockedAfterMs;
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
