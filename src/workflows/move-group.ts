import { roleOf } from '../contracts/deploy.ts';
import type { WrittenZone } from '../contracts/group-activities.ts';
import { readFence } from '../core/dns/fence.ts';
import type { GroupStep } from '../core/dns/lock-steps.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import { groupRevision, revisionOf, type RecordRevision } from '../core/dns/revision.ts';
import type { PlanTiming } from '../core/dns/plan.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { forward } from './activities.ts';
import { nextStanding, stepUntil, type Course } from './course.ts';
import { groupForward } from './group-activities.ts';
import { mustKeepHealthy } from './group-health.ts';
import { showRecord, type GroupRun } from './group-run.ts';
import { tellSteps } from './group-locks.ts';
import { isCertainlyUnwritten } from './move.ts';
import { showServing } from './serving-together.ts';
import { untilInsync } from './settle.ts';
import { together } from './together.ts';
import { verifyZone } from './verify-zone.ts';
import { keepStandings, ofZone, zoneName, type ZoneCourse } from './zone-course.ts';
import { renewFences, restFences } from './zone-fences.ts';

/** Swaps every record to a step of the plan: a batch a zone, zones in parallel, and none goes on before all are in sync (G1 to G3). */
export async function moveAllTo(
  group: GroupRun,
  zones: readonly ZoneCourse[],
  step: GroupStep & { index: number },
): Promise<void> {
  await swapAll(group, zones, {
    phase: 'writing',
    label: step.label,
    share: step.share,
    until: stepUntil(step, group.run.request.pace),
    setsOf: ({ plan }) => plan.steps[step.index]?.sets ?? plan.before,
  });
}

interface Promotion {
  readonly timing: PlanTiming;
  /** The records that serve what is asked for already. */
  readonly resting: readonly Pick<Snapshot, 'fence'>[];
}

/** The last swap of all records: final record sets, final TTLs, fences idle. */
export async function promoteAll(
  group: GroupRun,
  zones: readonly ZoneCourse[],
  { timing, resting }: Promotion,
): Promise<void> {
  const insyncAt = await swapAll(group, zones, {
    phase: 'promoting',
    label: 'promote',
    share: 100,
    until: null,
    setsOf: ({ plan }) => plan.promotion.sets,
  });
  await together(zones, (zone) => rest(group, zone));
  const agreeAt = insyncAt + timing.forwardMs;
  const kept = { cachesAgreeAt: agreeAt, keepRedUntil: agreeAt + group.run.request.pace.graceMs };
  const revisions = zones.flatMap(({ courses }) => courses).map(revisionOfCourse);
  const fences = resting.map(({ fence }) => fence);
  for (const { record, ...revision } of revisions) showRecord(group, record, { ...kept, revision });
  group.run.progress.show({ ...kept, revision: groupRevision(revisions, fences) });
}

const revisionOfCourse = ({ plan, snapshot, standing }: Course): RecordRevision => ({
  record: plan.record,
  ...revisionOf(plan, { before: snapshot.fence, after: standing.fence }),
});

interface Move {
  readonly phase: 'writing' | 'promoting';
  readonly label: string;
  readonly share: number;
  /** Of the fences; null: they are set to rest. */
  readonly until: number | null;
  readonly setsOf: (course: Course) => RecordSets;
}

/** When the last of them was in sync. */
async function swapAll(group: GroupRun, zones: readonly ZoneCourse[], move: Move): Promise<number> {
  const { progress } = group.run;
  mustKeepHealthy(group, move.share);
  progress.show({ phase: move.phase });
  const written = await together(zones, (zone) => write(group, zone, move));
  for (const { plan } of zones.flatMap(({ courses }) => courses)) showRecord(group, plan.record, { share: move.share });
  progress.show({ phase: 'settling', share: move.share });
  const pairs = zones.map((zone, index) => ({ zone, changeId: written[index]?.changeId ?? null }));
  const insync = await together(pairs, ({ zone, changeId }) => waitForZone(group, zone, changeId));
  const seenAt = await together(zones, (zone) => {
    const acts = groupForward(group.run.request.pace);
    return verifyZone(group, zone, { acts, courses: zone.courses, setsOf: move.setsOf, share: move.share });
  });
  showServing(group, servingWords(group, zones, move.share), move.share);
  tellSteps(group);
  return Math.max(...seenAt.map((times, index) => insync[index]?.at ?? Math.max(...times)));
}

/** `50 % black, 50 % red, in 6 of 6 records`. */
function servingWords({ members }: GroupRun, zones: readonly ZoneCourse[], share: number): string {
  const moved = zones.reduce((sum, { courses }) => sum + courses.length, 0);
  const red = share >= 100 ? '' : `, ${100 - share} % red`;
  return `${share} % black${red}, in ${moved} of ${members.length} records`;
}

function waitForZone({ run }: GroupRun, zone: ZoneCourse, changeId: string | null) {
  const { pace } = run.request;
  const { limitMs } = pace.insync;
  return untilInsync(run, {
    acts: forward(pace),
    subject: zoneName(zone),
    ...roleOf(zone),
    changeId,
    renew: () =>
      renewFences(groupForward(pace), zone, {
        courses: zone.courses,
        stage: 'step',
        until: Date.now() + pace.graceMs,
        why: 'to have a change to wait for',
      }),
    limits: { startToCloseTimeout: limitMs, scheduleToCloseTimeout: limitMs },
  });
}

/** Where the promotion's own answer was lost, its fences were renewed as those of a step, to have a change to wait for. */
async function rest({ run }: GroupRun, zone: ZoneCourse): Promise<void> {
  const idle = ({ standing }: Course): boolean => {
    const reading = readFence(standing.fence);
    return reading.kind !== 'standing' || reading.fence.stage === 'idle';
  };
  if (zone.courses.every(idle)) return;
  const over = ({ plan }: Course) => plan.promotion.sets;
  await restFences(groupForward(run.request.pace), zone, { courses: zone.courses, over });
}

/** Assumes from before the write that it may have happened, until Route 53 has refused it for certain. */
async function write({ run, request }: GroupRun, zone: ZoneCourse, move: Move): Promise<WrittenZone> {
  const { courses } = zone;
  const first = courses.every(({ mayHaveWritten }) => !mayHaveWritten);
  for (const course of courses) course.mayHaveWritten = true;
  const records = courses.map((course) => ({
    record: course.plan.record,
    from: course.standing,
    to: nextStanding(course, move.setsOf(course), move.until),
  }));
  try {
    const written = await groupForward(run.request.pace).swapZone(`${zoneName(zone)}: ${move.label}`, {
      ...ofZone(zone),
      records,
      comment: `switchyard group/${request.group} ${zoneName(zone)}: ${move.label}`.slice(0, 256),
    });
    keepStandings(courses, written);
    return written;
  } catch (error) {
    if (first && isCertainlyUnwritten(error)) for (const course of courses) course.mayHaveWritten = false;
    throw error;
  }
}
