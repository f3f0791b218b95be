/**
 * Looks at both sides, does what is missing, and looks again, until there is nothing left to do or enough was done for one activity.
 *
 * No state but what the two services hold decides anything, so that an attempt that was killed, overtaken or answered wrongly is simply
 * followed by another look.
 *
 * - S1 A creation is not repeated before a look could have shown it (patience.ts), and nothing is sent by an attempt or for a run that Temporal
 *   no longer counts on (hold-lease.ts).
 * - S4 Every plan passes its guards before any of it is applied.
 * - S5 A task that is refused, or that never stays as it was written, is set aside by name.
 */
import type { SyncChunk, SyncChunkInput } from '../../contracts/sync-activities.ts';
import type { SyncView } from '../../contracts/sync.ts';
import type { Source, Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { failure } from '../../policies/failures.ts';
import { beating, whatEnded, type Pulse } from '../pulse.ts';
import type { Standing } from './standing.ts';
import { applyChunk } from './apply-chunk.ts';
import { beatOf, chunkOf, lastWords } from './chunk-words.ts';
import { look } from './look.ts';
import { openChunk, type Chunk } from './open-chunk.ts';
import { setAside } from './progress.ts';
import type { ServiceUse } from './open-services.ts';
import type { Services } from './services.ts';
import { syncView } from './sync-view.ts';

export interface ChunkDeps {
  readonly services: (use: ServiceUse) => Promise<Services>;
  readonly pulse: Pulse;
  readonly standing: Standing;
}

/**
 * One attempt of the activity. It goes on from what the attempt before has heartbeated.
 *
 * @throws ApplicationFailure with what went wrong and what to do (A3); what ended the pulse, where that was it.
 */
export async function syncChunk({ services, pulse, standing }: ChunkDeps, input: SyncChunkInput): Promise<SyncChunk> {
  const chunk = await openChunk(input, pulse, standing);
  const { requests } = chunk.progress;
  const use: ServiceUse = {
    count: (service) => void (requests[service] += 1),
    mayWrite: () => !chunk.lease.lost(),
  };
  try {
    return await beating(
      pulse,
      async () => converge(chunk, await services(use)),
      () => beatOf(chunk, null),
    );
  } catch (error) {
    throw lastWords(chunk, await whatEnded(pulse, error));
  } finally {
    chunk.lease.end();
  }
}

async function converge(chunk: Chunk, services: Services): Promise<SyncChunk> {
  let view: SyncView | null = null;
  let waited = 0;
  let kept: Source | null = null;
  for (;;) {
    const next = await lookAndPlan(chunk, services, kept);
    const { fitting, waiting, zone } = next;
    view ??= next.view;
    const mustWait = fitting.length === 0 && waiting > 0;
    if (kept !== null && !mustWait)
      kept = null; // decided by what Todoist shows now
    else if (next.isDone) return chunkOf(chunk, view, true);
    else if (mustWait) {
      kept = next.source;
      chunk.troubleSince = null;
      waited = await waitForSight(chunk, waiting, waited);
    } else if (fitting.length === 0) return chunkOf(chunk, view, false);
    else {
      await applyChunk(chunk, fitting, { services, zone });
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
  /** Todoist as it was read, where only To Do has to show something: Todoist takes few full reads (facts A2). */
  readonly source: Source | null;
}

async function lookAndPlan(chunk: Chunk, services: Services, kept: Source | null): Promise<Next> {
  const { input, pulse, progress, patience } = chunk;
  progress.doing = 'reading both sides';
  const { now, signal } = pulse;
  const { removed, setAside: aside } = progress;
  const at = { ...input, removed, setAside: aside, madeLists: chunk.madeLists, source: kept, now: now(), signal };
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
  const source = fitting.length === 0 && held.every(({ kind }) => kind !== 'reopen') ? seen.source : null;
  return { view, zone, fitting, waiting, isDone: ready.length === 0 && waiting === 0, source };
}

/** Of tasks whose fate was not told: those that some more looks may tell of. One lost answer sets nothing aside. */
function stillUntold({ untold }: Chunk, ids: readonly string[]): ReadonlySet<string> {
  for (const id of ids) untold.set(id, (untold.get(id) ?? 0) + 1);
  return new Set(ids.filter((id) => (untold.get(id) ?? 0) < MOST_TRIES));
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
