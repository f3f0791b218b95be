/**
 * Closes tasks in Todoist whose copies people completed (S3): read again just before, and sent under an id that makes a repetition do
 * nothing.
 */
import type { PairSpec } from '../../contracts/sync.ts';
import type { Source } from '../../core/tasks/model.ts';
import { occurrenceOf } from '../../core/tasks/occurrence.ts';
import type { ServiceError } from '../../policies/service-error.ts';
import { closeId, type CloseAction } from './close-id.ts';
import type { Todoist } from './services.ts';

/** `changed`: it is not what the plan was made from any more; the next look decides. */
export type Closed = 'closed' | 'changed' | ServiceError;

const AT_ONCE = 100;

/** @throws ServiceError where Todoist gave no answer to a request as a whole. */
export async function closeTasks(
  todoist: Todoist,
  actions: readonly CloseAction[],
  { from, signal }: { readonly from: PairSpec['from']; readonly signal: AbortSignal },
): Promise<ReadonlyMap<CloseAction, Closed>> {
  const ends = new Map<CloseAction, Closed>();
  if (actions.length === 0) return ends;
  const closable = stillClosable(await todoist.read(from, signal));
  const due = actions.filter((action) => closable(action));
  for (const action of actions) ends.set(action, 'changed');
  for (let at = 0; at < due.length; at += AT_ONCE) {
    const some = due.slice(at, at + AT_ONCE);
    const results = await todoist.close(
      some.map((action) => ({ id: action.source, uuid: closeId(action) })),
      NEVER,
    );
    some.forEach((action, index) => ends.set(action, results[index] ?? 'closed'));
  }
  return ends;
}

/** What was sent is waited for. */
const NEVER = new AbortController().signal;

/** In scope, open, the same occurrence, and without an open sub-task that would be closed with it. */
function stillClosable({ tasks, active }: Source): (action: CloseAction) => boolean {
  const inScope = new Map(tasks.map((task) => [task.id, task]));
  const parents = new Set([...active.values()].map(({ parentId }) => parentId));
  return ({ source, marker }) => {
    const task = inScope.get(source);
    return task !== undefined && occurrenceOf(task) === marker.occurrence && !parents.has(source);
  };
}
