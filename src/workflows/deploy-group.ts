import type { GroupReport, GroupRequest } from '../contracts/deploy-group.ts';
import { approveCutover, approvePromotion } from './approve.ts';
import { concluding } from './conclude.ts';
import { mustNotBeFrozen, passFreeze } from './freeze.ts';
import { groupCutover } from './group-cutover.ts';
import { hearLocks, releaseLocks, takeLocks, tellLocks, tellSteps } from './group-locks.ts';
import { startGroup, type GroupRun } from './group-run.ts';
import { holdStep } from './hold-step.ts';
import { withTime } from './keep-time.ts';
import { listen } from './messages.ts';
import { moveAllTo, promoteAll } from './move-group.ts';
import { checkLabel } from './must-be-healthy.ts';
import { mustStartInTime } from './must-be-runnable.ts';
import { mustBeRunnableTogether } from './must-be-runnable-together.ts';
import { leaveAlone, planOf, readGroup } from './read-group.ts';
import { restoreGroup } from './restore-group.ts';
import { withSaga } from './saga.ts';
import { setOutZones } from './zone-course.ts';

/**
 * Moves the records of a group together, a share of the traffic at a time, each as `deployRedBlack` moves one (D1 to D8).
 *
 * - G1 All records of one zone move in one atomic batch.
 * - G2 Several zones are a saga: all are read, checked and armed before the first write, and any failure takes all of them back.
 * - G3 All records are at the same step.
 * - G4 Each record's own lock is held, by a child; without all of them nothing is written.
 * - G5 No step leaves fewer records on a healthy side than `keepHealthy` says.
 */
export async function deployGroup(request: GroupRequest): Promise<GroupReport> {
  const group = startGroup(request, tellLocks);
  const { run } = group;
  listen(run);
  hearLocks(group);
  try {
    return (await concluding(run, () => run.interruptible(() => cutOver(group)))) as GroupReport;
  } finally {
    await releaseLocks(group); // each with what became of its record
  }
}

async function cutOver(group: GroupRun): Promise<'promoted' | 'unchanged'> {
  const { run } = group;
  const { progress } = run;
  mustStartInTime(run.request);
  await progress.stage('taking the locks of all records', () => takeLocks(group));
  const snapshots = await progress.stage('reading the records', () => readGroup(group)); // D1
  const planned = planOf(group, snapshots);
  if (planned.kind === 'unchanged') return 'unchanged';
  const plan = mustBeRunnableTogether(group, planned);
  mustNotBeFrozen(run);
  const zones = setOutZones(group, plan, snapshots);
  const resting = leaveAlone(group, plan, snapshots);
  const cutover = groupCutover(group, { plan, zones });

  return withTime(run, { deadlineMs: plan.timing.deadlineMs, waitedMs: group.waitedMs }, async () => {
    await progress.stage(checkLabel(run.request), cutover.mustBeHealthy);
    tellSteps(group);
    await approveCutover(run, cutover);
    passFreeze(run);
    await withSaga(async (saga) => {
      saga.undo((cause) => restoreGroup(group, zones, cause)); // before the writes that it undoes
      for (const [index, step] of plan.steps.entries()) {
        await progress.stage(step.label, () => moveAllTo(group, zones, { ...step, index }));
        await progress.stage(`watching ${step.label}`, () => holdStep(run, cutover, step));
      }
      await approvePromotion(run, cutover);
      await progress.stage('promote', () => promoteAll(group, zones, { timing: plan.timing, resting }));
      saga.commit(); // the point of no return: promoted, and read back
    });
    return 'promoted' as const;
  });
}
