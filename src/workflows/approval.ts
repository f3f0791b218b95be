import { condition } from '@temporalio/workflow';
import { canonicalJson } from '../core/canonical-json.ts';
import type { ApprovalRule } from '../core/dns/approval.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Plan } from '../core/dns/plan.ts';
import { formatDuration } from '../core/duration.ts';
import { planRequest, roleOf } from '../contracts/deploy.ts';
import { failure } from '../policies/failures.ts';
import { forward } from './activities.ts';
import { asking } from './asking.ts';
import { mustBeHealthy, mustHavePlan } from './check.ts';
import type { Course } from './course.ts';
import { heldRecord } from './held-record.ts';
import { hold, holdUntil, holdUntilConfirmed, type Held, type HeldStep } from './hold.ts';
import type { Run } from './run.ts';

/** What an approval is for: the world is looked at again before the first write, and watched until the promotion. */
export interface Approved {
  /** @throws where anything has changed since the plan that was approved. */
  readonly mustStandAsPlanned: () => Promise<void>;
  readonly mustBeHealthy: () => Promise<void>;
  readonly held: (step: HeldStep) => Held;
}

/** One record, as it is approved. */
export function approvedRecord(run: Run, course: Course): Approved {
  return {
    mustStandAsPlanned: () => mustStandAsPlanned(run, course),
    mustBeHealthy: () => mustBeHealthy(run, course),
    held: (step) => heldRecord(run, course, step),
  };
}

/**
 * Before the first write: waits for somebody, where that is asked for, and then looks at the world again, which moved meanwhile. Without
 * an answer, or after a no, nothing is written.
 */
export async function approveCutover(run: Run, approved: Approved): Promise<void> {
  const rule = run.request.approve?.cutover;
  if (rule === undefined) return;
  const { progress } = run;
  await progress.stage('waiting for the approval of the cutover', () =>
    asking(run, { of: 'cutover', rule }, (isApproved) => condition(isApproved)),
  );
  await progress.stage('reading the record again', approved.mustStandAsPlanned);
  await progress.stage('checking black and red again', approved.mustBeHealthy);
}

/** After the last hold: waits for somebody, where that is asked for, and watches on. Without an answer, or after a no, red is restored (D3). */
export async function approvePromotion(run: Run, approved: Approved, step: HeldStep | undefined): Promise<void> {
  const rule = run.request.approve?.promotion;
  if (rule === undefined || step === undefined) return;
  await run.progress.stage('waiting for the approval of the promotion', () =>
    asking(run, { of: 'promotion', rule }, (isApproved) => holdUntil(run, approved.held(step), { step, isApproved })),
  );
}

/**
 * Watches a step. At full share, where that is asked for, the cutover is taken back (D3) unless it is confirmed in time: by somebody, or
 * by gates that pass for the whole bake.
 */
export async function holdStep(
  run: Run,
  held: Held,
  { step, isLast }: { readonly step: HeldStep; readonly isLast: boolean },
): Promise<void> {
  const { confirmByMs } = run.request;
  if (confirmByMs === undefined || !isLast) return hold(run, held, step);
  const rule: ApprovalRule = { by: ['*'], withinMs: confirmByMs, remindMs: null };
  if (step.holdMs > confirmByMs) run.progress.notice(onlySomebody(step.holdMs, confirmByMs));
  return asking(run, { of: 'confirmation', rule }, (isApproved) => holdUntilConfirmed(run, held, { step, isApproved }));
}

function onlySomebody(holdMs: number, confirmByMs: number): string {
  return `the bake of ${formatDuration(holdMs)} is longer than the ${formatDuration(confirmByMs)} in which it must be confirmed: only somebody can do that`;
}

/** What was approved is this plan, over these record sets and this fence: anything else is refused before the first write. */
async function mustStandAsPlanned(run: Run, course: Course): Promise<void> {
  const { record, zone, pace } = run.request;
  const snapshot = await forward(pace).readRecord(
    `reading ${record} again`,
    { record, zone, ...roleOf(run.request) },
    { scheduleToCloseTimeout: '5 minutes' },
  );
  const planned = planSteps(snapshot, planRequest(run.request));
  const same = canonicalJson(snapshot.fence) === canonicalJson(course.snapshot.fence);
  if (planned.kind === 'unchanged') throw moved(course.plan);
  const plan = mustHavePlan(run, planned);
  if (plan.hash !== course.plan.hash || !same) throw moved(course.plan);
}

export function moved({ record, hash }: Pick<Plan, 'record' | 'hash'>) {
  return failure(
    'Refused',
    `${record} is not any more what plan ${hash.slice(0, 8)} was made from: it has changed while the approval was waited for.`,
    { next: 'Look at a new plan with: ./switchyard plan.' },
  );
}
