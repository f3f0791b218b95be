import { patched } from '@temporalio/workflow';
import { roleOf, type ResolveRequest } from '../contracts/deploy.ts';
import type { LeftRecord, WrittenZone } from '../contracts/group-activities.ts';
import { mayRestore } from '../core/dns/may-restore.ts';
import { whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { backward } from './activities.ts';
import { restInput, restoreInput, type Course } from './course.ts';
import { groupBackward, groupBriefly } from './group-activities.ts';
import { ruleOnRed } from './group-health.ts';
import { tellLocks } from './group-locks.ts';
import { memberOf, showRecord, type GroupRun } from './group-run.ts';
import { insist, patiently, stopUntilDecided, type WayBack } from './insist.ts';
import { isAbortedBySomebody } from './restore.ts';
import { reasonFor } from './run.ts';
import { showServing } from './serving-together.ts';
import { untilInsync } from './settle.ts';
import { verifyZone } from './verify-zone.ts';
import { keepStandings, ofZone, zoneName, type ZoneCourse } from './zone-course.ts';
import { renewFences, restFences } from './zone-fences.ts';

/**
 * Puts the snapshots of all zones back, in parallel (G2).
 *
 * - D4 A record that somebody else has written is left alone; its zone stays, visible, until somebody decides, and the others are restored.
 * - D8 Waits for no approval, no plan and no measurement; without success it never ends as if it had succeeded.
 */
export async function restoreGroup(group: GroupRun, zones: readonly ZoneCourse[], cause: unknown): Promise<void> {
  const { run } = group;
  const why = whatItSays(reasonFor(cause, run.orders));
  const written = zones.filter(({ courses }) => courses.some(({ mayHaveWritten }) => mayHaveWritten));
  if (written.length === 0) return;
  run.rollback = 'begun';
  run.progress.show({ phase: 'rolling-back', failure: { ...why, at: Date.now() } });
  tellLocks(group);
  const failed: unknown[] = [];
  await Promise.all(
    written.map((zone) =>
      restoreZone({ group, zone, way: wayBackOf(group, zones, zone) }, why).catch(
        (error: unknown) => void failed.push(error),
      ),
    ),
  );
  tellLocks(group);
  if (failed.length > 0) throw failed[0];
  const restored = written
    .flatMap(({ courses }) => courses)
    .filter(({ plan }) => outcomeOf(group, plan.record) === 'rolled-back');
  if (restored.length === 0)
    throw failure('Superseded', `every record of group/${group.request.group} was reset meanwhile.`);
  run.rollback = 'done';
  const sentence = `what stood before, in ${restored.length} of ${group.members.length} records`;
  showServing(group, sentence, 0);
}

const outcomeOf = (group: GroupRun, record: string) => memberOf(group, record).own.outcome ?? null;

interface Back {
  readonly group: GroupRun;
  readonly zone: ZoneCourse;
  readonly way: WayBack;
}

async function restoreZone(back: Back, why: Said): Promise<void> {
  const { zone, way } = back;
  await stopIfRedIsWorse(back, why);
  await insist(way, () => besideResets(zone, () => putBackAndProve(back)));
}

/**
 * A reset that passes one record in the middle keeps its neighbours from nothing: they are put back, proven and set to rest without it.
 * Each try finds one record less that is still ours.
 */
async function besideResets({ courses }: ZoneCourse, body: () => Promise<void>): Promise<void> {
  for (let ours = courses.length; ; ours -= 1) {
    try {
      await body();
      return;
    } catch (error) {
      const isPassed = whatItSays(error).type === 'Superseded';
      if (!isPassed || ours === 0 || !patched('a reset keeps no neighbour from rest')) throw error; // runs of before ended then
    }
  }
}

async function putBackAndProve(back: Back): Promise<void> {
  const { group, zone } = back;
  const open = zone.courses.filter((course) => !zone.closed.has(course));
  const { progress } = group.run;
  const name = zoneName(zone);
  const restored = await progress.stage(`restoring red in ${name}`, () => putBack(back, open));
  const left = (course: Course) => restored.left.find(({ record }) => record === course.plan.record);
  const mine = open.filter((course) => left(course) === undefined);
  if (mine.length > 0) {
    await progress.stage(`proving that red serves again in ${name}`, () => prove(back, mine, restored));
    await progress.stage(`setting the fences of ${name} to rest`, () => rest(back, mine));
  }
  for (const course of mine) close(back, course, 'rolled-back');
  mustHaveLeftNone(back, restored.left);
}

/** D3's exception: an automatic rollback does not move traffic to a side that answers less; a person's abort or no does. */
async function stopIfRedIsWorse({ group, zone, way }: Back, why: Said): Promise<void> {
  const { pace, ifRedIsIll } = group.run.request;
  const isRejected = why.type === 'Rejected' && patched('a rejected group goes back'); // runs of before stopped then
  const askedFor = () => isRejected || isAbortedBySomebody(group.run, why);
  if (askedFor()) return;
  const worse = zone.courses.flatMap(({ plan: { record } }) => {
    const windows = memberOf(group, record).own.windows ?? [];
    const now = Date.now();
    const decided = mayRestore({
      policy: ifRedIsIll,
      windows,
      now,
      maxAgeMs: pace.observationsMaxAgeMs,
      aborted: false,
    });
    return decided.kind === 'stop' ? [`${record}: ${decided.reason}`] : [];
  });
  const rule = ruleOnRed(group);
  const reasons = [...worse, ...(rule === null ? [] : [rule])];
  if (reasons.length > 0) await stopUntilDecided(way, `${reasons.join('; ')}.`, askedFor);
}

async function putBack({ group, zone, way }: Back, courses: readonly Course[]): Promise<WrittenZone> {
  const { pace } = group.run.request;
  const written = await patiently(way, pace.blockedAfterMs, () =>
    groupBackward(pace).restoreZone(`restoring red in ${zoneName(zone)}`, {
      ...ofZone(zone),
      comment: `switchyard group/${group.request.group} ${zoneName(zone)}: rollback`.slice(0, 256),
      records: courses.map((course) => ({
        record: course.plan.record,
        ...restoreInput(course, Date.now() + pace.graceMs),
      })),
    }),
  );
  keepStandings(courses, written);
  return written;
}

async function prove({ group, zone, way }: Back, courses: readonly Course[], restored: WrittenZone): Promise<void> {
  const { pace } = group.run.request;
  const acts = groupBackward(pace);
  await patiently(way, pace.insync.noticeMs + pace.blockedAfterMs, async () => {
    const insync = await untilInsync(group.run, {
      acts: backward(pace),
      subject: zoneName(zone),
      ...roleOf(zone),
      changeId: restored.changeId,
      renew: () =>
        renewFences(acts, zone, {
          courses,
          stage: 'restoring',
          until: Date.now() + pace.graceMs,
          why: 'to have a change to wait for',
        }),
      limits: { startToCloseTimeout: '1 hour' },
    });
    const seenAt = await verifyZone(group, zone, { acts, courses, setsOf: red, share: 0 });
    for (const [index, { plan }] of courses.entries()) {
      const agreeAt = (insync?.at ?? seenAt[index] ?? 0) + plan.timing.backMs;
      showRecord(group, plan.record, { share: 0, cachesAgreeAt: agreeAt, keepBlackUntil: agreeAt + pace.graceMs });
    }
  });
}

const red = ({ snapshot }: Course) => snapshot.sets;

/** The last word of a rollback reads once more what stands: the fences are set to rest over red and nothing else (D8). */
async function rest({ group, zone, way }: Back, courses: readonly Course[]): Promise<void> {
  const { pace } = group.run.request;
  await patiently(way, pace.blockedAfterMs, () => restFences(groupBackward(pace), zone, { courses, over: red }));
}

function close({ group, zone }: Back, course: Course, outcome: 'rolled-back' | 'superseded' | 'not-restored'): void {
  zone.closed.add(course);
  showRecord(group, course.plan.record, {
    outcome,
    phase: outcome,
    ...(outcome === 'rolled-back' ? { share: 0 } : {}),
  });
}

/** A reset has passed a record: it is not ours any more. A foreign one stays ours to explain, until somebody decides (D4). */
function mustHaveLeftNone(back: Back, left: readonly LeftRecord[]): void {
  const foreign = left.filter(({ kind }) => kind === 'foreign');
  for (const { record, sentence, kind } of left) {
    const course = back.zone.courses.find(({ plan }) => plan.record === record);
    showRecord(back.group, record, { notices: [sentence] });
    if (kind === 'superseded' && course !== undefined) close(back, course, 'superseded');
  }
  if (foreign.length > 0) throw failure('Foreign', foreign.map(({ sentence }) => sentence).join(' '));
}

/** The way back of one zone. A decision is for the zones that are blocked when it comes, or for the zone of the record that it names. */
function wayBackOf(group: GroupRun, zones: readonly ZoneCourse[], zone: ZoneCourse): WayBack {
  const { orders, request } = group.run;
  const names = zone.courses.map(({ plan }) => plan.record);
  let obeyed: ResolveRequest | null = null;
  const open = (): ResolveRequest | null => {
    const { decision } = orders;
    if (decision === null || decision === obeyed || zone.blocked === null) return null;
    return decision.record === undefined || names.includes(decision.record) ? decision : null;
  };
  const way: WayBack = {
    subject: `${zoneName(zone)} (${names.length} records)`,
    pace: request.pace,
    get decision() {
      return open();
    },
    set decision(_obeyed) {
      if (open() === null) return;
      obeyed = orders.decision;
      zone.blocked = null; // until it is blocked anew, which waits for another decision
      if (zones.every(({ blocked }) => blocked === null) || obeyed?.record !== undefined) orders.decision = null;
    },
    block: (sentence) => {
      zone.blocked = sentence;
      showZone(group, zones, zone);
    },
    unblock: () => {
      zone.blocked = null;
      showZone(group, zones, zone);
    },
    leave: (decision) => leave({ group, zone, way }, decision),
  };
  return way;
}

/** What is blocked, of the zone's own records and of the group. */
function showZone(group: GroupRun, zones: readonly ZoneCourse[], zone: ZoneCourse): void {
  const { run, request } = group;
  const next = `Decide with: ./switchyard resolve group/${request.group} --retry, or --leave --reason TEXT.`;
  const blocked = zone.blocked === null ? null : { since: Date.now(), sentence: zone.blocked, next };
  for (const course of zone.courses.filter((one) => !zone.closed.has(one)))
    showRecord(group, course.plan.record, { blocked, phase: blocked === null ? 'rolling-back' : 'blocked' });
  const all = zones.flatMap(({ blocked: why }) => why ?? []);
  const before = run.progress.status.blocked;
  if (all.length === 0) {
    if (before !== null) run.progress.show({ phase: 'rolling-back', blocked: null });
  } else {
    const since = before?.since ?? Date.now();
    run.progress.show({ phase: 'blocked', blocked: { since, sentence: all.join(' '), next } });
  }
  tellLocks(group);
}

/** Leaves what stands of the zone's open records: their fences are set to rest where they can be, and the zone ends as what it is. */
async function leave(back: Back, decision: ResolveRequest): Promise<never> {
  const { group, zone } = back;
  const open = zone.courses.filter((course) => !zone.closed.has(course));
  const records = open.map(({ plan }) => plan.record);
  const names = records.join(', ');
  group.run.left.push(...records);
  for (const course of open) {
    close(back, course, 'not-restored');
    await groupBriefly(group.run.request.pace)
      .setZoneFences(`setting the fence of ${course.plan.record} to rest over what stands there`, {
        ...ofZone(zone),
        comment: `switchyard ${course.plan.record}: at rest`,
        records: [restInput(course, null)],
      })
      .catch(() =>
        group.run.progress.notice(
          `the fence of ${course.plan.record} could not be set to rest: the next reset clears it`,
        ),
      );
  }
  throw failure('NotRestored', `${decision.by} decided to leave ${names} as it stands: ${decision.reason}.`, {
    next: `To put the defaults back: ./switchyard reset group/${group.request.group}.`,
  });
}
