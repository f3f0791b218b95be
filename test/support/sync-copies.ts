import type { Task } from '../../sandbox/graph/stand-in.ts';
import { ACTION_KINDS, type ActionKind } from '../../src/contracts/sync.ts';
import { sourceOf, type Observed } from './sync-promises.ts';
import type { SyncEnd } from './sync-yard.ts';

/** So many tasks without a date, in Todoist; returns their ids. */
export function addTasks({ todoist }: Pick<Observed, 'todoist'>, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => todoist.person.add({ content: `Task ${i}` }));
}

/** Everything in To Do that stands for a task of Todoist, completed ones included. */
export function copiesOf({ pair, graph }: Observed, source: string): readonly Task[] {
  return graph.tasks().filter((task) => sourceOf(pair, task) === source);
}

/** The one copy of a task. @throws Error where there is none, or another one. */
export function copyOf(rig: Observed, source: string): Task {
  const [copy, ...others] = copiesOf(rig, source);
  if (copy === undefined || others.length > 0)
    throw new Error(`${source} has ${copy === undefined ? 'no copy' : `${others.length + 1} copies`}`);
  return copy;
}

/** What a run applied, without what it did not. */
export function appliedBy({ report, message }: SyncEnd): Partial<Record<ActionKind, number>> {
  if (report === null) throw new Error(`The run left no report: ${message}`);
  const { applied } = report.totals;
  return Object.fromEntries(ACTION_KINDS.filter((kind) => applied[kind] > 0).map((kind) => [kind, applied[kind]]));
}

/** Writes on both sides while `work` runs, a person's not counted. */
export async function writesDuring({ graph, todoist }: Observed, work: () => Promise<unknown>): Promise<number> {
  const before = graph.writes + todoist.writes;
  await work();
  return graph.writes + todoist.writes - before;
}
