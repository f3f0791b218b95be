import type { Source } from './model.ts';

/**
 * How many sub-tasks keep a task from being closed, by its id: those that nobody has completed, since closing it would close them (S3).
 * One that is done, with everything below it, is closed first and keeps nothing open.
 *
 * @param done Ids of tasks whose copies people completed.
 */
export function openChildren(active: Source['active'], done: ReadonlySet<string>): ReadonlyMap<string, number> {
  const closing = closedFromBelow(active, done);
  const counts = new Map<string, number>();
  for (const [id, { parentId }] of active) {
    if (parentId !== null && !closing.has(id)) counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
  }
  return counts;
}

function closedFromBelow(active: Source['active'], done: ReadonlySet<string>): ReadonlySet<string> {
  const closing = new Set(done);
  for (let before = -1; before !== closing.size;) {
    before = closing.size;
    for (const [id, { parentId }] of active) if (parentId !== null && !closing.has(id)) closing.delete(parentId);
  }
  return closing;
}
