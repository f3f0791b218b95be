import type { DeployRequest, Pace, ServerView } from '../contracts/deploy.ts';
import type { Checked } from '../contracts/deploy-activities.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { gatesAt } from '../core/dns/gates-at.ts';
import type { Plan } from '../core/dns/plan.ts';
import { failure } from '../policies/failures.ts';
import { forward, looking } from './activities.ts';
import { sides, type Course } from './course.ts';
import { mustBeMeasurable } from './measure.ts';
import type { Run } from './run.ts';

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
