/**
 * Applies a plan's actions and says what came of each.
 *
 * - S5 What one task is refused is set aside with its reason; the others go on.
 */
import type { PairSpec } from '../../contracts/sync.ts';
import type { Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { ServiceError } from '../../policies/service-error.ts';
import type { CloseAction } from './close-id.ts';
import { closeTasks } from './close-tasks.ts';
import { makeLists, waitsForList, type ListIds, type MakingLists } from './make-lists.ts';
import { runJobs, type Job, type JobEnd } from './run-jobs.ts';
import type { Services } from './services.ts';
import { isMarked, stepsAfter, stepsOf, type StepContext } from './steps-of.ts';

export interface Applying extends MakingLists {
  readonly services: Services;
  readonly spec: PairSpec;
  readonly zone: Zone;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
  /** Whether this sign-in was allowed a write before. */
  readonly hasWritten: () => boolean;
  readonly ended: (action: Action, end: ActionEnd) => void;
}

/**
 * `done`: everything that it asks for was obeyed. `changed`: the task is another by now. `refused`: trying again cannot help. `unclear`: it
 * may have been obeyed. `skipped`: nothing of it was sent.
 */
export type ActionEnd =
  { readonly kind: 'done' | 'changed' | 'unclear' | 'skipped' } | { readonly kind: 'refused'; readonly reason: string };

/**
 * Applies all; returns what kept the rest from being sent, or null. What needs no list that is missing comes first: nothing of it hangs on
 * whether one can be made.
 */
export async function applyActions(actions: readonly Action[], to: Applying): Promise<ServiceError | null> {
  const { ready, stopped } = await close(actions, to);
  if (stopped !== null) return stopped;
  const waiting = ready.filter(waitsForList);
  const first = await send(
    ready.filter((action) => !waitsForList(action)),
    NO_LISTS,
    to,
  );
  if (first !== null) {
    for (const action of waiting) to.ended(action, { kind: 'skipped' });
    return first;
  }
  const { lists, able, stopped: unmade } = await makeLists(waiting, to);
  return (await send(able, lists, to)) ?? unmade;
}

const NO_LISTS: ListIds = new Map();

function send(actions: readonly Action[], lists: ListIds, to: Applying): Promise<ServiceError | null> {
  const jobs = actions.map((action) => jobOf(action, contextOf(action, lists, to)));
  return runJobs(jobs, {
    graph: to.services.graph,
    hasWritten: to.hasWritten(),
    sending: to.sending,
    pause: to.pause,
    mustStop: to.mustStop,
    ended: (action, end) => to.ended(action, endOf(action, end)),
  });
}

function jobOf(action: Action, context: StepContext): Job<Action> {
  const job = { what: action, steps: stepsOf(action, context) };
  return needsMore(action) ? { ...job, next: (body) => stepsAfter(action, body) } : job;
}

/** Whether its first round only prepares. */
const needsMore = (action: Action): boolean =>
  action.kind === 'remove' || (action.kind === 'complete' && !isMarked(action.copy));

function endOf(action: Action, end: JobEnd): ActionEnd {
  if (end.kind !== 'failed') return { kind: end.kind };
  const { facts } = end.error;
  if (action.kind === 'remove' && facts.kind === 'not-found') return { kind: 'done' };
  if (facts.kind === 'conflict' || facts.kind === 'not-found' || facts.code === HAS_A_LINK) return { kind: 'changed' };
  if (facts.kind === 'invalid' || facts.kind === 'forbidden') return { kind: 'refused', reason: end.error.message };
  return { kind: 'unclear' };
}

/** Somebody was faster: a link was missing when it was planned. */
const HAS_A_LINK = 'LinkedResourceSizeExceeded';

interface Ready {
  readonly ready: readonly Action[];
  readonly stopped: ServiceError | null;
}

/** Closes in Todoist what people completed; what was closed is marked with the others, the rest is left for the next look. */
async function close(actions: readonly Action[], to: Applying): Promise<Ready> {
  const closing = actions.filter((action): action is CloseAction => action.kind === 'close');
  const others = actions.filter(({ kind }) => kind !== 'close');
  try {
    const ends = await closeTasks(to.services.todoist, closing, { from: to.spec.from, signal: to.signal });
    for (const [action, end] of ends) {
      if (end === 'changed') to.ended(action, { kind: 'changed' });
      else if (end !== 'closed') to.ended(action, endOf(action, { kind: 'failed', error: end }));
    }
    return { ready: [...closing.filter((action) => ends.get(action) === 'closed'), ...others], stopped: null };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    for (const action of actions) to.ended(action, { kind: action.kind === 'close' ? 'unclear' : 'skipped' });
    return { ready: [], stopped: error };
  }
}

function contextOf(action: Action, lists: ListIds, { spec, zone, now }: Applying): StepContext {
  const wanted = action.kind === 'create' || action.kind === 'move' ? action.list : null;
  const listId = wanted === null ? '' : (wanted.id ?? lists.get(wanted.name ?? '') ?? '');
  return { pair: spec.pair, zone, listId, mirror: spec.fields, now: now() };
}
