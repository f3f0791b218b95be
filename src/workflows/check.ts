import {
  asksSomebody,
  hasGates,
  looksFirst,
  type DeployRequest,
  type Pace,
  type ServerView,
} from '../contracts/deploy.ts';
import type { Checked } from '../contracts/deploy-activities.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import type { Plan, Planned, Step } from '../core/dns/plan.ts';
import { withNext } from '../core/with-next.ts';
import { failure } from '../policies/failures.ts';
import { forward, looking } from './activities.ts';
import { sides, type Course } from './course.ts';
import { mustBeMeasurable } from './measure.ts';
import type { Run } from './run.ts';
import { patched, workflowInfo } from '@temporalio/workflow';
import { formatDuration } from '../core/duration.ts';

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
export function mustBeRunnable(run: Run, planned: Exclude<Planned, { kind: 'unchanged' }>): Plan {
  const plan = mustHavePlan(run, planned);
  mustHaveGates(run.request);
  mustKnowWhomToAsk(run.request, [run.request]);
  mustFitHistory(plan, run.request.pace);
  run.progress.show({ plan });
  return plan;
}

/** The plan, as it is looked at once more: what the request asks for was judged when the run began, which an update of the worker must not undo. */
export function mustHavePlan(run: Run, planned: Exclude<Planned, { kind: 'unchanged' }>): Plan {
  if (planned.kind === 'refused') {
    run.progress.show({ refused: planned.reasons });
    throw failure('Refused', planned.reasons.map(withNext).join(' '));
  }
  mustBePlanned(planned.plan, run.request.planHash);
  return planned.plan;
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

/** What `mustBeHealthy` is about to do. */
export const checkLabel = ({ undo }: DeployRequest): string =>
  undo === undefined ? 'checking black and red' : 'checking what is to come back';

/** Before the first write: every server answers, every metric can be measured, black passes, and red passes unless an ill red was accepted. */
export async function mustBeHealthy(run: Run, course: Course): Promise<void> {
  run.progress.show({ phase: 'checking' });
  const { undo } = run.request;
  if (undo === undefined) await mustBeAnswered(run, course); // an undo has no time for that: a silent server is told of afterwards
  await mustBeMeasurable(run, course);
  await mustPassProbes(run, course);
}

async function mustPassProbes(run: Run, course: Course): Promise<void> {
  const { pace, acceptIllRed, undo } = run.request;
  const gates = gatesAt(run.request, firstShare(course.plan));
  if (gates.length === 0) return;
  const limitMs = preflightLimitMs(pace);
  const checked = await looking(pace).checkEndpoints(
    `checking black and red of ${course.plan.record}`,
    {
      ...course.ref,
      gates,
      sides: sides(course).filter(({ side }) => side === 'black' || undo === undefined),
      pace,
      limitMs,
    },
    { startToCloseTimeout: limitMs + 60_000 },
  );
  run.progress.show({ windows: checked.windows, verdict: checked.black });
  mustPass(checked, {
    acceptIllRed: acceptIllRed || undo !== undefined,
    of: '',
    next: undo === undefined ? null : `To go back there all the same: ./switchyard undo ${course.plan.record} --force.`,
  });
}

interface Passing {
  readonly acceptIllRed: boolean;
  /** Whose it is, where several records are checked: ` of www.example.com`. */
  readonly of: string;
  /** What leads on where black fails. */
  readonly next: string | null;
}

/** @throws failure `Unhealthy`, or `Inconclusive` where nobody knows (D7). */
export function mustPass({ black, red }: Checked, { acceptIllRed, of, next }: Passing): void {
  if (black.kind !== 'pass')
    throw failure(illness(black), `black${of} is not healthy: ${black.reason}.`, next === null ? {} : { next });
  if (red.kind !== 'pass' && !acceptIllRed)
    throw failure(illness(red), `red${of} is not healthy, so there would be no way back: ${red.reason}.`, {
      next: 'To leave an ill red all the same: --accept-ill-red.',
    });
}

/** What is in force first has to pass before it is. */
export const firstShare = ({ steps }: Plan): number => steps.find(({ kind }) => kind === 'shift')?.share ?? 100;

/** Time for the passes in a row to be reached after a stumble or two; also where the pace is short, a busy worker gets a few seconds. */
export function preflightLimitMs({ preflight: { inARow, overMs }, probeEveryMs, probeTimeoutMs }: Pace): number {
  return Math.max(3 * overMs, 2 * inARow * probeEveryMs, 5_000) + probeTimeoutMs;
}

/** No data is not an illness, and not a pass (D7). */
function illness(verdict: Verdict): 'Unhealthy' | 'Inconclusive' {
  return verdict.kind === 'inconclusive' ? 'Inconclusive' : 'Unhealthy';
}

/** A server that is silent before the first write would make every later proof worthless. */
async function mustBeAnswered(run: Run, course: Course): Promise<void> {
  const { pace, verify } = run.request;
  if (verify === 'api') return;
  const { servers } = await forward(pace).verifyAnswers(
    `asking every authoritative server of ${course.plan.record} once`,
    {
      ...course.ref,
      sets: course.plan.before,
      inARow: 1,
      everyMs: pace.verify.everyMs,
      limitMs: Math.min(pace.verify.limitMs, 10_000),
      mode: verify,
    },
  );
  mustHaveAnswered(course.plan.record, servers);
}

/** @throws failure `Refused` where there is no server to ask, or one is silent. */
export function mustHaveAnswered(record: string, servers: readonly ServerView[]): void {
  if (servers.length === 0) throw unprovable(record);
  const silent = servers.filter(({ kind }) => kind === 'not-seen').map(({ server }) => server);
  if (silent.length === 0) return;
  throw failure(
    'Refused',
    `the name servers ${silent.join(', ')} do not answer this worker, so a cutover could not be proven.`,
    {
      next: 'Open UDP and TCP port 53 to them, or accept the API’s word with --verify api.',
    },
  );
}

/** A private zone has no name servers to ask: what nobody answers must not count as proven. */
function unprovable(record: string) {
  return failure(
    'Refused',
    `${record} has no authoritative server that could be asked, so a cutover could not be proven.`,
    {
      next: 'Accept the API’s word with --verify api.',
    },
  );
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

/** @throws failure `Refused` where the plan made now is not the one that was asked for. */
export function mustBePlanned({ hash }: Pick<Plan, 'hash'>, wanted: string | null): void {
  if (wanted === null || hash.startsWith(wanted)) return;
  throw failure(
    'Refused',
    `the plan made now is ${hash.slice(0, 8)}, not ${wanted.slice(0, 8)}: the world has moved since it was made.`,
    {
      next: 'Look at a new one with: ./switchyard plan.',
    },
  );
}
