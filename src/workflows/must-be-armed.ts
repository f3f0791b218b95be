import type { Checked } from '../contracts/deploy-activities.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import { sides, type Course } from './course.ts';
import { groupForward, groupLooking } from './group-activities.ts';
import { learn } from './group-health.ts';
import { memberOf, type GroupRun } from './group-run.ts';
import { mustAllBeMeasurable } from './measure-group.ts';
import { checkLabel, firstShare, mustHaveAnswered, mustPass, preflightLimitMs } from './must-be-healthy.ts';
import type { ZoneCourse } from './zone-course.ts';

/**
 * Arms the group: every server of every zone answers, every metric can be measured, and black and red of every record pass, all before the
 * first write (G2).
 */
export async function mustBeArmed(group: GroupRun, zones: readonly ZoneCourse[]): Promise<void> {
  const { run } = group;
  run.progress.show({ phase: 'checking' });
  const { undo } = run.request;
  if (undo === undefined) await mustAllAnswer(group, zones); // an undo has no time for that
  const courses = zones.flatMap((zone) => zone.courses);
  await mustAllBeMeasurable(group, courses);
  await mustAllPassProbes(group, courses);
}

async function mustAllPassProbes(group: GroupRun, courses: readonly Course[]): Promise<void> {
  const { pace, acceptIllRed, undo } = group.run.request;
  const limitMs = preflightLimitMs(pace);
  const records = courses
    .map((course) => {
      const { request } = memberOf(group, course.plan.record);
      const gates = gatesAt(request, firstShare(course.plan));
      const asked = sides(course).filter(({ side }) => side === 'black' || undo === undefined);
      return { ...course.ref, gates, sides: asked, pace: request.pace, limitMs };
    })
    .filter(({ gates }) => gates.length > 0);
  if (records.length === 0) return;
  const { records: checked } = await groupLooking(pace).checkRecords(
    `${checkLabel(group.run.request)} of ${records.length} records`,
    { records },
    { startToCloseTimeout: limitMs + 60_000 },
  );
  const next =
    undo === undefined ? null : `To go back there all the same: ./switchyard undo ${group.run.request.record} --force.`;
  for (const [index, one] of checked.entries()) showChecked(group, records[index]?.record ?? '', one);
  for (const [index, one] of checked.entries())
    mustPass(one, {
      acceptIllRed: acceptIllRed || undo !== undefined,
      of: ` of ${records[index]?.record ?? ''}`,
      next,
    });
}

function showChecked(group: GroupRun, record: string, { windows, black }: Checked): void {
  learn(group, { record, windows, verdict: black, at: Date.now() });
}

/** A server that is silent before the first write would make every later proof worthless. */
async function mustAllAnswer({ run }: GroupRun, zones: readonly ZoneCourse[]): Promise<void> {
  const { pace, verify: mode } = run.request;
  if (mode === 'api') return;
  const limitMs = Math.min(pace.verify.limitMs, 10_000);
  const courses = zones.flatMap(({ courses: some }) => some);
  const { records } = await groupForward(pace).verifyRecords('asking every authoritative server once', {
    records: courses.map(({ ref, plan }) => ({
      ...ref,
      sets: plan.before,
      inARow: 1,
      everyMs: pace.verify.everyMs,
      limitMs,
      mode,
    })),
  });
  for (const [index, { servers }] of records.entries()) mustHaveAnswered(courses[index]?.plan.record ?? '', servers);
}
