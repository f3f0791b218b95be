import type { TodoList } from '../../core/tasks/model.ts';
import type { Action } from '../../core/tasks/plan.ts';
import { failure } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import type { Services } from './services.ts';

export interface MakingLists {
  readonly services: Pick<Services, 'graph'>;
  readonly spec: { readonly pair: string };
  readonly signal: AbortSignal;
  readonly sending: (action: Action) => void;
  readonly ended: (action: Action, end: { readonly kind: 'unclear' | 'skipped' }) => void;
  /** Told of every list that was made. */
  readonly madeList: (list: TodoList) => void;
}

/** By name. */
export type ListIds = ReadonlyMap<string, string>;

/** Lists that are wanted and missing, by name; each was looked for just now. Or why one could not be made. */
export async function makeLists(actions: readonly Action[], to: MakingLists): Promise<ListIds | ServiceError> {
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
