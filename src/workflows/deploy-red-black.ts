import { planRequest, type DeployReport, type DeployRequest } from '../contracts/deploy.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import { approveCutover, approvePromotion } from './approve.ts';
import { concluding } from './conclude.ts';
import { setOut } from './course.ts';
import { mustNotBeFrozen, passFreeze } from './freeze.ts';
import { holdStep } from './hold-step.ts';
import { withTime } from './keep-time.ts';
import { listen } from './messages.ts';
import { moveTo, promote } from './move.ts';
import { checkLabel } from './must-be-healthy.ts';
import { mustBeRunnable, mustStartInTime } from './must-be-runnable.ts';
import { readRed } from './read-red.ts';
import { recordCutover } from './record-cutover.ts';
import { restoreRed } from './restore.ts';
import { startRun, type Run } from './run.ts';
import { withSaga } from './saga.ts';

/**
 * Moves a DNS record from red to black, a share of the traffic at a time.
 *
 * - D1 Nothing is written before the record sets that stand there are in workflow history.
 * - D3 Until promotion, any failure, abort, missed deadline or cancellation restores them, and proves it.
 * - D7 Promotion needs every gate passed after the change was in sync.
 */
export async function deployRedBlack(request: DeployRequest): Promise<DeployReport> {
  const run = startRun(request);
  listen(run);
  return concluding(run, () => run.interruptible(() => cutOver(run)));
}

async function cutOver(run: Run): Promise<'promoted' | 'unchanged'> {
  const { request, progress } = run;
  mustStartInTime(request);
  const snapshot = await progress.stage('reading the record', () => readRed(request)); // D1
  const planned = planSteps(snapshot, planRequest(request));
  if (planned.kind === 'unchanged') return 'unchanged';
  const plan = mustBeRunnable(run, planned);
  mustNotBeFrozen(run);
  const course = setOut(request, snapshot, plan);
  const cutover = recordCutover(run, course);

  return withTime(run, { deadlineMs: plan.timing.deadlineMs, waitedMs: 0 }, async () => {
    await progress.stage(checkLabel(request), cutover.mustBeHealthy);
    await approveCutover(run, cutover);
    passFreeze(run);
    await withSaga(async (saga) => {
      saga.undo((cause) => restoreRed(run, course, cause)); // before the write that it undoes
      for (const step of plan.steps) {
        await progress.stage(step.label, () => moveTo(run, course, step));
        await progress.stage(`watching ${step.label}`, () => holdStep(run, cutover, step));
      }
      await approvePromotion(run, cutover);
      await progress.stage(plan.promotion.label, () => promote(run, course));
      saga.commit(); // the point of no return: promoted, and read back
    });
    return 'promoted' as const;
  });
}
