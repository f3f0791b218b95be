import { planRequest } from '../contracts/deploy.ts';
import { canonicalJson } from '../core/canonical-json.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Plan } from '../core/dns/plan.ts';
import { failure } from '../policies/failures.ts';
import type { Cutover } from './approve.ts';
import type { Course } from './course.ts';
import { heldRecord } from './held-record.ts';
import { mustBeHealthy } from './must-be-healthy.ts';
import { mustHavePlan } from './must-be-runnable.ts';
import { readRed } from './read-red.ts';
import type { Run } from './run.ts';

/** The cutover of one record. */
export function recordCutover(run: Run, course: Course): Cutover {
  return {
    lastStep: course.plan.steps.at(-1),
    mustStandAsPlanned: () => mustStandAsPlanned(run, course),
    mustBeHealthy: () => mustBeHealthy(run, course),
    held: (step) => heldRecord(run, course, step),
  };
}

/** What was approved is this plan, over these record sets and this fence: anything else is refused before the first write. */
async function mustStandAsPlanned(run: Run, course: Course): Promise<void> {
  const { request } = run;
  const snapshot = await readRed(request, { label: `reading ${request.record} again` });
  const planned = planSteps(snapshot, planRequest(request));
  const same = canonicalJson(snapshot.fence) === canonicalJson(course.snapshot.fence);
  if (planned.kind === 'unchanged') throw moved(course.plan);
  const plan = mustHavePlan(run, planned);
  if (plan.hash !== course.plan.hash || !same) throw moved(course.plan);
}

export function moved({ record, hash }: Pick<Plan, 'record' | 'hash'>) {
  return failure(
    'Refused',
    `${record} is not any more what plan ${hash.slice(0, 8)} was made from: it has changed while the approval was waited for.`,
    { next: 'Look at a new plan with: ./switchyard plan.' },
  );
}
