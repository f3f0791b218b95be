import type { RecordSets } from '../core/dns/record-set.ts';
import { renewInput, restInput, type Course } from './course.ts';
import type { Together } from './group-activities.ts';
import { keepStandings, ofZone, zoneName, type ZoneCourse } from './zone-course.ts';

interface Renewal {
  readonly courses: readonly Course[];
  readonly stage: 'step' | 'restoring';
  readonly until: number;
  /** Ends the line that the timeline shows. */
  readonly why: 'to have a change to wait for' | 'this hold lasts longer than planned';
}

/** The id of the change, to wait for it; null where the answer of the write was lost. */
export async function renewFences(acts: Together, zone: ZoneCourse, renewal: Renewal): Promise<string | null> {
  const { courses, stage, until, why } = renewal;
  const name = zoneName(zone);
  const records = courses.map((course) => renewInput(course, stage, until));
  const input = { ...ofZone(zone), records, comment: `switchyard ${name}: fences renewed` };
  const written = await acts.setZoneFences(`renewing the fences of ${name}: ${why}`, input);
  keepStandings(courses, written);
  return written.changeId;
}

interface Rest {
  readonly courses: readonly Course[];
  /** The sets that must stand there. */
  readonly over: (course: Course) => RecordSets;
}

export async function restFences(acts: Together, zone: ZoneCourse, { courses, over }: Rest): Promise<void> {
  const name = zoneName(zone);
  const records = courses.map((course) => restInput(course, over(course)));
  const input = { ...ofZone(zone), records, comment: `switchyard ${name}: at rest` };
  keepStandings(courses, await acts.setZoneFences(`setting the fences of ${name} to rest`, input));
}
