import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../sha256.ts';
import { longestFence } from './fence.ts';
import { lockSteps, type GroupStep } from './lock-steps.ts';
import type { Plan, PlanRequest, PlanTiming, Reason } from './plan.ts';
import { planSteps } from './plan-steps.ts';
import { reason } from './reason.ts';
import type { Snapshot, Zone } from './snapshot.ts';
import { BATCH_LIMIT, batchSize, fits, type BatchSize } from './swap.ts';
import { refuseDeadline, timeSteps } from './time-plan.ts';
import { zoneBatches } from './zone-batches.ts';

/** A record of a group, as it was read and as it is asked for. */
export interface GroupMember {
  readonly snapshot: Snapshot;
  readonly request: PlanRequest;
}

export interface GroupWish {
  readonly group: string;
  /** At least so many records must serve from a healthy side in every state; null: no rule. */
  readonly keepHealthy: number | null;
  /** The owner that the fences will name: its length counts. */
  readonly owner: string;
}

/** The records of one zone, which move in one atomic batch (G1). */
export interface ZonePlan {
  readonly zone: Zone;
  /** Canonical names, sorted. */
  readonly records: readonly string[];
  /** The largest batch of all steps and of the way back from each, fences included. */
  readonly largest: BatchSize;
}

/** A group's cutover as a value: it can be printed, hashed, and refused. */
export interface GroupPlan {
  readonly group: string;
  /** Of the records that move, sorted by name, each with one step for each step of the group (G3). */
  readonly plans: readonly Plan[];
  /** Records that serve what is asked for already: they are locked and left as they are. */
  readonly unchanged: readonly string[];
  readonly steps: readonly GroupStep[];
  readonly zones: readonly ZonePlan[];
  readonly timing: PlanTiming;
  readonly warnings: readonly string[];
  /** sha256 in hex of the plans of all records, and of the rule. */
  readonly hash: string;
}

export type GroupPlanned =
  | { readonly kind: 'unchanged'; readonly sentence: string }
  /** All reasons of all records at once (A2). */
  | { readonly kind: 'refused'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'planned'; readonly plan: GroupPlan };

/**
 * Works out how several records move together: pure and total, as `planSteps` is for one.
 *
 * - G1 The records of a zone fit into one batch at every step and on the way back from each, or the group is refused with the numbers.
 * - G3 All records are at the same step.
 */
export function planGroup(members: readonly GroupMember[], wish: GroupWish): GroupPlanned {
  const sorted = [...members].sort((a, b) => byName(a.snapshot.record, b.snapshot.record));
  const planned = sorted.map(({ snapshot, request }) => planSteps(snapshot, { ...request, deadlineMs: null }));
  const reasons = [
    ...refuseMembers(sorted, wish),
    ...planned.flatMap((one, index) =>
      one.kind === 'refused' ? one.reasons.map((each) => named(sorted[index]?.snapshot.record ?? '', each)) : [],
    ),
  ];
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const unchanged = planned.flatMap((one) => (one.kind === 'unchanged' ? [one.record] : []));
  const plans = planned.flatMap((one) => (one.kind === 'planned' ? [one.plan] : []));
  if (plans.length === 0)
    return {
      kind: 'unchanged',
      sentence: `every record of group/${wish.group} serves what is asked for: nothing to do.`,
    };
  return drawGroup(sorted, wish, { plans, unchanged });
}

interface Drawing {
  readonly plans: readonly Plan[];
  readonly unchanged: readonly string[];
}

function drawGroup(
  members: readonly GroupMember[],
  wish: GroupWish,
  { plans: alone, unchanged }: Drawing,
): GroupPlanned {
  const { steps, plans } = lockSteps(alone);
  const given = members.flatMap(({ request }) => request.deadlineMs ?? []);
  const timing: PlanTiming = {
    ...timeSteps({
      preflightMs: Math.max(...members.map(({ request }) => request.preflightMs)),
      holdsMs: steps.map(({ holdMs }) => holdMs),
      deadlineMs: given.length === 0 ? null : Math.max(...given),
    }),
    forwardMs: Math.max(...plans.map((plan) => plan.timing.forwardMs)),
    backMs: Math.max(...plans.map((plan) => plan.timing.backMs)),
  };
  const zones = zonesOf(plans, wish.owner);
  const reasons = [...refuseDeadline(timing), ...zones.flatMap(refuseZone)];
  if (reasons.length > 0) return { kind: 'refused', reasons };
  const warnings = plans.flatMap((plan) => plan.warnings.map((warning) => `${plan.record}: ${warning}`));
  const { group, keepHealthy } = wish;
  const hash = sha256(canonicalJson({ group, keepHealthy, unchanged, plans: plans.map((plan) => plan.hash) }));
  return { kind: 'planned', plan: { group, plans, unchanged, steps, zones, timing, warnings, hash } };
}

function zonesOf(plans: readonly Plan[], owner: string): readonly ZonePlan[] {
  const ids = [...new Set(plans.map(({ zone }) => zone.id))];
  return ids.flatMap((id) => {
    const mine = plans.filter(({ zone }) => zone.id === id);
    const [first] = mine;
    if (first === undefined) return [];
    return [{ zone: first.zone, records: mine.map(({ record }) => record), largest: largestBatch(mine, owner) }];
  });
}

/** D3: a rollback that would not fit is found before the first write. Every fence is counted at its largest, deleted and created. */
function largestBatch(plans: readonly Plan[], owner: string): BatchSize {
  const sizes = zoneBatches(plans).map(({ batch }) => batchSize(batch));
  const fences = plans.map(({ record, before }) => longestFence(record, before, owner));
  return {
    elements: Math.max(...sizes.map(({ elements }) => elements)) + 2 * plans.length,
    characters:
      Math.max(...sizes.map(({ characters }) => characters)) + 2 * fences.reduce((sum, each) => sum + each, 0),
  };
}

function refuseZone({ zone, records, largest }: ZonePlan): readonly Reason[] {
  if (fits(largest)) return [];
  return [
    reason(
      'group-size',
      `${records.length} records of ${zone.name.replace(/\.$/, '')} would need a batch of ${largest.elements} values and ${largest.characters} characters with their fences; Route 53 takes ${BATCH_LIMIT.elements} and ${BATCH_LIMIT.characters} at once.`,
      'Split the group, or move fewer values.',
    ),
  ];
}

/** What no record can say of itself. */
function refuseMembers(members: readonly GroupMember[], { group, keepHealthy }: GroupWish): readonly Reason[] {
  const names = members.map(({ snapshot }) => snapshot.record);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const shares = [...new Set(members.map(({ request }) => request.steps.map(({ share }) => share).join(', ')))];
  const counted = members.length;
  return [
    ...twice.map((name) => reason('group-twice', `group/${group} names ${name} twice.`, 'Name every record once.')),
    ...(shares.length > 1
      ? [
          reason(
            'group-steps',
            `the records of group/${group} move in lockstep, and ask for different steps: ${shares.join(' % and ')} %.`,
            'Give the same steps to all of them, with --steps.',
          ),
        ]
      : []),
    ...(keepHealthy !== null && keepHealthy > counted
      ? [
          reason(
            'keep-healthy',
            `keepHealthy of group/${group} is ${keepHealthy}, and it has ${counted} records.`,
            'Lower it in switchyard.yaml.',
          ),
        ]
      : []),
  ];
}

/** A sentence among those of many records says whose it is. */
function named(record: string, { sentence, ...rest }: Reason): Reason {
  return { ...rest, sentence: sentence.includes(record) ? sentence : `${record}: ${sentence}` };
}

const byName = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
