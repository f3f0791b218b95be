import type { Watched, WatchInput } from '../contracts/deploy-activities.ts';
import { isGatedAt, metricTimeoutMs } from '../contracts/deploy.ts';
import type { Gate, Verdict } from '../core/dns/gate.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import { gatesOf } from '../core/metrics/gate-of-record.ts';
import { sides, type Course } from './course.ts';
import { groupForward, groupLooking } from './group-activities.ts';
import { learn } from './group-health.ts';
import { memberOf, showRecord, type GroupRun, type Member } from './group-run.ts';
import { askingOnce } from './held-record.ts';
import type { Held, HeldStep, WatchStretch } from './held.ts';
import { judgeGroup, named, type SeenRecord } from './judge-group.ts';
import { keepMetrics, onceMore, startMeasuring, stretchOf, waive, type Measuring } from './measure.ts';
import { showWorst } from './measure-group.ts';
import { together } from './together.ts';
import type { ZoneCourse } from './zone-course.ts';
import { renewFences } from './zone-fences.ts';

/** One record, while its group is held at a step. */
interface HeldMember {
  readonly course: Course;
  readonly member: Member;
  /** In force at the step. */
  readonly gates: readonly Gate[];
  readonly metrics: Measuring | null;
  /** What a stretch hands to the next one, of this step alone (D7). */
  carried: Pick<WatchInput, 'windows' | 'inconclusiveSince'>;
}

/**
 * All records of a group, held together by one watch activity a stretch: the first breach of one ends the hold of all. Made when the step is in sync, since
 * the gates of its records count from then on.
 */
export function heldGroup(group: GroupRun, zones: readonly ZoneCourse[], step: HeldStep): Held {
  const members = zones.flatMap(({ courses }) => courses).map((course) => startHolding(group, course, step));
  return {
    gated: members.some(({ member }) => isGatedAt(member.request, step.share)),
    longestLookMs: Math.max(
      ...members.map(({ member, metrics }) => (metrics === null ? 0 : metricTimeoutMs(member.request.pace))),
    ),
    askGates: () => askGates(group, members, step.share),
    keepFenceAhead: (untilMs) => keepFencesAhead(group, zones, untilMs),
    watch: async (stretch) => {
      const { records } = await watch(group, members, stretch);
      const seen = members.flatMap((held, index): readonly SeenRecord[] => {
        const watched = records[index];
        return watched === undefined ? [] : [{ record: keep(group, held, watched), watched }];
      });
      if (members.some(({ metrics }) => metrics !== null)) showWorst(group);
      return judgeGroup(seen, stretch.asked ?? []);
    },
    waive: (gates) => {
      for (const { course, member, metrics } of members)
        waive(member.measured, metrics, { gates: gatesOf(course.plan.record, gates), share: step.share });
    },
  };
}

function startHolding(group: GroupRun, course: Course, step: HeldStep): HeldMember {
  const member = memberOf(group, course.plan.record);
  return {
    course,
    member,
    gates: gatesAt(member.request, step.share),
    metrics: startMeasuring(member, step),
    carried: { windows: [], inconclusiveSince: null },
  };
}

function watch(group: GroupRun, members: readonly HeldMember[], { step, untilMs, asked, limits }: WatchStretch) {
  const records = members.map(({ course, member, gates, metrics, carried }) => ({
    ...course.ref,
    gates,
    sides: sides(course),
    standing: course.standing,
    share: step.share,
    untilMs,
    pace: member.request.pace,
    ...carried,
    ...stretchOf(metrics, askedOf(course, asked)),
  }));
  return groupLooking(group.run.request.pace).watchRecords(
    `watching ${records.length} records at ${step.share} %`,
    { records, untilMs },
    limits,
  );
}

/** One question is asked at a time: while it is about other records, this one's gates wait for theirs. */
function askedOf({ plan: { record } }: Course, asked: readonly string[] | null): readonly string[] | null {
  if (asked === null || asked.length === 0) return asked;
  const own = gatesOf(record, asked);
  return own.length === 0 ? null : own;
}

/** Keeps what was seen of a record, for its next stretch and for whoever looks. Its name. */
function keep(group: GroupRun, held: HeldMember, watched: Watched): string {
  const { record } = held.course.plan;
  const { windows, inconclusiveSince } = watched;
  held.carried = { windows, inconclusiveSince };
  learn(group, { ...watched, record });
  const metrics = keepMetrics(held.member.measured, held.metrics, watched);
  if (metrics !== null) showRecord(group, record, { metrics });
  return record;
}

async function keepFencesAhead({ run }: GroupRun, zones: readonly ZoneCourse[], untilMs: number): Promise<void> {
  const { pace } = run.request;
  const until = untilMs + pace.stretch.maxMs + pace.graceMs;
  const late = zones.filter(({ courses }) => courses.some((course) => course.until <= untilMs));
  const why = 'this hold lasts longer than planned';
  await together(late, (zone) =>
    renewFences(groupForward(pace), zone, { courses: zone.courses, stage: 'step', until, why }),
  );
}

/** Only black has to be well for a hold to end early: of every record. */
async function askGates(group: GroupRun, members: readonly HeldMember[], share: number): Promise<Verdict> {
  const verdicts = [...(await askMetrics(group, members, share)), ...(await askProbes(group, members))];
  if (verdicts.length === 0) return { kind: 'pass', reason: 'no gate is asked for' };
  const bad = verdicts.find(({ kind }) => kind !== 'pass');
  return bad ?? { kind: 'pass', reason: `all gates of ${members.length} records pass` };
}

async function askMetrics(group: GroupRun, members: readonly HeldMember[], share: number): Promise<readonly Verdict[]> {
  const records = members.flatMap(({ course, member: { request }, metrics }) =>
    metrics === null ? [] : [onceMore(course, { pace: request.pace, share, metrics })],
  );
  if (records.length === 0) return [];
  const label = `asking the gates on metrics of ${records.length} records once, to promote early`;
  const acts = groupLooking(group.run.request.pace);
  const { records: watched } = await acts.watchRecords(label, { records, untilMs: Date.now() });
  return watched.map(({ verdict }, index) => named(records[index]?.record ?? '', verdict));
}

async function askProbes(group: GroupRun, members: readonly HeldMember[]): Promise<readonly Verdict[]> {
  const records = members
    .filter(({ gates }) => gates.length > 0)
    .map(({ course, member, gates }) => {
      const { pace } = member.request;
      const limitMs = 2 * pace.probeTimeoutMs + pace.probeEveryMs;
      const black = sides(course).filter(({ side }) => side === 'black');
      return { ...course.ref, gates, sides: black, pace: askingOnce(pace), limitMs };
    });
  if (records.length === 0) return [];
  const label = 'asking the gates once, to promote early';
  const checked = await groupLooking(group.run.request.pace).checkRecords(label, { records });
  return checked.records.map(({ black }, index) => named(records[index]?.record ?? '', black));
}
