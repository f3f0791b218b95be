import { placeOf, type Pace, type Place } from '../contracts/deploy.ts';
import { membersOf } from '../contracts/deploy-group.ts';
import { planGroup, type GroupPlan, type GroupPlanned } from '../core/dns/plan-group.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { ownerOf } from './course.ts';
import { groupForward } from './group-activities.ts';
import type { GroupRun } from './group-run.ts';

/** Reads every record of a group, those too that it leaves alone: before the first write these are the snapshots (D1). */
export function readGroup({ run, request, members }: GroupRun): Promise<readonly Snapshot[]> {
  const all = [...members.map((member) => member.request), ...(request.resting ?? [])];
  return readTogether(run.request.pace, all, { within: 10 * MINUTE, attemptWithin: 5 * MINUTE });
}

interface Patience {
  readonly within: number;
  readonly attemptWithin: number;
}

export async function readTogether(
  pace: Pace,
  places: readonly Place[],
  { within, attemptWithin }: Patience,
): Promise<readonly Snapshot[]> {
  const { records } = await groupForward(pace).readRecords(
    `reading ${places.length} records`,
    { records: places.map(placeOf) },
    { startToCloseTimeout: attemptWithin, scheduleToCloseTimeout: within },
  );
  return records;
}

/** What the group is to become, planned from how its records stand. */
export function planOf({ request, run, members }: GroupRun, snapshots: readonly Snapshot[]): GroupPlanned {
  const requests = members.map((member) => member.request);
  return planGroup(membersOf(requests, snapshots), { ...request, owner: ownerOf(run.request) });
}

/** Records that stay as they are: those that serve what is asked for already, and those that an undo leaves alone. */
export function leaveAlone(group: GroupRun, { unchanged }: GroupPlan, snapshots: readonly Snapshot[]) {
  const names = [...unchanged, ...(group.request.resting ?? []).map(({ record }) => record)];
  const resting = snapshots.filter(({ record }) => names.includes(record));
  group.kept = resting.map(({ record, sets }) => ({ record, sets }));
  return resting;
}

const MINUTE = 60_000;
