import type { WriteLogEntry } from '../../sandbox/graph/mailbox.ts';
import type { Task } from '../../sandbox/graph/stand-in.ts';
import type { TaskChange } from '../../sandbox/todoist/stand-in.ts';
import { EXTENSION, readLink, readMarker } from '../../src/core/tasks/marker.ts';
import type { SyncRig } from './sync-yard.ts';

/** Who watches both services: only what they themselves have kept counts, never what a run says of itself. */
export type Observed = Pick<SyncRig, 'pair' | 'todoist' | 'graph'>;

/** The id in Todoist of what a task in To Do is a copy of, for this pair; null where it is none. */
export function sourceOf(pair: string, task: Task): string | null {
  const marker = Object.values(task.extensions)
    .map((extension) => readMarker({ extensionName: EXTENSION, ...extension }))
    .find((one) => one?.pair === pair);
  return marker?.source ?? (task.link === null ? null : readLink([task.link], pair));
}

/** The open copies of each task of Todoist. */
export function openCopies({ pair, graph }: Observed): ReadonlyMap<string, readonly Task[]> {
  const copies = new Map<string, Task[]>();
  for (const task of graph.tasks()) {
    const source = sourceOf(pair, task);
    if (source === null || task.status === 'completed') continue;
    copies.set(source, [...(copies.get(source) ?? []), task]);
  }
  return copies;
}

export interface Expectation {
  /** Which active tasks are in scope; all unless told otherwise. */
  readonly inScope?: (id: string) => boolean;
}

/** One sentence for each promise that does not hold when nothing is under way any more. */
export function brokenSyncPromises(rig: Observed, expectation: Expectation = {}): readonly string[] {
  return [...brokenS1(rig, expectation), ...brokenS3(rig)];
}

function brokenS1(rig: Observed, { inScope = () => true }: Expectation): readonly string[] {
  const copies = openCopies(rig);
  const open = rig.todoist.tasks().filter(({ checked, is_deleted, id }) => !checked && !is_deleted && inScope(id));
  const ids = new Set(open.map(({ id }) => id));
  const counts = open.map(({ id }) => [id, copies.get(id)?.length ?? 0] as const);
  return [
    ...counts.flatMap(([id, n]) => (n === 1 ? [] : [`S1: the open task ${id} has ${n} open copies`])),
    ...[...copies.keys()].flatMap((id) => (ids.has(id) ? [] : [`S1: ${id} is not open in scope and has an open copy`])),
  ];
}

/** S1, to the letter, where no two attempts overlap: none makes a copy in a list that has one already, to be removed again. */
export function createdTwice({ pair, graph }: Pick<Observed, 'pair' | 'graph'>): readonly string[] {
  const standing = new Map<string, string>();
  return graph.log.flatMap(({ by, op, listId, taskId, after }) => {
    if (taskId === null) return [];
    const source = isTask(after) ? sourceOf(pair, after) : null;
    const place = `${String(source)} in ${listId}`;
    const again = by === 'api' && op === 'POST task' && source !== null && [...standing.values()].includes(place);
    if (source === null) standing.delete(taskId);
    else standing.set(taskId, place);
    return again ? [`S1: ${source} was created twice in one list`] : [];
  });
}

/** Over everything that ever happened: both logs are append-only. */
export function brokenS3({ pair, todoist, graph }: Observed): readonly string[] {
  return [
    ...todoist.log.flatMap((change) => unaskedChange(change, graph.log, pair)),
    ...graph.log.flatMap((entry) => unmarkedWrite(entry, pair)),
  ];
}

function unaskedChange(change: TaskChange, log: readonly WriteLogEntry[], pair: string): readonly string[] {
  if (change.by !== 'api') return [];
  if (change.op !== 'close' || change.under !== null) return [`S3: ${change.op} of ${change.taskId} in Todoist`];
  const asked = log.some(
    (entry) => entry.by === 'person' && entry.at <= change.at && completes(entry, change.taskId, pair),
  );
  return asked ? [] : [`S3: ${change.taskId} was closed, and nobody had completed its copy`];
}

function completes({ before, after }: WriteLogEntry, source: string, pair: string): boolean {
  if (!isTask(before) || !isTask(after)) return false;
  return before.status !== 'completed' && after.status === 'completed' && sourceOf(pair, after) === source;
}

/** A task that carries no marker of ours is never changed or removed; to mark one is what adopting means. */
function unmarkedWrite({ by, op, before, after }: WriteLogEntry, pair: string): readonly string[] {
  if (by !== 'api' || !isTask(before) || sourceOf(pair, before) !== null) return [];
  if (isTask(after) && sourceOf(pair, after) !== null) return [];
  return [`S3: ${op} of the unmarked task ${before.id} in To Do`];
}

function isTask(value: WriteLogEntry['before']): value is Task {
  return value !== null && 'status' in value;
}
