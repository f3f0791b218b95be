import { MESSAGES, type DeployStatus, type Pace } from '../../src/contracts/deploy.ts';
import { FAILURES } from '../../src/policies/failures.ts';
import type { Aim, Strike } from './faults-strike.ts';
import { until } from './faults-strike.ts';
import { isWatch, type Cell } from './faults-table.ts';
import type { RunEnd } from './run-handle.ts';
import type { Deployment } from './yard.ts';

/** What is driven to its end: the deployment of a record, or of a group. */
export interface Driven {
  readonly handle: Deployment['handle'];
  status(): Promise<DeployStatus>;
  end(): Promise<unknown>;
}

/** A pace at which a fault shows soon what it does. */
export const faultPace = (base: Pace): Pace => ({
  ...base,
  preflight: { inARow: 2, overMs: 200 },
  insync: { pollMs: 20, noticeMs: 300, limitMs: 20_000 },
  verify: { inARow: 2, everyMs: 10, limitMs: 1_000 },
  blockedAfterMs: 400,
});

/** A request that hangs costs its time-out; on a busy machine others take long, and are no failure for that. */
export function limitsOf(cell: Cell): { writeMs: number; probeTimeoutMs: number; holdMs: number } {
  const hangs = cell.fault.name.includes('silence past');
  return { writeMs: hangs ? 400 : 2_000, probeTimeoutMs: hangs ? 300 : 1_500, holdMs: holdOf(cell) };
}

/** A hold during which black sickens must outlast four probes; one that is struck must last until it is, on a busy machine too. */
function holdOf({ row, fault, times }: Cell): number {
  if (row.way === 'back') return 20_000;
  if (!isWatch(row)) return 100;
  if (/^(ill|the provider|the metric)/.test(fault.name)) return times === 'once' ? 800 : 20_000;
  return 2_500;
}

/** Gives a run a reason to go back. */
export function atTheHold(aim: Aim, sicken: () => unknown): void {
  const { onAny } = aim;
  aim.onAny = (activity) => {
    if (activity === 'watchEndpoints' || activity === 'watchRecords') sicken();
    onAny(activity);
  };
}

/**
 * Lets the run end, healing the fault when it has shown what it does, and leaving what somebody else wrote; returns what a stop did not
 * explain.
 */
export async function drive(cell: Cell, run: Driven, struck: Strike): Promise<readonly string[]> {
  const ended = run.end();
  if (cell.times === 'once' && cell.ends !== 'foreign') {
    await ended;
    return [];
  }
  const over = { yet: false };
  void ended.then(() => (over.yet = true));
  const stop: { why: DeployStatus['blocked'] } = { why: null };
  await until(async () => {
    if (over.yet || hasShown(cell, struck)) return true;
    if (struck.fired() > 0) stop.why = await blockedNow(run); // on a busy machine a rollback may be late without it
    return stop.why !== null;
  }, 60);
  if (cell.ends === 'foreign') await until(async () => over.yet || (await leave(run)), 60);
  if (!CALLS_OFF.test(cell.fault.name)) await struck.heal();
  await ended;
  return stop.why === null || (stop.why.sentence !== '' && stop.why.next !== '')
    ? []
    : ['it is blocked and does not say why'];
}

/** A busy machine, whose worker does not answer in time, is asked again. */
const blockedNow = (run: Driven): Promise<DeployStatus['blocked']> =>
  run.status().then(
    ({ blocked }) => blocked,
    () => null,
  );

/** What the operator says of a value that somebody else has written; false where the rollback has just tried again, and is not blocked. */
async function leave({ handle }: Driven): Promise<boolean> {
  const said = { by: 'a test', decision: 'leave', reason: 'it belongs to somebody else' };
  return handle.executeUpdate(MESSAGES.resolve, { args: [said] }).then(
    () => true,
    () => false,
  );
}

function hasShown({ row, fault, times }: Cell, struck: Strike): boolean {
  if (times === 'once') return false;
  return row.way === 'forward' && struck.fired() >= 2 && !ENDS_BY_ITSELF.test(fault.name);
}

/** What is never asked again, or is nothing that passes: the run has to end although nobody heals it. */
const ENDS_BY_ITSELF = /^(AccessDenied|ill|a server|the provider|the metric)/;
const CALLS_OFF = /cancelled|aborted while/;

/** What a failed run does not say of itself (A3). */
export function unsaid({ failure }: DeployStatus, { status, type }: RunEnd<unknown>): readonly string[] {
  if (status === 'COMPLETED') return [];
  if (failure === null) return ['it failed and has no failure'];
  return [
    ...(status === 'FAILED' && !Object.hasOwn(FAILURES, type ?? '') ? [`its type is ${type ?? 'none'}`] : []),
    ...(failure.type === 'Fault' ? [`it takes the fault for its own: ${failure.sentence}`] : []),
    ...(failure.sentence.length > 20 ? [] : [`no sentence: ${failure.sentence}`]),
  ];
}

/** D1: what stood there is in the history before anything is written. */
export async function writtenBeforeRead(firstWriteAt: number | null, { handle }: Driven): Promise<readonly string[]> {
  if (firstWriteAt === null) return [];
  const { events } = await handle.fetchHistory();
  const read = events?.find(({ activityTaskCompletedEventAttributes: done }) => done != null);
  const time = read?.eventTime;
  const at = time == null ? Infinity : Number(time.seconds ?? 0) * 1_000 + (time.nanos ?? 0) / 1_000_000;
  return at <= firstWriteAt + 1 ? [] : ['D1: it wrote before the snapshot was in the history'];
}

/** Of a fence by its stage: that of a name to which nothing was written does not stand yet. */
export const restOf = (stage: string, wrote: boolean): string =>
  stage === 'idle' || (stage === 'none' && !wrote) ? 'at rest' : stage;

interface EndedAs {
  readonly status: DeployStatus;
  readonly end: RunEnd<unknown>;
  readonly wrote: boolean;
  readonly isForeign: boolean;
  /** Whether what somebody else wrote must have stopped the rollback: in a group it may stand where nothing of ours was written. */
  readonly stops: boolean;
}

/** `promoted`, `red`, `foreign`, or what is none of them. */
export function endWord({ status, end, wrote, isForeign, stops }: EndedAs): string {
  const outcome = status.outcome ?? 'none';
  if (end.status === 'COMPLETED')
    return outcome === 'promoted' && status.verdict?.kind === 'pass' ? 'promoted' : `completed as ${outcome}`;
  const failed = end.status === 'FAILED' || end.status === 'CANCELLED';
  const wroteNothing = outcome === 'refused' && !wrote;
  const safe = wroteNothing || outcome === 'rolled-back';
  if (failed && isForeign && (outcome === 'not-restored' || (stops ? wroteNothing : safe))) return 'foreign';
  if (failed && !isForeign && safe) return 'red';
  return `${end.status} as ${outcome}: ${end.message}`;
}
