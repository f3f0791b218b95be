import { roleOf } from '../contracts/deploy.ts';
import type { WrittenZone } from '../contracts/group-activities.ts';
import type { GroupPlan } from '../core/dns/plan-group.ts';
import type { Snapshot, Zone } from '../core/dns/snapshot.ts';
import { setOut, type Course } from './course.ts';
import { memberOf, type GroupRun } from './group-run.ts';

/** The records of one zone, on their way together (G1). */
export interface ZoneCourse {
  readonly zone: Zone;
  /** Whose credentials reach it. */
  readonly role?: string;
  readonly courses: readonly Course[];
  /** Of a rollback: records for which nothing more is to be written. */
  readonly closed: Set<Course>;
  /** Why its rollback does not move on. */
  blocked: string | null;
}

export function setOutZones(
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

/** What was read back, record by record. */
export function keepStandings(courses: readonly Course[], { standings }: WrittenZone): void {
  for (const [index, course] of courses.entries()) course.standing = standings[index] ?? course.standing;
}

/** `example.com`, as sentences and the timeline name a zone. */
export function zoneName({ zone }: Pick<ZoneCourse, 'zone'>): string {
  return zone.name.replace(/\.$/, '');
}

/** The zone, as the activities reach it. */
export const ofZone = ({ zone, role }: Pick<ZoneCourse, 'zone' | 'role'>) => ({ zone, ...roleOf({ role }) });
