import { patched, workflowInfo } from '@temporalio/workflow';
import { asksSomebody, hasGates, looksFirst, type DeployRequest, type Pace } from '../contracts/deploy.ts';
import type { Plan, Reason, Step } from '../core/dns/plan.ts';
import { formatDuration } from '../core/duration.ts';
import { withNext } from '../core/with-next.ts';
import { failure } from '../policies/failures.ts';
import type { Run } from './run.ts';

/** A run that begins long after it was asked for is no longer what was asked for. */
export function mustStartInTime(request: DeployRequest): void {
  const waited = Date.now() - workflowInfo().startTime.getTime();
  if (waited <= request.startWithinMs) return;
  throw failure(
    'StartedTooLate',
    `the first task began ${formatDuration(waited)} after the start, more than the ${formatDuration(request.startWithinMs)} allowed; nothing was written.`,
    { next: 'See that a worker polls the queue, and start it again.' },
  );
}

/** The plan to run, or a refusal with every reason at once (A2); nothing has been written yet. */
export function mustBeRunnable(run: Run, planned: Runnable<Plan>): Plan {
  const plan = mustHavePlan(run, planned);
  mustHaveGates(run.request);
  mustKnowWhomToAsk(run.request, [run.request]);
  mustFitHistory(plan, run.request.pace);
  run.progress.show({ plan });
  return plan;
}

/**
 * The plan, as it is looked at once more: what the request asks for was judged when the run began, which an update of the worker must not undo.
 *
 * @throws failure `Refused`, with every reason at once, or where the plan made now is not the one that was asked for.
 */
export function mustHavePlan<P extends Pick<Plan, 'hash'>>({ request, progress }: Run, planned: Runnable<P>): P {
  if (planned.kind === 'refused') {
    progress.show({ refused: planned.reasons });
    throw failure('Refused', planned.reasons.map(withNext).join(' '));
  }
  mustBePlanned(planned.plan, request.planHash);
  return planned.plan;
}

/** What is left of a plan that changes anything. */
export type Runnable<P> =
  { readonly kind: 'refused'; readonly reasons: readonly Reason[] } | { readonly kind: 'planned'; readonly plan: P };

function mustBePlanned({ hash }: Pick<Plan, 'hash'>, wanted: string | null): void {
  if (wanted === null || hash.startsWith(wanted)) return;
  throw failure(
    'Refused',
    `the plan made now is ${hash.slice(0, 8)}, not ${wanted.slice(0, 8)}: the world has moved since it was made.`,
    {
      next: 'Look at a new one with: ./switchyard plan.',
    },
  );
}

function mustHaveGates(request: DeployRequest): void {
  if (request.unchecked) return;
  const next = 'Give one with --check, or accept that with --unchecked.';
  if (!hasGates(request)) throw failure('Refused', 'no gate was given: nothing would notice an ill black.', { next });
  if (looksFirst(request) || !patched('a probe looks first')) return; // runs of before go on as they began
  throw failure('Refused', `no probe is in force at the first step: ${NOTHING_LOOKS_FIRST}`, { next });
}

export const NOTHING_LOOKS_FIRST =
  'gates on metrics say nothing of a black that has no traffic yet, so nothing would look at it before the first write.';

/** A gate that says nothing would hold the step for ever, where nobody may say whether to go on without it. */
export function mustKnowWhomToAsk({ approve }: DeployRequest, records: readonly DeployRequest[]): void {
  if (approve?.inconclusive !== undefined || !records.some(asksSomebody)) return;
  if (!patched('whom to ask is known')) return; // runs of before go on as they began
  throw failure('Refused', 'a gate has somebody asked while it says nothing, and the request does not say whom.', {
    next: 'Ask with approve: { inconclusive: { by } }, or leave out then: approve.',
  });
}

/** An activity a stretch, and the tasks around it; Temporal ends a run, without any rollback, at 51,200 events. */
const EVENTS_A_STRETCH = 7;
const MOST_EVENTS = 20_000;

export function mustFitHistory(
  { steps }: { readonly steps: readonly Pick<Step, 'holdMs'>[] },
  { stretch: { minMs, maxMs } }: Pace,
): void {
  const stretches = steps.reduce((sum, { holdMs }) => sum + holdMs / Math.min(maxMs, Math.max(minMs, holdMs / 100)), 0);
  if (stretches * EVENTS_A_STRETCH <= MOST_EVENTS) return;
  throw failure(
    'Refused',
    `the holds of this plan would need ${Math.ceil(stretches)} looks, more than one run may keep.`,
    {
      next: 'Shorten them with --hold and --bake.',
    },
  );
}
