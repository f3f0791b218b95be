/**
 * Closes tasks in Todoist whose copies people completed (S3): read again just before, and sent under an id that makes a repetition do
 * nothing.
 */
import { createHash } from 'node:crypto';
import type { PairSpec } from '../../contracts/sync.ts';
import type { Source } from '../../core/tasks/model.ts';
import { occurrenceOf } from '../../core/tasks/occurrence.ts';
import type { Action } from '../../core/tasks/plan.ts';
import type { ServiceError } from '../../policies/service-error.ts';
import type { Todoist } from './services.ts';

export type CloseAction = Extract<Action, { kind: 'close' }>;

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

/** RFC 9562, name-based (version 5). */
const NAMESPACE = Buffer.from('5b1a5a0fd3ab4e4e8a6d5d0c2f7e9b31', 'hex');

/** One completion of one occurrence by one copy: the same id however often it is sent, and another for the next completion. */
export function closeId({ source, copy, marker }: CloseAction): string {
  const name = JSON.stringify([marker.pair, source, marker.occurrence, copy.id, marker.turn]);
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
