import { CancelledFailure } from '@temporalio/workflow';
import type { Written } from '../contracts/deploy-activities.ts';
import type { Step } from '../core/dns/plan.ts';
import { readFence } from '../core/dns/fence.ts';
import { revisionOf } from '../core/dns/revision.ts';
import { servingSentence } from '../core/dns/serving.ts';
import { forward } from './activities.ts';
import { nextStanding, restInput, stepUntil, type Course } from './course.ts';
import { settle, type Settled } from './settle.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import type { Run } from './run.ts';

/** Swaps the record to a step of the plan, waits until it is in sync, and proves it (D2, D7). */
export async function moveTo(run: Run, course: Course, step: Step): Promise<void> {
  const to = nextStanding(course, step.sets, stepUntil(step, run.request.pace));
  await swapTo(run, course, { ...step, phase: 'writing', to });
}

/** The last swap of the plan: final record sets, final TTL, fence idle. */
export async function promote(run: Run, course: Course): Promise<void> {
  const { promotion, timing } = course.plan;
  const { insyncAt } = await swapTo(run, course, {
    phase: 'promoting',
    label: promotion.label,
    share: 100,
    sets: promotion.sets,
    to: nextStanding(course, promotion.sets, null),
  });
  await rest(run, course);
  run.progress.show({
    cachesAgreeAt: insyncAt + timing.forwardMs,
    keepRedUntil: insyncAt + timing.forwardMs + run.request.pace.graceMs,
    revision: revisionOf(course.plan, { before: course.snapshot.fence, after: course.standing.fence }),
  });
}

/** Where the promotion's own answer was lost, its fence was renewed as that of a step, to have a change to wait for. */
async function rest(run: Run, course: Course): Promise<void> {
  const fence = readFence(course.standing.fence);
  if (fence.kind !== 'standing' || fence.fence.stage === 'idle') return;
  const written = await forward(run.request.pace).setFence(
    'setting the fence to rest',
    restInput(course, course.plan.promotion.sets),
  );
  course.standing = written.standing;
}

type Move = Pick<Step, 'label' | 'share' | 'sets'> & {
  readonly phase: 'writing' | 'promoting';
  readonly to: Course['standing'];
};

async function swapTo(run: Run, course: Course, move: Move): Promise<Settled> {
  const { progress, request } = run;
  const acts = forward(request.pace);
  progress.show({ phase: move.phase });
  const written = await write(run, course, move);
  course.standing = written.standing;
  progress.show({ phase: 'settling', share: move.share });
  const settled = await settle(run, course, {
    acts,
    written,
    sets: move.sets,
    stage: 'step',
    insyncLimits: {
      startToCloseTimeout: request.pace.insync.limitMs,
      scheduleToCloseTimeout: request.pace.insync.limitMs,
    },
  });
  progress.show({
    serving: {
      sentence: servingSentence(course.plan, move.share),
      share: move.share,
      seenAt: settled.verified.at,
      servers: settled.verified.servers,
    },
  });
  return settled;
}

/** Assumes from before the write that it may have happened, until Route 53 has refused it for certain. */
async function write(run: Run, course: Course, move: Move): Promise<Written> {
  const first = !course.mayHaveWritten;
  course.mayHaveWritten = true;
  const swapping = forward(run.request.pace).swapRecord(`${course.plan.record}: ${move.label}`, {
    ...course.ref,
    from: course.standing,
    to: move.to,
    comment: commentOf(run, move.label),
  });
  return swapping.catch((error: unknown) => {
    if (first && isCertainlyUnwritten(error)) course.mayHaveWritten = false;
    throw error;
  });
}

/** Nothing was sent, or Route 53 refused it before any request of this run could have been applied, now or late. */
export function isCertainlyUnwritten(error: unknown): boolean {
  // A bare cancellation means that the activity was never scheduled: of one that was, it comes inside an ActivityFailure.
  if (error instanceof CancelledFailure) return true;
  const { facts } = whatItSays(error);
  return typeof facts === 'object' && facts !== null && 'mayLand' in facts && facts.mayLand === false;
}

function commentOf(run: Run, label: string): string {
  return `switchyard ${run.progress.status.record}: ${label}`.slice(0, 256);
}
