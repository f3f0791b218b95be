import { randomUUID } from 'node:crypto';
import type { SyncRequest } from '../../src/contracts/sync.ts';
import { SETTLE_MS, type Row } from './sync-faults-table.ts';
import { runDirectly } from './sync-direct.ts';
import { copyOf } from './sync-copies.ts';
import type { SyncRig, SyncYard } from './sync-yard.ts';

/** A pair of which every kind of request has something to do: what stood there before, and what people did since. */
export interface Scene {
  readonly rig: SyncRig;
  readonly request: Partial<SyncRequest>;
  /** Whether an active task is in the scope of the pair. */
  readonly inScope: (id: string) => boolean;
}

/** Only with more than twenty tasks that are gone the completed ones are asked for together. */
const completedFor = ({ operation }: Row): number => (operation === 'GET completed' ? 20 : 2);

/** Below the late landing of a fault, which is below `settleMs`. */
const TIMEOUTS = { readMs: 1_800, writeMs: 1_800 };

export async function setScene(yard: SyncYard, row: Row): Promise<Scene> {
  const user = `${randomUUID().slice(0, 8)}@example.com`; // one gate an account: cells must not wait for each other
  const rig = await yard.rig({ graph: { user }, timeouts: TIMEOUTS, pace: { chunk: 1_000, settleMs: SETTLE_MS } });
  const request = { adopt: true, spec: specFor(rig, user) };
  const tasks = addTasks(rig, completedFor(row));
  await runDirectly(rig, request);
  change(rig, tasks);
  return { rig, request, inScope: (id) => !rig.todoist.task(id).labels.includes('waiting') };
}

function specFor(rig: SyncRig, account: string) {
  const base = rig.spec();
  return {
    ...base,
    from: { ...base.from, scope: { kind: 'filter', filter: '!@waiting' } },
    to: { ...base.to, account, lists: { kind: 'per-project' } },
  } as const;
}

type Tasks = ReturnType<typeof addTasks>;

function addTasks({ todoist: { person } }: SyncRig, completed: number) {
  const [work, home] = [person.addProject('Work'), person.addProject('Home')];
  const add = (content: string, due?: string) =>
    person.add({ content, project: work, ...(due === undefined ? {} : { due }) });
  return {
    home,
    untouched: add('untouched', 'tomorrow'),
    edited: add('edited'),
    moved: add('moved'),
    unlinked: add('unlinked'),
    closed: add('closed'),
    recurring: add('recurring', 'every day'),
    rescheduled: add('rescheduled', 'tomorrow'),
    deleted: add('deleted'),
    outOfScope: add('out of scope'),
    completed: Array.from({ length: completed }, (_, i) => add(`completed ${i}`)),
  };
}

/** Each line is there for a kind of request. */
function change(rig: SyncRig, tasks: Tasks): void {
  const { person } = rig.todoist;
  const todo = rig.graph.person;
  person.edit(tasks.edited, { content: 'edited, and how', priority: 4 });
  person.move(tasks.moved, { project: tasks.home });
  person.remove(tasks.deleted);
  person.edit(tasks.outOfScope, { labels: ['waiting'] });
  for (const id of tasks.completed) person.complete(id);
  person.edit(tasks.rescheduled, { due: { date: '2030-03-01' } });
  todo.removeLink(copyOf(rig, tasks.unlinked).id);
  for (const id of [tasks.closed, tasks.recurring, tasks.rescheduled]) todo.complete(copyOf(rig, id).id);
  todo.add({ title: 'bought by hand' });
  person.add({ content: 'bought by hand' });
  const garden = person.addProject('Garden');
  for (let i = 0; i < 3; i++) person.add({ content: `new ${i}`, project: garden });
}
