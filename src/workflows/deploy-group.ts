import { roleOf } from '../contracts/deploy.ts';
import { membersOf, type GroupReport, type GroupRequest } from '../contracts/deploy-group.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { planGroup, type GroupPlan } from '../core/dns/plan-group.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { approveCutover, approvePromotion, holdStep, moved, type Approved } from './approval.ts';
import { checkLabel, mustStartInTime } from './check.ts';
import { mustBeArmed, mustBeRunnableTogether } from './check-group.ts';
import { concluding } from './conclude.ts';
import { ownerOf, setOut } from './course.ts';
import { mustNotBeFrozen, passFreeze } from './freeze.ts';
import { groupForward } from './group-activities.ts';
import { hearLocks, releaseLocks, takeLocks, tellLocks } from './group-locks.ts';
import { memberOf, startGroup, type GroupRun, type ZoneCourse } from './group-run.ts';
import { heldGroup } from './held-group.ts';
import { withTime } from './keep-time.ts';
import { listen } from './messages.ts';
import { moveAllTo, promoteAll } from './move-group.ts';
import { restoreGroup } from './restore-group.ts';
import { withSaga } from './saga.ts';

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
  const group = startGroup(request);
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
  const snapshots = await progress.stage('reading the records', () => readAll(group)); // D1
  const planned = planOf(group, snapshots);
  if (planned.kind === 'unchanged') return 'unchanged';
  const plan = mustBeRunnableTogether(group, planned);
  mustNotBeFrozen(run);
  const zones = setOutZones(group, plan, snapshots);
  const resting = leftAlone(group, plan, snapshots);
  group.kept = resting.map(({ record, sets }) => ({ record, sets }));
  const deadline = { deadlineMs: plan.timing.deadlineMs, waitedMs: group.waitedMs };

  return withTime(run, deadline, async () => {
    const approved = approvedGroup(group, { zones, plan });
    await progress.stage(checkLabel(run.request), approved.mustBeHealthy);
    tellLocks(group);
    await approveCutover(run, approved);
    passFreeze(run);
    await withSaga(async (saga) => {
      saga.undo((cause) => restoreGroup(group, zones, cause)); // before the writes that it undoes
      for (const [index, step] of plan.steps.entries()) {
        await progress.stage(step.label, () => moveAllTo(group, zones, { ...step, index }));
        const isLast = index === plan.steps.length - 1;
        await progress.stage(`watching ${step.label}`, () =>
          holdStep(run, heldGroup(group, zones, step), { step, isLast }),
        );
      }
      await approvePromotion(run, approved, plan.steps.at(-1));
      await progress.stage('promote', () => promoteAll(group, zones, { timing: plan.timing, resting }));
      saga.commit(); // the point of no return: promoted, and read back
    });
    return 'promoted' as const;
  });
}

/** Approved together, by the plan of all; what has changed in one record since refuses all. */
function approvedGroup(group: GroupRun, { zones, plan }: { zones: readonly ZoneCourse[]; plan: GroupPlan }): Approved {
  const subject = { record: group.run.request.record, hash: plan.hash };
  return {
    mustBeHealthy: () => mustBeArmed(group, zones),
    held: (step) => heldGroup(group, zones, step),
    mustStandAsPlanned: async () => {
      const snapshots = await readAll(group);
      const again = planOf(group, snapshots);
      const fences = zones.flatMap(({ courses }) =>
        courses.map(({ ref, snapshot }) => ({ ...ref, fence: snapshot.fence })),
      );
      const same = fences.every(
        ({ record, fence }) => canonicalJson(fence) === canonicalJson(fenceIn(snapshots, record)),
      );
      if (again.kind !== 'planned' || again.plan.hash !== plan.hash || !same) throw moved(subject);
    },
  };
}

/** Records that stay as they are: those that serve what is asked for already, and those that an undo leaves alone. */
function leftAlone({ request }: GroupRun, { unchanged }: GroupPlan, snapshots: readonly Snapshot[]) {
  const names = [...unchanged, ...(request.resting ?? []).map(({ record }) => record)];
  return snapshots.filter(({ record }) => names.includes(record));
}

const fenceIn = (snapshots: readonly Snapshot[], name: string) =>
  snapshots.find(({ record }) => record === name)?.fence ?? null;

function planOf({ request, run, members }: GroupRun, snapshots: readonly Snapshot[]) {
  const requests = members.map((member) => member.request);
  return planGroup(membersOf(requests, snapshots), { ...request, owner: ownerOf(run.request) });
}

async function readAll({ run, request, members }: GroupRun): Promise<readonly Snapshot[]> {
  const all = [...members.map((member) => member.request), ...(request.resting ?? [])];
  const names = all.map((one) => ({ record: one.record, zone: one.zone, ...roleOf(one) }));
  const { records } = await groupForward(run.request.pace).readRecords(
    `reading ${names.length} records`,
    { records: names },
    { startToCloseTimeout: '5 minutes', scheduleToCloseTimeout: '10 minutes' },
  );
  return records;
}

function setOutZones(
  group: GroupRun,
  { zones, plans }: GroupPlan,
  snapshots: readonly Snapshot[],
): readonly ZoneCourse[] {
  return zones.map(({ zone, records }) => ({
    zone,
    ...roleOf(memberOf(group, records[0] ?? '').request),
    courses: plans
      .filter(({ record }) => records.includes(record))
      .flatMap((plan) => {
        const snapshot = snapshots.find(({ record }) => record === plan.record);
        return snapshot === undefined ? [] : [setOut(memberOf(group, plan.record).request, snapshot, plan)];
      }),
    closed: new Set(),
    blocked: null,
  }));
}
