/** What stands in both services, seen from inside them. */
import { brokenSyncPromises, openCopies, type Observed } from '../test/support/sync-promises.ts';
import type { CopyCount } from './draw-copies.ts';
import type { SyncProof } from './prove-sync.ts';

export function countCopies(observed: Observed): CopyCount {
  const copies = openCopies(observed);
  const tasks = openTasks(observed);
  const all = [...copies.values()].reduce((sum, { length }) => sum + length, 0);
  return { tasks: tasks.length, copied: tasks.filter((id) => copies.has(id)).length, extra: all - copies.size };
}

/** Of both services, made through their interfaces. */
export const writesOf = ({ todoist, graph }: Observed): number => todoist.writes + graph.writes;

export function proofOf(observed: Observed, idleWrites: number): SyncProof {
  const copies = openCopies(observed);
  const tasks = openTasks(observed);
  return {
    tasks: tasks.length,
    copiesOfEach: tasks.map((id) => copies.get(id)?.length ?? 0),
    closed: observed.todoist.closures().filter(({ by }) => by === 'api').length,
    idleWrites,
    broken: brokenSyncPromises(observed),
  };
}

function openTasks({ todoist }: Observed): readonly string[] {
  return todoist
    .tasks()
    .filter(({ checked, is_deleted }) => !checked && !is_deleted)
    .map(({ id }) => id);
}
