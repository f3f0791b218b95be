/**
 * Applies a plan's actions and says what came of each. A step that needs an answer of the one before it comes in a second round.
 *
 * - S5 What one task is refused is set aside with its reason; the others go on.
 */
import type { PairSpec } from '../../contracts/sync.ts';
import type { TodoList, Zone } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { failure } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import type { CloseAction } from './close-id.ts';
import { closeTasks } from './close-tasks.ts';
import { runJobs, type Job, type JobEnd, type JobRun } from './run-jobs.ts';
import type { Services } from './services.ts';
import { isMarked, stepsAfter, stepsOf, type StepContext } from './steps-of.ts';

export interface Applying {
  readonly services: Services;
  readonly spec: PairSpec;
  readonly zone: Zone;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
  readonly mustStop: () => boolean;
  readonly sending: (action: Action) => void;
  readonly ended: (action: Action, end: ActionEnd) => void;
  /** Told of every list that was made. */
  readonly madeList: (list: TodoList) => void;
}

/**
 * `done`: everything that it asks for was obeyed. `changed`: the task is another by now. `refused`: trying again cannot help. `unclear`: it
 * may have been obeyed. `skipped`: nothing of it was sent.
 */
export type ActionEnd =
  { readonly kind: 'done' | 'changed' | 'unclear' | 'skipped' } | { readonly kind: 'refused'; readonly reason: string };

/** Applies all; returns what kept the rest from being sent, or null. */
export async function applyActions(actions: readonly Action[], to: Applying): Promise<ServiceError | null> {
  const lists = await makeLists(actions, to);
  if (lists instanceof ServiceError) return lists;
  const { ready, stopped } = await close(actions, to);
  if (stopped !== null) return stopped;
  const second: Job<Action>[] = [];
  const jobs = ready.map((action) => ({ what: action, steps: stepsOf(action, contextOf(action, lists, to)) }));
  const first = await runJobs(jobs, {
    ...runOf(to),
    ended: (action, end) => {
      const more = needsMore(action) && end.kind === 'done' ? stepsAfter(action, end.bodies.at(-1)) : null;
      if (more !== null && more.length > 0) second.push({ what: action, steps: more });
      else to.ended(action, more === null ? endOf(action, end) : { kind: 'changed' });
    },
  });
  if (first !== null) {
    for (const { what } of second) to.ended(what, { kind: 'unclear' });
    return first;
  }
  return runJobs(second, { ...runOf(to), ended: (action, end) => to.ended(action, endOf(action, end)) });
}

/** Whether its first round only prepares. */
const needsMore = (action: Action): boolean =>
  action.kind === 'remove' || (action.kind === 'complete' && !isMarked(action.copy));

function runOf(to: Applying): Omit<JobRun<Action>, 'ended'> {
  return { graph: to.services.graph, sending: to.sending, pause: to.pause, mustStop: to.mustStop };
}

function endOf(action: Action, end: JobEnd): ActionEnd {
  if (end.kind !== 'failed') return { kind: end.kind };
  const { facts } = end.error;
  if (action.kind === 'remove' && facts.kind === 'not-found') return { kind: 'done' };
  if (facts.kind === 'conflict' || facts.kind === 'not-found') return { kind: 'changed' };
  if (facts.kind === 'invalid') return { kind: 'refused', reason: end.error.message };
  return { kind: 'unclear' };
}

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

type ListIds = ReadonlyMap<string, string>;

/** Lists that are wanted and missing, by name; each was looked for just now. Or why one could not be made. */
async function makeLists(actions: readonly Action[], to: Applying): Promise<ListIds | ServiceError> {
  const made = new Map<string, string>();
  for (const [name, waiting] of missingLists(actions, to.spec.pair)) {
    // A list has no key either: what waits for it is held back like a creation, should the answer be lost, or there would be two.
    for (const action of waiting) to.sending(action);
    try {
      const call = { name: 'POST list', signal: to.signal };
      const list = await to.services.graph.post('/todo/lists', { displayName: name }, call);
      made.set(name, idOf(list));
      to.madeList({ id: idOf(list), name, isDefault: false, shared: 'no' });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const kind = error.facts.outcome === 'unknown' ? 'unclear' : 'skipped';
      for (const action of waiting) to.ended(action, { kind });
      return error;
    }
  }
  return made;
}

function missingLists(actions: readonly Action[], pair: string): ReadonlyMap<string, readonly Action[]> {
  const missing = new Map<string, Action[]>();
  for (const action of actions) {
    if (action.kind !== 'create' && action.kind !== 'move') continue;
    const { id, name } = action.list;
    if (id !== null) continue;
    if (name === null) throw noDefaultList(pair);
    missing.set(name, [...(missing.get(name) ?? []), action]);
  }
  return missing;
}

function idOf(list: unknown): string {
  const id = (list as { readonly id?: unknown } | null)?.id;
  if (typeof id === 'string') return id;
  throw failure('Unavailable', 'Microsoft To Do: POST list: the answer has no id.');
}

function noDefaultList(pair: string) {
  return failure('NotFound', `The To Do account of sync/${pair} has no default list.`, {
    next: 'Open To Do once with this account, or name a list in switchyard.yaml.',
  });
}

function contextOf(action: Action, lists: ListIds, { spec, zone, now }: Applying): StepContext {
  const wanted = action.kind === 'create' || action.kind === 'move' ? action.list : null;
  const listId = wanted === null ? '' : (wanted.id ?? lists.get(wanted.name ?? '') ?? '');
  return { pair: spec.pair, zone, listId, mirror: spec.fields, now: now() };
}
