import type { Watched } from '../contracts/deploy-activities.ts';
import type { Pace } from '../contracts/deploy.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { learn } from './check-group.ts';
import { renewInput, sides, type Course } from './course.ts';
import { groupForward, groupLooking } from './group-activities.ts';
import { memberOf, ofZone, zoneName, type GroupRun, type ZoneCourse } from './group-run.ts';
import type { Held, WatchStretch } from './hold.ts';
import { keepStandings } from './move-group.ts';
import { together } from './together.ts';

/** What a stretch hands to the next one, of one record. */
interface Carried {
  readonly windows: readonly ProbeWindow[];
  readonly inconclusiveSince: number | null;
}

/** All records of a group, held together by one watch activity a stretch: the first breach of one ends the hold of all. */
export function heldGroup(group: GroupRun, zones: readonly ZoneCourse[]): Held {
  const courses = zones.flatMap((zone) => zone.courses);
  const carried = new Map<string, Carried>(); // of this step alone (D7)
  return {
    gated: group.members.some(({ request }) => request.gates.length > 0),
    askGates: () => askGates(group, courses),
    waive: () => undefined, // nobody is asked about the gates of a group
    keepFenceAhead: (untilMs) => keepFencesAhead(group, zones, untilMs),
    watch: async (stretch) => {
      const { records } = await watch(group, courses, { stretch, carried });
      for (const [index, watched] of records.entries()) {
        const record = courses[index]?.plan.record ?? '';
        carried.set(record, watched);
        learn(group, { ...watched, record });
      }
      return summed(records.map((watched, index) => ({ watched, record: courses[index]?.plan.record ?? '' })));
    },
  };
}

interface Watching {
  readonly stretch: WatchStretch;
  readonly carried: ReadonlyMap<string, Carried>;
}

function watch(group: GroupRun, courses: readonly Course[], { stretch, carried }: Watching) {
  const { step, untilMs, limits } = stretch;
  const records = courses.map((course) => {
    const { gates, pace } = memberOf(group, course.plan.record).request;
    const before = carried.get(course.plan.record) ?? { windows: [], inconclusiveSince: null };
    const { windows, inconclusiveSince } = before;
    const { ref, standing } = course;
    return {
      ...ref,
      gates,
      sides: sides(course),
      standing,
      share: step.share,
      untilMs,
      pace,
      windows,
      inconclusiveSince,
    };
  });
  return groupLooking(group.run.request.pace).watchRecords(
    `watching ${records.length} records at ${step.share} %`,
    { records, untilMs },
    limits,
  );
}

interface Seen {
  readonly record: string;
  readonly watched: Watched;
}

/** The group is held where every record is; what ended one ends all, and says whose it is. */
function summed(seen: readonly Seen[]): Watched {
  const worst =
    seen.find(({ watched }) => watched.end.kind !== 'held') ??
    seen.find(({ watched }) => watched.verdict.kind === 'fail') ??
    seen.find(({ watched }) => watched.verdict.kind !== 'pass');
  const at = Math.max(...seen.map(({ watched }) => watched.at));
  if (worst === undefined)
    return { end: { kind: 'held' }, windows: [], verdict: allPass(seen), inconclusiveSince: null, at };
  const { watched, record } = worst;
  const end =
    watched.end.kind === 'breach' ? { ...watched.end, verdict: named(record, watched.end.verdict) } : watched.end;
  return { ...watched, end, windows: [], verdict: named(record, watched.verdict), at };
}

const named = (record: string, verdict: Verdict): Verdict => ({ ...verdict, reason: `${record}: ${verdict.reason}` });

const allPass = (seen: readonly Seen[]): Verdict => ({
  kind: 'pass',
  reason: `all gates of ${seen.length} records pass`,
});

async function keepFencesAhead({ run }: GroupRun, zones: readonly ZoneCourse[], untilMs: number): Promise<void> {
  const { graceMs, stretch } = run.request.pace;
  const late = zones.filter(({ courses }) => courses.some(({ until }) => until <= untilMs));
  await together(late, async (zone) => {
    const label = `renewing the fences of ${zoneName(zone)}: this hold lasts longer than planned`;
    const written = await groupForward(run.request.pace).setZoneFences(label, {
      ...ofZone(zone),
      comment: `switchyard ${zoneName(zone)}: fences renewed`,
      records: zone.courses.map((course) => renewInput(course, 'step', untilMs + stretch.maxMs + graceMs)),
    });
    keepStandings(zone.courses, written);
  });
}

/** Only black has to be well for a hold to end early: of every record. */
async function askGates(group: GroupRun, courses: readonly Course[]): Promise<Verdict> {
  const { pace } = group.run.request;
  const gated = courses.filter(({ plan }) => memberOf(group, plan.record).request.gates.length > 0);
  if (gated.length === 0) return { kind: 'pass', reason: 'no gate is asked for' };
  const records = gated.map((course) => {
    const { gates, pace: own } = memberOf(group, course.plan.record).request;
    const once: Pace = { ...own, preflight: { inARow: 1, overMs: 0 } };
    const limitMs = 2 * own.probeTimeoutMs + own.probeEveryMs;
    return { ...course.ref, gates, sides: sides(course).filter(({ side }) => side === 'black'), pace: once, limitMs };
  });
  const checked = await groupLooking(pace).checkRecords('asking the gates once, to promote early', { records });
  const verdicts = checked.records.map(({ black }, index) => named(gated[index]?.plan.record ?? '', black));
  return (
    verdicts.find(({ kind }) => kind !== 'pass') ?? {
      kind: 'pass',
      reason: `all gates of ${gated.length} records pass`,
    }
  );
}
