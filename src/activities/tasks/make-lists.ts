import type { TodoList } from '../../core/tasks/model.ts';
import type { Action, CreateAction } from '../../core/tasks/plan.ts';
import { failure } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import type { Services } from './services.ts';

export interface MakingLists {
  readonly services: Pick<Services, 'graph'>;
  readonly spec: { readonly pair: string };
  readonly sending: (action: Action) => void;
  readonly ended: (action: Action, end: ListlessEnd) => void;
  /** Whether no more may be sent. */
  readonly mustStop: () => boolean;
  /** Told of every list that was made. */
  readonly madeList: (list: TodoList) => void;
}

type ListlessEnd = { readonly kind: 'unclear' | 'skipped' } | { readonly kind: 'refused'; readonly reason: string };

/** By name. */
export type ListIds = ReadonlyMap<string, string>;

export interface MadeLists {
  readonly lists: ListIds;
  /** The actions whose list is there now. */
  readonly able: readonly Action[];
  /** What kept the rest from being made. */
  readonly stopped: ServiceError | null;
}

/**
 * Makes the lists that actions wait for; each was looked for just now. What waits for one that is refused is set aside with the reason (S5).
 * A list has no key either: what waits for it is held back like a creation, should the answer be lost, or there would be two.
 */
export async function makeLists(actions: readonly Action[], to: MakingLists): Promise<MadeLists> {
  const lists = new Map<string, string>();
  const able: Action[] = [];
  let stopped: ServiceError | null = null;
  for (const [name, waiting] of missingLists(actions, to.spec.pair)) {
    const made: string | ServiceError | null =
      stopped === null && !to.mustStop() ? await makeList(name, waiting, to) : null;
    if (typeof made === 'string') {
      lists.set(name, made);
      able.push(...waiting);
    } else {
      const end: ListlessEnd = made === null ? { kind: 'skipped' } : endWithout(made);
      for (const action of waiting) to.ended(action, end);
      if (made !== null && end.kind !== 'refused') stopped ??= made;
    }
  }
  return { lists, able, stopped };
}

/** Its id, or why there is none. A request that was sent is waited for: cutting it off would only make its outcome unknown. */
async function makeList(name: string, waiting: readonly Action[], to: MakingLists): Promise<string | ServiceError> {
  for (const action of waiting) to.sending(action);
  try {
    const list = await to.services.graph.post(
      '/todo/lists',
      { displayName: name },
      { name: 'POST list', signal: NEVER },
    );
    to.madeList({ id: idOf(list), name, isDefault: false, shared: 'no' });
    return idOf(list);
  } catch (error) {
    if (error instanceof ServiceError) return error;
    throw error;
  }
}

const NEVER = new AbortController().signal;

function endWithout({ message, facts }: ServiceError): ListlessEnd {
  if (REFUSED.has(facts.kind)) return { kind: 'refused', reason: `its list cannot be made: ${message}` };
  return { kind: facts.outcome === 'unknown' ? 'unclear' : 'skipped' };
}

const REFUSED: ReadonlySet<string> = new Set(['invalid', 'forbidden', 'conflict']);

export function waitsForList(action: Action): action is CreateAction {
  return (action.kind === 'create' || action.kind === 'move') && action.list.id === null;
}

function missingLists(actions: readonly Action[], pair: string): ReadonlyMap<string, readonly Action[]> {
  const missing = new Map<string, Action[]>();
  for (const action of actions.filter(waitsForList)) {
    const { name } = action.list;
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
