import { sleep, type ActivityOptions } from '@temporalio/workflow';
import { roleOf, type DeployRequest } from '../contracts/deploy.ts';
import type { Insync, Verified, Written } from '../contracts/deploy-activities.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import { failure } from '../policies/failures.ts';
import type { Deploying } from './activities.ts';
import { renewInput, type Course } from './course.ts';
import type { Run } from './run.ts';
import { unlessDone } from './unless-done.ts';

export interface Settled {
  readonly insyncAt: number;
  readonly verified: Verified;
}

export interface Settling {
  readonly acts: Deploying;
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
  const { acts, sets, written, stage, insyncLimits } = settling;
  const insync = await untilInsync(run, {
    acts,
    subject: course.plan.record,
    changeId: written.changeId,
    renew: async () => {
      const input = renewInput(course, stage, Date.now() + pace.graceMs);
      const renewed = await acts.setFence('renewing the fence, to have a change to wait for', input);
      course.standing = renewed.standing;
      return renewed.changeId;
    },
    limits: insyncLimits,
    ...roleOf(course.ref),
  });
  const verified = await acts.verifyAnswers(
    verifyLabel(mode, course.plan.record),
    { ...course.ref, sets, ...pace.verify, mode },
    { startToCloseTimeout: pace.verify.limitMs + 60_000 },
  );
  return { insyncAt: insync?.at ?? verified.at, verified };
}

/** In the timeline. */
export function verifyLabel(mode: DeployRequest['verify'], subject: string): string {
  return mode === 'api'
    ? `taking Route 53's word for ${subject}: no name server is asked`
    : `asking every authoritative server of ${subject}`;
}

/** A change to wait for. */
export interface Change {
  readonly acts: Deploying;
  /** What was changed, as the timeline says it. */
  readonly subject: string;
  /** Null where the answer of the write was lost. */
  readonly changeId: string | null;
  /** Renews the fence, and tells the id of that change; null where its answer was lost too. */
  readonly renew: () => Promise<string | null>;
  readonly limits: ActivityOptions;
  readonly role?: string;
}

/** Null where every answer of Route 53 is lost: what the authoritative servers answer is all the proof there is then. */
export async function untilInsync(run: Run, change: Change): Promise<Insync | null> {
  const { acts, subject: record, limits } = change;
  const { pollMs, noticeMs } = run.request.pace.insync;
  const changeId = await knownChange(run, change);
  if (changeId === null) return null;
  const slow = 'Route 53 takes longer than usual to bring the change in sync';
  const reminder = { afterMs: noticeMs, summary: 'slower than usual after this', run: () => run.progress.notice(slow) };
  return unlessDone(reminder, () =>
    acts.awaitInsync(`waiting until ${record} is in sync`, { record, changeId, pollMs, ...roleOf(change) }, limits),
  );
}

/** How often the fence is renewed to learn a change id; a way to Route 53 that loses every answer must not fill the history. */
const RENEWALS = 5;

/**
 * The id of a change that comes after the write, to wait for. Where the write's own answer was lost its id is unknown:
 * the fence is renewed then, and that change can only be in sync after the one before it.
 */
async function knownChange(run: Run, { changeId: known, renew }: Change): Promise<string | null> {
  const { pace, verify } = run.request;
  let changeId = known;
  for (let round = 0; changeId === null && round < RENEWALS; round += 1) {
    if (round > 0)
      await sleep(Math.min(pace.retry.maxMs, pace.retry.firstMs * 2 ** round), { summary: 'before asking again' });
    changeId = await renew();
  }
  if (changeId === null && verify === 'api')
    throw failure('NotInSync', 'every answer of Route 53 is lost, so nothing proves that the change is in sync.');
  return changeId;
}
