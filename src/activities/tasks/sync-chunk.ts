/**
 * Looks at both sides, does what is missing, and looks again, until there is nothing left to do or enough was done for one activity.
 *
 * No state but what the two services hold decides anything, so that an attempt that was killed, overtaken or answered wrongly is simply
 * followed by another look.
 *
 * - S1 A creation is not repeated before a look could have shown it (patience.ts).
 * - S4 Every plan passes its guards before any of it is applied.
 * - S5 A task that is refused, or that never stays as it was written, is set aside by name.
 */
import type { TemporalFailure } from '@temporalio/common';
import type { ChunkBeat, SyncChunk, SyncChunkInput } from '../../contracts/sync-activities.ts';
import { ACTION_KINDS, type SyncView } from '../../contracts/sync.ts';
import type { TodoList, Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { clockTime } from '../../core/clock-time.ts';
import { failure } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { beating, type Pulse } from '../pulse.ts';
import { applyActions, type ActionEnd } from './apply-actions.ts';
import { asActivityFailure } from './as-activity-failure.ts';
import { holdLease, type Lease } from './hold-lease.ts';
import { look } from './look.ts';
import { startPatience, type Patience } from './patience.ts';
import { setAside, startProgress, totalsOf, type Progress } from './progress.ts';
import type { CountRequest, Services } from './services.ts';
import { syncView } from './sync-view.ts';

export interface ChunkDeps {
  readonly services: (count: CountRequest) => Promise<Services>;
  readonly pulse: Pulse;
}

/**
 * One attempt of the activity. It goes on from what the attempt before has heartbeated.
 *
 * @throws ApplicationFailure with what went wrong and what to do (A3); what ended the pulse, where that was it.
 */
export async function syncChunk({ services, pulse }: ChunkDeps, input: SyncChunkInput): Promise<SyncChunk> {
  const chunk = openChunk(pulse, input);
  const { requests } = chunk.progress;
  const count: CountRequest = (service) => void (requests[service] += 1);
  try {
    return await beating(
      pulse,
      async () => converge(chunk, await services(count)),
      () => beatOf(chunk, null),
    );
  } catch (error) {
    throw lastWords(chunk, error);
  } finally {
    chunk.lease.end();
  }
}

interface Chunk {
  readonly input: SyncChunkInput;
  readonly pulse: Pulse;
  readonly progress: Progress;
  readonly patience: Patience;
  readonly quietUntil: number;
  readonly madeLists: TodoList[];
  /** How often each task was acted upon. */
  readonly tries: Map<string, number>;
  /** How often Todoist did not tell what became of a task. */
  readonly untold: Map<string, number>;
  readonly lease: Lease;
  /** Actions that were applied. */
  applied: number;
  troubleSince: number | null;
}

/** Goes on from what the attempt before said last. */
function openChunk(pulse: Pulse, input: SyncChunkInput): Chunk {
  const before = resumedFrom(pulse);
  const { settleMs, heartbeatMs } = input.pace;
  const progress = startProgress(before?.totals ?? null, before?.setAside ?? input.setAside);
  if (pulse.attempt > 1) progress.retried += 1;
  const unseen = before?.unseen ?? null;
  // What an attempt that died said last may be older than what it sent last, and by another clock.
  const died = pulse.attempt > 1 && unseen === null;
  const quietUntil = died ? pulse.now() + settleMs : (before?.quietUntil ?? 0);
  return {
    input,
    pulse,
    progress,
    patience: startPatience({ settleMs, unseen, quietUntil }),
    quietUntil,
    madeLists: [],
    tries: new Map(),
    untold: new Map(),
    applied: 0,
    lease: holdLease(pulse, heartbeatMs),
    troubleSince: before?.troubleSince ?? null,
  };
}

/** Tells the next attempt what this one knows. @returns what this one ends with. */
function lastWords(chunk: Chunk, error: unknown): unknown {
  const { progress, patience, pulse } = chunk;
  const troubleSince = chunk.troubleSince ?? pulse.now();
  if (error instanceof ServiceError && error.facts.kind === 'throttled')
    noteThrottle(progress, error.facts.retryAfterMs);
  pulse.beat({ ...beatOf(chunk, patience.unseen()), troubleSince });
  return pulse.signal.aborted ? error : failureOf(chunk, error, troubleSince);
}

async function converge(chunk: Chunk, services: Services): Promise<SyncChunk> {
  let view: SyncView | null = null;
  let waited = 0;
  for (;;) {
    const next = await lookAndPlan(chunk, services);
    const { fitting, waiting, zone } = next;
    view ??= next.view;
    if (next.isDone) return chunkOf(chunk, view, true);
    if (waiting === 0 && fitting.length === 0) return chunkOf(chunk, view, false);
    if (fitting.length === 0) waited = await waitForSight(chunk, waiting, waited);
    else {
      await apply(chunk, fitting, { services, zone });
      waited = 0;
    }
  }
}

/** What a look leaves to be done. No more of it is kept: of 10,000 tasks, one look is most of what a worker has in memory. */
interface Next {
  readonly view: SyncView;
  readonly zone: Zone;
  /** What may be done now, as much as fits into this activity. */
  readonly fitting: readonly Action[];
  /** How much another look has to show or to tell first. */
  readonly waiting: number;
  readonly isDone: boolean;
}

async function lookAndPlan(chunk: Chunk, services: Services): Promise<Next> {
  const { input, pulse, progress, patience } = chunk;
  progress.doing = 'reading both sides';
  const { now, signal } = pulse;
  const at = { ...input, setAside: progress.setAside, madeLists: chunk.madeLists, now: now(), signal };
  const seen = await look(services, at);
  const { plan, zone } = seen;
  if (plan.stop !== null) throw failure('StoppedByGuard', plan.stop.sentence, { next: plan.stop.next });
  const untold = stillUntold(chunk, plan.untold);
  setAside(progress, ...plan.setAside.filter(({ id }) => !untold.has(id)));
  for (const id of plan.overruled) progress.overruled.add(id);
  const { ready, held } = patience.split(withoutRestless(chunk, plan.actions), pulse.now());
  const view = syncView(seen);
  progress.planned = view.planned;
  const fitting = ready.slice(0, Math.max(0, input.pace.chunk - chunk.applied));
  const waiting = held.length + untold.size;
  return { view, zone, fitting, waiting, isDone: ready.length === 0 && waiting === 0 };
}

/** Of tasks whose fate was not told: those that some more looks may tell of. One lost answer sets nothing aside. */
function stillUntold({ untold }: Chunk, ids: readonly string[]): ReadonlySet<string> {
  for (const id of ids) untold.set(id, (untold.get(id) ?? 0) + 1);
  return new Set(ids.filter((id) => (untold.get(id) ?? 0) < MOST_TRIES));
}

async function apply(chunk: Chunk, actions: readonly Action[], at: { services: Services; zone: Zone }): Promise<void> {
  const { input, pulse, progress } = chunk;
  let moved = 0;
  progress.doing = `applying ${actions.length}`;
  const stopped = await applyActions(actions, {
    services: at.services,
    spec: input.spec,
    zone: at.zone,
    now: pulse.now,
    signal: pulse.signal,
    pause: (ms) => throttle(chunk, ms),
    mustStop: () => pulse.signal.aborted || chunk.lease.lost(),
    madeList: (list) => chunk.madeLists.push(list),
    sending: (action) => chunk.patience.sent(action, pulse.now()),
    ended: (action, end) => {
      if (end.kind === 'done') moved += 1;
      note(chunk, action, end);
    },
  });
  await pulse.sleep(0); // rejects where the work was cancelled meanwhile
  if (chunk.lease.lost()) throw asleep();
  if (stopped !== null) throw stopped;
  if (moved > 0) chunk.troubleSince = null;
}

function note(chunk: Chunk, action: Action, end: ActionEnd): void {
  const { progress, patience, pulse, tries } = chunk;
  if (end.kind !== 'skipped') tries.set(action.source, (tries.get(action.source) ?? 0) + 1);
  if (end.kind === 'done') {
    progress.applied[action.kind] += 1;
    chunk.applied += 1;
    patience.done(action, pulse.now());
    return;
  }
  if (end.kind === 'refused') setAside(progress, { id: action.source, reason: end.reason });
  if (end.kind === 'unclear') {
    progress.retried += 1;
    patience.sent(action, pulse.now()); // it may have left only now: requests wait for their turn
  } else patience.notDone(action);
  // A task that is not as it was read when it should be closed is another in Todoist, not in To Do.
  if (end.kind === 'changed' && action.kind !== 'close') patience.refused(action, pulse.now());
}

/** A task that was acted upon so often is not going to stay as it is written. */
const MOST_TRIES = 6;

function withoutRestless({ tries, progress }: Chunk, actions: readonly Action[]): readonly Action[] {
  const restless = actions.filter(({ source }) => (tries.get(source) ?? 0) >= MOST_TRIES);
  if (restless.length === 0) return actions;
  const reason = `tried ${MOST_TRIES} times, and it is still not as it should be: something keeps changing it, or refuses it`;
  setAside(progress, ...restless.map(({ source }) => ({ id: source, reason })));
  return actions.filter((action) => !restless.includes(action));
}

const LONGEST_WAIT_MS = 15_000;

/** Waits for reads to show what was written, longer each time. @returns how long this time. */
async function waitForSight({ input, pulse, progress }: Chunk, waiting: number, before: number): Promise<number> {
  const ms = Math.min(LONGEST_WAIT_MS, before === 0 ? Math.min(250, input.pace.settleMs / 4) : before * 2);
  progress.doing = `waiting until another look shows ${waiting} of what was sent or asked, or until it surely was not obeyed`;
  await pulse.sleep(ms);
  return ms;
}

async function throttle({ progress, pulse }: Chunk, ms: number): Promise<void> {
  noteThrottle(progress, ms);
  await pulse.sleep(ms);
}

function noteThrottle({ throttled }: Progress, ms: number | null): void {
  throttled.times += 1;
  throttled.waitedMs += ms ?? 0;
}

function chunkOf({ progress }: Chunk, view: SyncView, done: boolean): SyncChunk {
  return { view, totals: totalsOf(progress), setAside: progress.setAside, done };
}

function beatOf({ progress, pulse, quietUntil, troubleSince }: Chunk, unseen: ChunkBeat['unseen']): ChunkBeat {
  const { doing, planned } = progress;
  const shown = { doing, planned, totals: totalsOf(progress), setAside: progress.setAside };
  return { ...shown, unseen, quietUntil, troubleSince, at: pulse.now() };
}

/** What the attempt before said last; null in a first attempt, or where it said nothing. */
function resumedFrom({ resumed }: Pulse): ChunkBeat | null {
  const beat = resumed as Partial<ChunkBeat> | null | undefined;
  const counts = beat?.totals?.applied;
  return counts !== undefined && ACTION_KINDS.every((kind) => kind in counts) ? (beat as ChunkBeat) : null;
}

function asleep() {
  return failure('Unavailable', 'This attempt was asleep for so long that another one may be running: it stops here.');
}

/** The failure of an attempt; final where a service has not let it move on for as long as is allowed. */
function failureOf({ input, pulse }: Chunk, error: unknown, since: number): TemporalFailure {
  if (!isAway(error)) return asActivityFailure(error, input.spec);
  const next = `Without progress since ${clockTime(since)}.`;
  if (pulse.now() - since < input.pace.giveUpAfterMs)
    return asActivityFailure(new ServiceError({ next, ...error.facts }), input.spec);
  return failure('GaveUp', `${error.message} ${next}`, { next: 'The next run goes on from what stands there.' });
}

function isAway(error: unknown): error is ServiceError {
  return error instanceof ServiceError && (error.facts.kind === 'unavailable' || error.facts.kind === 'throttled');
}
