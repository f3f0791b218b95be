import { planRequest, roleOf, type DeployReport, type DeployRequest } from '../contracts/deploy.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import { forward } from './activities.ts';
import { approveCutover, approvedRecord, approvePromotion, holdStep } from './approval.ts';
import { checkLabel, mustBeHealthy, mustBeRunnable, mustStartInTime } from './check.ts';
import { concluding } from './conclude.ts';
import { setOut } from './course.ts';
import { mustNotBeFrozen, passFreeze } from './freeze.ts';
import { heldRecord } from './held-record.ts';
import { withTime } from './keep-time.ts';
import { listen } from './messages.ts';
import { moveTo, promote } from './move.ts';
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
  const { record, zone } = request;
  mustStartInTime(request);
  const snapshot = await progress.stage('reading the record', () =>
    forward(request.pace).readRecord(
      `reading ${record}`,
      { record, zone, ...roleOf(request) },
      {
        scheduleToCloseTimeout: '5 minutes',
      },
    ),
  ); // D1
  const planned = planSteps(snapshot, planRequest(request));
  if (planned.kind === 'unchanged') return 'unchanged';
  const plan = mustBeRunnable(run, planned);
  mustNotBeFrozen(run);
  const course = setOut(request, snapshot, plan);

  return withTime(run, { deadlineMs: plan.timing.deadlineMs, waitedMs: 0 }, async () => {
    await progress.stage(checkLabel(request), () => mustBeHealthy(run, course));
    const approved = approvedRecord(run, course);
    await approveCutover(run, approved);
    passFreeze(run);
    await withSaga(async (saga) => {
      saga.undo((cause) => restoreRed(run, course, cause)); // before the write that it undoes
      for (const step of plan.steps) {
        await progress.stage(step.label, () => moveTo(run, course, step));
        await progress.stage(`watching ${step.label}`, () =>
          holdStep(run, heldRecord(run, course, step), { step, isLast: step === plan.steps.at(-1) }),
        );
      }
      await approvePromotion(run, approved, plan.steps.at(-1));
      await progress.stage(plan.promotion.label, () => promote(run, course));
      saga.commit(); // the point of no return: promoted, and read back
    });
    return 'promoted' as const;
  });
}
