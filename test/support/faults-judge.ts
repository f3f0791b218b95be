import { MESSAGES, type DeployStatus, type Pace } from '../../src/contracts/deploy.ts';
import { FAILURES } from '../../src/policies/failures.ts';
import type { Cell } from './faults-table.ts';
import { aimAt, strike, until, type Strike } from './faults-strike.ts';
import { batchesOf, brokenPromises } from './promises.ts';
import { FAST, PLAIN, type Deployment, type End, type Rig, type Yard } from './yard.ts';

/** What a cell saw: compared whole, so that a red cell shows everything that was wrong with it. */
export interface Seen {
  readonly struck: boolean;
  readonly broken: readonly string[];
  readonly end: string;
  readonly stands: string;
  readonly standsAfterLateWrites: string;
  readonly fence: string;
  /** What a failed run does not say of itself (A3). */
  readonly unsaid: readonly string[];
}

/** What every cell must see: nothing but the end depends on the fault. */
export function expected({ ends }: Cell): Seen {
  const stands = ends === 'promoted' ? 'black' : 'red';
  return {
    struck: true,
    broken: [],
    end: ends,
    stands,
    standsAfterLateWrites: stands,
    fence: 'at rest',
    unsaid: [],
  };
}

const PACE: Pace = {
  ...FAST,
  preflight: { inARow: 2, overMs: 200 },
  probeEveryMs: 60,
  probeTimeoutMs: 300,
  insync: { pollMs: 20, noticeMs: 300, limitMs: 20_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 1_000 },
  blockedAfterMs: 400,
};

/** Runs one deployment that meets the cell's fault, and tells what became of the record. */
export async function runCell(yard: Yard, cell: Cell): Promise<Seen> {
  const aim = aimAt(cell.row);
  const { writeMs, holdMs } = limitsOf(cell);
  const rig = await yard.rig({ around: aim.around, writeMs, askTimeoutMs: 300, withoutTls: true });
  const handle = () => yard.temporal.client.workflow.getHandle(`deploy:${rig.record}`);
  const struck = strike(cell, { rig, aim, handle });
  if (cell.row.way === 'back') sickenAtTheHold(rig, aim);
  const run = await rig.deploy({
    steps: [
      { share: 50, holdMs },
      { share: 100, holdMs },
    ],
    gates: [PLAIN],
    pace: PACE,
  });
  const said = await drive(cell, run, struck);
  const stands = rig.observer.now();
  await struck.heal();
  await struck.land();
  const end = await run.end();
  const seen = await judged(rig, run, end);
  const broken = [...seen.broken, ...hurried(cell, rig)];
  await rig.close();
  return { ...seen, broken, struck: struck.fired() > 0, stands, unsaid: [...said, ...seen.unsaid] };
}

/** A request that hangs costs its time-out. */
function limitsOf(cell: Cell): { writeMs: number; holdMs: number } {
  return { writeMs: cell.fault.name.includes('silence past') ? 400 : 2_000, holdMs: holdOf(cell) };
}

/** A hold during which black sickens must outlast four probes; one that is struck must last until it is, on a busy machine too. */
function holdOf({ row, fault, times }: Cell): number {
  if (row.way === 'back') return 20_000;
  if (row.activity !== 'watchEndpoints') return 100;
  if (fault.name.startsWith('ill:')) return times === 'once' ? 800 : 20_000;
  return 2_500;
}

/** Gives a run a reason to go back. */
function sickenAtTheHold(rig: Rig, aim: ReturnType<typeof aimAt>): void {
  const { onAny } = aim;
  aim.onAny = (activity) => {
    if (activity === 'watchEndpoints') void rig.sandbox.black.behave({ kind: 'status', status: 503 });
    onAny(activity);
  };
}

/** Lets the run end, healing the fault when it has shown what it does; returns what a stop did not explain. */
async function drive(cell: Cell, run: Deployment, struck: Strike): Promise<readonly string[]> {
  const ended = run.end();
  if (cell.times === 'once') {
    await ended;
    return [];
  }
  const over = { yet: false };
  void ended.then(() => (over.yet = true));
  const stop: { why: DeployStatus['blocked'] } = { why: null };
  await until(async () => {
    if (over.yet || hasShown(cell, struck)) return true;
    if (struck.fired() > 0) stop.why = (await run.status()).blocked; // on a busy machine a rollback may be late without it
    return stop.why !== null;
  }, 60);
  if (!CALLS_OFF.test(cell.fault.name)) await struck.heal();
  await ended;
  return stop.why === null || (stop.why.sentence !== '' && stop.why.next !== '')
    ? []
    : ['it is blocked and does not say why'];
}

function hasShown({ row, fault }: Cell, struck: Strike): boolean {
  return row.way === 'forward' && struck.fired() >= 2 && !ENDS_BY_ITSELF.test(fault.name);
}

/** What is never asked again, or is nothing that passes: the run has to end although nobody heals it. */
const ENDS_BY_ITSELF = /^(AccessDenied|ill|a server)/;
const CALLS_OFF = /cancelled|aborted while/;

async function judged(rig: Rig, run: Deployment, end: End): Promise<Seen> {
  const status = await run.handle.query<DeployStatus>(MESSAGES.status);
  const nothingWritten = rig.observer.writes() === 0;
  const stage = rig.observer.fenceStage();
  return {
    struck: true,
    broken: [...brokenPromises(rig, ['red', '50 %', 'black']), ...(await writtenBeforeRead(rig, run))],
    end: endIn(rig, status, end),
    stands: rig.observer.now(),
    standsAfterLateWrites: rig.observer.now(),
    fence: stage === 'idle' || (stage === 'none' && nothingWritten) ? 'at rest' : stage,
    unsaid: unsaid(status, end),
  };
}

/** `promoted`, `red`, or what is neither. */
function endIn({ observer }: Rig, status: DeployStatus, end: End): string {
  const outcome = status.outcome ?? 'none';
  if (end.status === 'COMPLETED')
    return outcome === 'promoted' && status.verdict?.kind === 'pass' ? 'promoted' : `completed as ${outcome}`;
  const failed = end.status === 'FAILED' || end.status === 'CANCELLED';
  if (failed && outcome === 'rolled-back') return 'red';
  if (failed && outcome === 'refused' && observer.writes() === 0) return 'red';
  return `${end.status} as ${outcome}: ${end.message}`;
}

function unsaid({ failure }: DeployStatus, { status, type }: End): readonly string[] {
  if (status === 'COMPLETED') return [];
  if (failure === null) return ['it failed and has no failure'];
  return [
    ...(status === 'FAILED' && !Object.hasOwn(FAILURES, type ?? '') ? [`its type is ${type ?? 'none'}`] : []),
    ...(failure.type === 'Fault' ? [`it takes the fault for its own: ${failure.sentence}`] : []),
    ...(failure.sentence.length > 20 ? [] : [`no sentence: ${failure.sentence}`]),
  ];
}

/** What Route 53 asks for with Retry-After is waited for: a look for drift has a rhythm of its own. */
function hurried({ row, fault }: Cell, { sandbox }: Rig): readonly string[] {
  if (fault.name !== 'throttled with Retry-After' || row.activity === 'watchEndpoints') return [];
  const { seen } = sandbox.route53.faults;
  return seen.flatMap((refused, index) => {
    if (refused.fault === undefined) return [];
    const next = seen.slice(index + 1).find(({ operation }) => operation === refused.operation);
    const waited = (next?.at ?? Infinity) - refused.at;
    return waited >= 1_990 ? [] : [`Retry-After: ${refused.operation} came again after ${waited} ms`];
  });
}

/** D1: the snapshot is in the history before anything is written. */
async function writtenBeforeRead(rig: Rig, { handle }: Deployment): Promise<readonly string[]> {
  const first = batchesOf(rig).find(({ accepted, foreign }) => accepted && !foreign);
  if (first === undefined) return [];
  const { events } = await handle.fetchHistory();
  const read = events?.find(({ activityTaskCompletedEventAttributes: done }) => done != null);
  const time = read?.eventTime;
  const at = time == null ? Infinity : Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1_000_000;
  return at <= first.at + 1 ? [] : ['D1: it wrote before the snapshot was in the history'];
}
