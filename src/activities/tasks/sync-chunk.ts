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
import { ACTION_KINDS, type Counts, type SyncView } from '../../contracts/sync.ts';
import type { TodoList, Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import type { SyncPlan } from '../../core/tasks/plan-sync.ts';
import { clockTime } from '../../core/clock-time.ts';
import { failure } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { beating, type Pulse } from '../pulse.ts';
import { applyActions, type ActionEnd } from './apply-actions.ts';
import { asActivityFailure } from './chunk-failure.ts';
import { look, type Look, type Services } from './look.ts';
import { startPatience, type Patience } from './patience.ts';
import type { CountRequest } from './services.ts';
import { noCounts, setAside, startProgress, totalsOf, type Progress } from './progress.ts';

export interface ChunkDeps {
  readonly services: (count: CountRequest) => Promise<Services>;
  readonly pulse: Pulse;
}

export async function syncChunk({ services, pulse }: ChunkDeps, input: SyncChunkInput): Promise<SyncChunk> {
  const before = resumedFrom(pulse);
  const progress = startProgress(before?.totals ?? null, before?.setAside ?? input.setAside);
  if (pulse.attempt > 1) progress.retried += 1;
  const unseen = before?.unseen ?? null;
  // What an attempt that died said last may be older than what it sent last, and by another clock.
  const died = pulse.attempt > 1 && unseen === null;
  const quietUntil = died ? pulse.now() + input.pace.settleMs : (before?.quietUntil ?? 0);
  const patience = startPatience({ settleMs: input.pace.settleMs, unseen, quietUntil });
  const chunk: Chunk = {
    input,
    pulse,
    progress,
    patience,
    quietUntil,
    madeLists: [],
    tries: new Map(),
    applied: 0,
    lease: holdLease(pulse, input.pace.heartbeatMs),
    troubleSince: before?.troubleSince ?? null,
  };
  try {
    const count: CountRequest = (service) => void (progress.requests[service] += 1);
    return await beating(
      pulse,
      async () => converge(chunk, await services(count)),
      () => beatOf(chunk, null),
    );
  } catch (error) {
    const troubleSince = chunk.troubleSince ?? pulse.now();
    if (error instanceof ServiceError && error.facts.kind === 'throttled')
      noteThrottle(progress, error.facts.retryAfterMs);
    pulse.beat({ ...beatOf(chunk, patience.unseen()), troubleSince });
    throw pulse.signal.aborted ? error : failureOf(chunk, error, troubleSince);
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
  readonly lease: Lease;
  /** Actions that were applied. */
  applied: number;
  troubleSince: number | null;
}

async function converge(chunk: Chunk, services: Services): Promise<SyncChunk> {
  let view: SyncView | null = null;
  let waited = 0;
  for (;;) {
    const next = await lookAndPlan(chunk, services);
    const { room, held, zone } = next;
    view ??= next.view;
    if (next.isDone) return chunkOf(chunk, view, true);
    if (held.length === 0 && room.length === 0) return chunkOf(chunk, view, false);
    waited = room.length > 0 ? await apply(chunk, room, { services, zone }) : await waitForSight(chunk, held, waited);
  }
}

/** What a look leaves to be done. No more of it is kept: of 10,000 tasks, one look is most of what a worker has in memory. */
interface Next {
  readonly view: SyncView;
  readonly zone: Zone;
  /** What may be done now, as much as fits into this activity. */
  readonly room: readonly Action[];
  readonly held: readonly Action[];
  readonly isDone: boolean;
}

async function lookAndPlan(chunk: Chunk, services: Services): Promise<Next> {
  const { input, pulse, progress, patience } = chunk;
  progress.doing = 'reading both sides';
  const seen = await look(services, lookInput(chunk));
  const { plan, zone } = seen;
  if (plan.stop !== null) throw failure('StoppedByGuard', plan.stop.sentence, { next: plan.stop.next });
  setAside(progress, ...plan.setAside);
  for (const id of plan.overruled) progress.overruled.add(id);
  const { ready, held } = patience.split(withoutRestless(chunk, plan.actions), pulse.now());
  progress.planned = countsOf(plan.actions);
  const room = ready.slice(0, Math.max(0, input.pace.chunk - chunk.applied));
  return { view: viewOf(seen), zone, room, held, isDone: ready.length === 0 && held.length === 0 };
}

function lookInput({ input, progress, madeLists, pulse }: Chunk) {
  const { spec, adopt, allowRemovals } = input;
  return { spec, adopt, allowRemovals, setAside: progress.setAside, madeLists, now: pulse.now(), signal: pulse.signal };
}

/** @returns 0: nothing has been waited for since. */
async function apply(chunk: Chunk, actions: readonly Action[], at: { services: Services; zone: Zone }): Promise<0> {
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
  return 0;
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
async function waitForSight(
  { input, pulse, progress }: Chunk,
  held: readonly Action[],
  before: number,
): Promise<number> {
  const ms = Math.min(LONGEST_WAIT_MS, before === 0 ? Math.min(250, input.pace.settleMs / 4) : before * 2);
  progress.doing = `waiting until To Do shows ${held.length} of what was sent, or until it surely was not obeyed`;
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

export function viewOf({ source, destination, plan }: Pick<Look, 'source' | 'destination' | 'plan'>): SyncView {
  return {
    inScope: source.tasks.length,
    links: destination.copies.length,
    planned: countsOf(plan.actions),
    similar: plan.similar,
  };
}

function countsOf(actions: SyncPlan['actions']): Counts {
  const counts = noCounts();
  for (const { kind } of actions) counts[kind] += 1;
  return counts;
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

interface Lease {
  lost(): boolean;
  end(): void;
}

/**
 * An attempt that slept for longer than its heartbeats may is over for Temporal: another one may write by now, so this one must not, even
 * before it is told. A late timer is how it learns that it slept.
 */
function holdLease({ now }: Pulse, heartbeatMs: number): Lease {
  const limit = heartbeatMs / 2;
  let [last, gone] = [now(), false];
  const tick = (): void => {
    gone ||= now() - last > limit;
    last = now();
  };
  const timer = setInterval(tick, Math.min(1_000, limit / 2));
  return {
    lost: () => {
      tick();
      return gone;
    },
    end: () => clearInterval(timer),
  };
}

function asleep() {
  return failure('Unavailable', 'This attempt was asleep for so long that another one may be running: it stops here.');
}

/** The failure of an attempt; final where a service has not let it move on for as long as is allowed. */
function failureOf({ input, pulse }: Chunk, error: unknown, since: number): TemporalFailure {
  const kind = error instanceof ServiceError ? error.facts.kind : null;
  if (!(error instanceof ServiceError) || (kind !== 'unavailable' && kind !== 'throttled'))
    return asActivityFailure(error, input.spec);
  const next = `Without progress since ${clockTime(since)}.`;
  if (pulse.now() - since < input.pace.giveUpAfterMs)
    return asActivityFailure(new ServiceError({ next, ...error.facts }), input.spec);
  return failure('GaveUp', `${error.message} ${next}`, { next: 'The next run goes on from what stands there.' });
}
