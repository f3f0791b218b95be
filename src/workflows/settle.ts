import { CancellationScope, isCancellation, sleep, type ActivityOptions } from '@temporalio/workflow';
import type { Verified, Written } from '../contracts/deploy-activities.ts';
import { sideWords } from '../core/dns/serving.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { forward } from './activities.ts';
import type { Course } from './course.ts';
import type { Run } from './run.ts';

type Activities = ReturnType<typeof forward>;

export interface Settled {
  readonly insyncAt: number;
  readonly verified: Verified;
}

export interface Settling {
  readonly acts: Activities;
  readonly written: Written;
  /** What every authoritative server must answer. */
  readonly sets: RecordSets;
  readonly stage: 'step' | 'restoring';
  /** How long to wait for INSYNC; empty on the way back, which has no deadline (D8). */
  readonly insyncLimits: ActivityOptions;
}

/** Waits until a write is in sync, and proves it by what the authoritative servers answer (D3, D7). */
export async function settle(run: Run, course: Course, settling: Settling): Promise<Settled> {
  const { pace, verify: mode } = run.request;
  const { acts, sets } = settling;
  const changeId = await knownChange(run, course, settling);
  const insync = await noticing(run, () =>
    acts.awaitInsync(
      `waiting until ${course.plan.record} is in sync`,
      { record: course.plan.record, changeId, pollMs: pace.insync.pollMs },
      settling.insyncLimits,
    ),
  );
  const verified = await acts.verifyAnswers(
    `asking every authoritative server of ${course.plan.record}`,
    { ...course.ref, sets, ...pace.verify, mode },
    { startToCloseTimeout: pace.verify.limitMs + 60_000 },
  );
  return { insyncAt: insync.at, verified };
}

/**
 * The id of a change that comes after the write, to wait for. Where the write's own answer was lost its id is unknown:
 * the fence is renewed then, and that change can only be in sync after the one before it.
 */
async function knownChange(run: Run, course: Course, { acts, written, stage }: Settling): Promise<string> {
  let latest = written;
  while (latest.changeId === null) {
    course.gen += 1;
    course.until = Date.now() + run.request.pace.graceMs;
    latest = await acts.setFence('renewing the fence, to have a change to wait for', {
      ...course.ref,
      owner: course.owner,
      stage,
      until: course.until,
      types: course.plan.types,
      comment: `${sideWords(course.plan.black)}: renewed`,
    });
    course.standing = latest.standing;
  }
  return latest.changeId;
}

/** Says so when Route 53 takes longer than it usually does. */
async function noticing<T>(run: Run, body: () => Promise<T>): Promise<T> {
  const { insync } = run.request.pace;
  const timer = new CancellationScope();
  timer
    .run(async () => {
      await sleep(insync.noticeMs, { summary: 'slower than usual after this' });
      run.progress.notice('Route 53 takes longer than usual to bring the change in sync');
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return await body();
  } finally {
    timer.cancel();
  }
}
