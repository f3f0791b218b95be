import { condition } from '@temporalio/workflow';
import { asking } from './asking.ts';
import type { Held, HeldStep } from './held.ts';
import { holdUntil } from './hold.ts';
import type { Run } from './run.ts';

/** The cutover of a record, or of the records of a group together: looked at again before the first write, and watched until the promotion. */
export interface Cutover {
  /** The one that is promoted. */
  readonly lastStep: HeldStep | undefined;
  /** @throws where anything has changed since the plan that was approved. */
  readonly mustStandAsPlanned: () => Promise<void>;
  readonly mustBeHealthy: () => Promise<void>;
  /** Call it when the step is in sync: its gates count from then on. */
  readonly held: (step: HeldStep) => Held;
}

/**
 * Before the first write: waits for somebody, where that is asked for, and then looks at the world again, which moved meanwhile. Without
 * an answer, or after a no, nothing is written.
 */
export async function approveCutover(run: Run, cutover: Cutover): Promise<void> {
  const rule = run.request.approve?.cutover;
  if (rule === undefined) return;
  const { progress } = run;
  await progress.stage('waiting for the approval of the cutover', () =>
    asking(run, { of: 'cutover', rule }, (isApproved) => condition(isApproved)),
  );
  await progress.stage('reading the record again', cutover.mustStandAsPlanned);
  await progress.stage('checking black and red again', cutover.mustBeHealthy);
}

/** After the last hold: waits for somebody, where that is asked for, and watches on. Without an answer, or after a no, red is restored (D3). */
export async function approvePromotion(run: Run, { lastStep: step, held }: Cutover): Promise<void> {
  const rule = run.request.approve?.promotion;
  if (rule === undefined || step === undefined) return;
  await run.progress.stage('waiting for the approval of the promotion', () =>
    asking(run, { of: 'promotion', rule }, (isApproved) => holdUntil(run, held(step), { step, isApproved })),
  );
}
