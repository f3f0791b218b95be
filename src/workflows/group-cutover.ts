import { canonicalJson } from '../core/canonical-json.ts';
import type { GroupPlan } from '../core/dns/plan-group.ts';
import type { Cutover } from './approve.ts';
import type { GroupRun } from './group-run.ts';
import { heldGroup } from './held-group.ts';
import { mustBeArmed } from './must-be-armed.ts';
import { planOf, readGroup } from './read-group.ts';
import { moved } from './record-cutover.ts';
import type { ZoneCourse } from './zone-course.ts';

interface Planned {
  readonly plan: GroupPlan;
  readonly zones: readonly ZoneCourse[];
}

/** The cutover of the records of a group together. */
export function groupCutover(group: GroupRun, { plan, zones }: Planned): Cutover {
  return {
    lastStep: plan.steps.at(-1),
    mustStandAsPlanned: () => mustStandAsPlanned(group, { plan, zones }),
    mustBeHealthy: () => mustBeArmed(group, zones),
    held: (step) => heldGroup(group, zones, step),
  };
}

/** Approved by the plan of all: what has changed in one record since refuses all. */
async function mustStandAsPlanned(group: GroupRun, { plan, zones }: Planned): Promise<void> {
  const snapshots = await readGroup(group);
  const again = planOf(group, snapshots);
  const fenceOf = (name: string) => snapshots.find(({ record }) => record === name)?.fence ?? null;
  const same = zones
    .flatMap(({ courses }) => courses)
    .every(({ ref, snapshot }) => canonicalJson(snapshot.fence) === canonicalJson(fenceOf(ref.record)));
  if (again.kind !== 'planned' || again.plan.hash !== plan.hash || !same)
    throw moved({ record: group.run.request.record, hash: plan.hash });
}
