import { patched } from '@temporalio/workflow';
import { hasGates, looksFirst, type DeployRequest } from '../contracts/deploy.ts';
import type { Checked } from '../contracts/deploy-activities.ts';
import { mixedApprovals, mixedLockstep, mixedRoles, unknownHealth } from '../contracts/group-rules.ts';
import { tooLargeTogether } from '../contracts/group-size.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import { healthOf, mayStep } from '../core/dns/keep-healthy.ts';
import type { Share } from '../core/dns/plan.ts';
import type { GroupPlan, GroupPlanned } from '../core/dns/plan-group.ts';
import { withNext } from '../core/with-next.ts';
import { failure } from '../policies/failures.ts';
import {
  checkLabel,
  firstShare,
  mustBePlanned,
  mustFitHistory,
  mustHaveAnswered,
  mustKnowWhomToAsk,
  mustPass,
  NOTHING_LOOKS_FIRST,
  preflightLimitMs,
} from './check.ts';
import { sides, type Course } from './course.ts';
import { groupForward, groupLooking } from './group-activities.ts';
import { memberOf, type GroupRun } from './group-run.ts';
import { mustAllBeMeasurable } from './measure-group.ts';
import type { ZoneCourse } from './zone-course.ts';

/** The plan to run, or a refusal with every reason of every record at once (A2); nothing has been written yet. */
export function mustBeRunnableTogether(
  group: GroupRun,
  planned: Exclude<GroupPlanned, { kind: 'unchanged' }>,
): GroupPlan {
  const { run, request } = group;
  if (planned.kind === 'refused') {
    run.progress.show({ refused: planned.reasons });
    throw failure('Refused', planned.reasons.map(withNext).join(' '));
  }
  mustBePlanned(planned.plan, request.planHash);
  mustHaveGates(group);
  mustAgree(group, planned.plan);
  mustKnowWhomToAsk(run.request, request.records);
  mustFitHistory(planned.plan, run.request.pace);
  const { plans, ...facts } = planned.plan;
  group.plan = facts;
  for (const plan of plans) memberOf(group, plan.record).own = { ...memberOf(group, plan.record).own, plan };
  for (const record of facts.unchanged) memberOf(group, record).own = { outcome: 'unchanged' };
  return planned.plan;
}

/** What its records ask for differently cannot be done once for all of them. */
function mustAgree({ request: { keepHealthy, records } }: GroupRun, plan: GroupPlan): void {
  const reasons = [
    ...unknownHealth(keepHealthy, records),
    ...mixedApprovals(records),
    ...mixedRoles(plan, records),
    ...tooLargeTogether(plan, records).filter(() => patched('a group fits into one message')),
    ...mixedLockstep(records).filter(() => patched('the records of a group agree')), // runs of before go on as they began
  ];
  if (reasons.length === 0) return;
  const next = [...new Set(reasons.flatMap((one) => one.next ?? []))].join(' ');
  throw failure('Refused', reasons.map(({ sentence }) => sentence).join(' '), next === '' ? {} : { next });
}

function mustHaveGates({ request: { records } }: GroupRun): void {
  const next = 'Give them gates with --check or in switchyard.yaml, or accept that with --unchecked.';
  const checked = records.filter(({ unchecked }) => !unchecked);
  const ungated = checked.filter((one) => !hasGates(one));
  if (ungated.length > 0)
    throw failure('Refused', `no gate was given for ${namesOf(ungated)}: nothing would notice an ill black.`, { next });
  const unseen = checked.filter((one) => !looksFirst(one));
  if (unseen.length === 0 || !patched('a probe looks first')) return; // runs of before go on as they began
  const sentence = `no probe of ${namesOf(unseen)} is in force at the first step: ${NOTHING_LOOKS_FIRST}`;
  throw failure('Refused', sentence, { next });
}

const namesOf = (records: readonly DeployRequest[]): string => records.map(({ record }) => record).join(', ');

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

/** Keeps what was seen of a record, for its status and for `keepHealthy`. */
export function learn(
  group: GroupRun,
  seen: Pick<Checked, 'windows'> & { readonly record: string; readonly verdict: Checked['black']; readonly at: number },
): void {
  const member = memberOf(group, seen.record);
  const { windows, verdict, at } = seen;
  const { fail, observationsMaxAgeMs, probeEveryMs, probeTimeoutMs } = member.request.pace;
  // A slow rhythm must not make every observation stale.
  const maxAgeMs = Math.max(observationsMaxAgeMs, 2 * (probeEveryMs + probeTimeoutMs));
  member.health = healthOf(seen.record, windows, { rule: fail, now: at, maxAgeMs });
  const lastObservations = windows.flatMap(({ observations }) => observations.slice(-1));
  member.own = { ...member.own, windows, verdict, lastObservations };
}

/** The rule on the state that a step leads to (G5). */
export function mustKeepHealthy({ request, members }: GroupRun, share: Share): void {
  const rule = mayStep(
    request.keepHealthy,
    members.map(({ request: { record }, health }) => health ?? { record, red: 'unknown', black: 'unknown' }),
    share,
  );
  if (rule.kind === 'broken') throw failure('Unhealthy', `${rule.reason}.`);
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
