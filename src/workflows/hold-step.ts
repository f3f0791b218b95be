import type { ApprovalRule } from '../core/dns/approval.ts';
import { formatDuration } from '../core/duration.ts';
import type { Cutover } from './approve.ts';
import { asking } from './asking.ts';
import type { HeldStep } from './held.ts';
import { hold, holdUntilConfirmed } from './hold.ts';
import type { Run } from './run.ts';

/**
 * Watches a step. After the last one, where that is asked for, the cutover is taken back (D3) unless it is confirmed in time: by somebody, or
 * by gates that pass for the whole bake.
 */
export async function holdStep(run: Run, { held, lastStep }: Cutover, step: HeldStep): Promise<void> {
  const { confirmByMs } = run.request;
  const holding = held(step);
  if (confirmByMs === undefined || step !== lastStep) return hold(run, holding, step);
  const rule: ApprovalRule = { by: ['*'], withinMs: confirmByMs, remindMs: null };
  if (step.holdMs > confirmByMs) run.progress.notice(onlySomebody(step.holdMs, confirmByMs));
  return asking(run, { of: 'confirmation', rule }, (isApproved) =>
    holdUntilConfirmed(run, holding, { step, isApproved }),
  );
}

function onlySomebody(holdMs: number, confirmByMs: number): string {
  return `the bake of ${formatDuration(holdMs)} is longer than the ${formatDuration(confirmByMs)} in which it must be confirmed: only somebody can do that`;
}
