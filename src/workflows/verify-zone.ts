import type { RecordSets } from '../core/dns/record-set.ts';
import { servingSentence } from '../core/dns/serving.ts';
import type { Course } from './course.ts';
import type { Together } from './group-activities.ts';
import { showRecord, type GroupRun } from './group-run.ts';
import { verifyLabel } from './settle.ts';
import { zoneName, type ZoneCourse } from './zone-course.ts';

interface Proof {
  readonly acts: Together;
  readonly courses: readonly Course[];
  /** What every authoritative server must answer. */
  readonly setsOf: (course: Course) => RecordSets;
  readonly share: number;
}

/** Proves what records of a zone serve, and shows it of each (D3, D7). When each was seen, in their order. */
export async function verifyZone(group: GroupRun, zone: ZoneCourse, proof: Proof): Promise<readonly number[]> {
  const { acts, courses, setsOf, share } = proof;
  const { pace, verify: mode } = group.run.request;
  const { records } = await acts.verifyRecords(
    verifyLabel(mode, zoneName(zone)),
    { records: courses.map((course) => ({ ...course.ref, sets: setsOf(course), ...pace.verify, mode })) },
    { startToCloseTimeout: pace.verify.limitMs + 60_000 },
  );
  for (const [index, { plan }] of courses.entries()) {
    const seen = records[index];
    if (seen === undefined) continue;
    const serving = { sentence: servingSentence(plan, share), share, seenAt: seen.at, servers: seen.servers };
    showRecord(group, plan.record, { serving });
  }
  return records.map(({ at }) => at);
}
