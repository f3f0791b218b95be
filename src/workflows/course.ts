import { workflowInfo } from '@temporalio/workflow';
import { roleOf, type DeployRequest, type Pace } from '../contracts/deploy.ts';
import type { FenceInput, ProbeSide, RecordRef, RestoreInput } from '../contracts/deploy-activities.ts';
import { fenceSet, nextFence, readFence } from '../core/dns/fence.ts';
import type { Plan, Step } from '../core/dns/plan.ts';
import { packRed } from '../core/dns/pack-sets.ts';
import type { RecordSets } from '../core/dns/record-set.ts';
import type { Snapshot, Standing } from '../core/dns/snapshot.ts';
import { SWAP_MS } from '../core/dns/time-plan.ts';

/** A plan on its way: what the run knows to stand at the record, and what it may have written. */
export interface Course {
  readonly plan: Plan;
  readonly ref: RecordRef;
  readonly owner: string;
  /** The moved sets and the fence as they were read before the first write (D1). */
  readonly snapshot: Standing;
  /** What was read back last. */
  standing: Standing;
  /** The highest generation of the fence that this run may have written. */
  gen: number;
  /** Until when the standing fence says that its stage lasts. */
  until: number;
  /** Whether anything of this run may stand at the record, now or later. */
  mayHaveWritten: boolean;
}

export function setOut(request: DeployRequest, snapshot: Snapshot, plan: Plan): Course {
  const standing = { sets: plan.before, fence: snapshot.fence };
  const fence = readFence(snapshot.fence);
  return {
    plan,
    ref: { record: snapshot.record, zone: snapshot.zone, ...roleOf(request) },
    owner: ownerOf(request),
    snapshot: standing,
    standing,
    gen: fence.kind === 'standing' ? fence.fence.gen : 0,
    until: 0,
    mayHaveWritten: false,
  };
}

/** Until when the fence says that a step lasts: its swap, its hold, and a grace. */
export const stepUntil = ({ holdMs }: Pick<Step, 'holdMs'>, { graceMs }: Pace): number =>
  Date.now() + SWAP_MS + holdMs + graceMs;

/**
 * The standing that a write leads to: the given sets and the fence's next generation.
 *
 * @param until Until when the step lasts; null: the fence is set to rest.
 */
export function nextStanding(course: Course, sets: RecordSets, until: number | null): Standing {
  const fence = nextFence(readFence(course.standing.fence), {
    stage: until === null ? 'idle' : 'step',
    owner: course.owner,
    until,
    sets,
    red: packRed(course.plan.before),
    floor: course.gen,
  });
  course.gen = fence.gen;
  course.until = until ?? 0;
  return { sets, fence: fenceSet(course.ref.record, fence) };
}

/** What sets the fence to rest over the sets that must stand there; over whatever stands where an operator leaves it. */
export function restInput(course: Course, expect: RecordSets | null): FenceInput {
  return fenceInput(course, { stage: 'idle', until: null, expect, comment: 'at rest' });
}

/** What renews the fence for a stage that lasts longer than it says, or to have a change to wait for. */
export function renewInput(course: Course, stage: 'step' | 'restoring', until: number): FenceInput {
  course.until = until;
  return fenceInput(course, { stage, until, expect: course.standing.sets, comment: 'fence renewed' });
}

/** What puts the snapshot back, from any state of the plan. */
export function restoreInput(course: Course, until: number): Omit<RestoreInput, keyof RecordRef | 'comment'> {
  const { plan, snapshot, owner, gen } = course;
  return { snapshot, own: [...plan.steps, plan.promotion].map(({ sets }) => sets), owner, until, gen };
}

function fenceInput(course: Course, what: Pick<FenceInput, 'stage' | 'until' | 'expect' | 'comment'>): FenceInput {
  const { plan, ref, owner } = course;
  course.gen += 1;
  const comment = `switchyard ${plan.record}: ${what.comment}`;
  return { ...ref, ...what, owner, red: plan.before, gen: course.gen, types: plan.types, comment };
}

/** Red and black as the gates probe them. */
export function sides(course: Pick<Course, 'plan'>): readonly ProbeSide[] {
  return [
    { side: 'black', sets: course.plan.promotion.sets },
    { side: 'red', sets: course.plan.before },
  ];
}

/** A reset run keeps its first execution's id, and so is still the owner of what its earlier self wrote (D6). */
export function ownerOf(request: Pick<DeployRequest, 'namespaceId'>): string {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  return `${request.namespaceId}/${workflowId}/${firstExecutionRunId}`;
}
