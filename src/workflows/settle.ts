import { sleep, type ActivityOptions } from '@temporalio/workflow';
import type { Insync, Verified, Written } from '../contracts/deploy-activities.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import { failure } from '../policies/failures.ts';
import type { forward } from './activities.ts';
import { renewInput, type Course } from './course.ts';
import type { Run } from './run.ts';
import { unlessDone } from './unless-done.ts';

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
  /** How long to wait for INSYNC: on the way back only an attempt has an end, the waiting has none (D8). */
  readonly insyncLimits: ActivityOptions;
}

/** Waits until a write is in sync, and proves it by what the authoritative servers answer (D3, D7). */
export async function settle(run: Run, course: Course, settling: Settling): Promise<Settled> {
  const { pace, verify: mode } = run.request;
  const { acts, sets } = settling;
  const changeId = await knownChange(run, course, settling);
  const insync = changeId === null ? null : await awaitInsync(run, settling, changeId);
  const verified = await acts.verifyAnswers(
    `asking every authoritative server of ${course.plan.record}`,
    { ...course.ref, sets, ...pace.verify, mode },
    { startToCloseTimeout: pace.verify.limitMs + 60_000 },
  );
  return { insyncAt: insync?.at ?? verified.at, verified };
}

function awaitInsync(run: Run, { acts, insyncLimits }: Settling, changeId: string): Promise<Insync> {
  const { record, pace } = run.request;
  const { pollMs, noticeMs } = pace.insync;
  const slow = 'Route 53 takes longer than usual to bring the change in sync';
  const reminder = { afterMs: noticeMs, summary: 'slower than usual after this', run: () => run.progress.notice(slow) };
  return unlessDone(reminder, () =>
    acts.awaitInsync(`waiting until ${record} is in sync`, { record, changeId, pollMs }, insyncLimits),
  );
}

/** How often the fence is renewed to learn a change id; a way to Route 53 that loses every answer must not fill the history. */
const RENEWALS = 5;

/**
 * The id of a change that comes after the write, to wait for. Where the write's own answer was lost its id is unknown:
 * the fence is renewed then, and that change can only be in sync after the one before it. Null where that answer is always
 * lost as well: what the authoritative servers answer is all the proof there is then.
 */
async function knownChange(run: Run, course: Course, { acts, written, stage }: Settling): Promise<string | null> {
  const { pace, verify } = run.request;
  let { changeId } = written;
  for (let round = 0; changeId === null && round < RENEWALS; round += 1) {
    if (round > 0)
      await sleep(Math.min(pace.retry.maxMs, pace.retry.firstMs * 2 ** round), { summary: 'before asking again' });
    const input = renewInput(course, stage, Date.now() + pace.graceMs);
    const renewed = await acts.setFence('renewing the fence, to have a change to wait for', input);
    course.standing = renewed.standing;
    changeId = renewed.changeId;
  }
  if (changeId === null && verify === 'api')
    throw failure('NotInSync', 'every answer of Route 53 is lost, so nothing proves that the change is in sync.');
  return changeId;
}
