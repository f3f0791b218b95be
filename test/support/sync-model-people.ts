import type { Edit } from './sync-model-scenario.ts';
import { sourceOf } from './sync-promises.ts';
import type { SyncRig } from './sync-yard.ts';

/** What is in scope carries this label. */
export const LABEL = 'mirror';

/** Does what the edit says to one of the tasks that it can be done to; nothing where there is none. */
export function makeEdit(rig: SyncRig, { what, task }: Edit): void {
  EDITS[what](rig, task);
}

/** What stands before anything happens. */
export function addFirstTasks(rig: SyncRig): void {
  const parent = rig.todoist.person.add({ content: 'a parent', labels: [LABEL] });
  rig.todoist.person.add({ content: 'its part', parent, labels: [LABEL] });
  makeEdit(rig, { what: 'add a daily one', task: 0 });
  for (let task = 0; task < 4; task++) makeEdit(rig, { what: 'add', task });
}

const EDITS: Readonly<Record<Edit['what'], (rig: SyncRig, task: number) => void>> = {
  add: (rig, task) => {
    const content = `task ${rig.todoist.tasks().length}`;
    rig.todoist.person.add({ content, labels: [LABEL], ...projectOf(rig, task) });
  },
  'add a daily one': ({ todoist }) => {
    todoist.person.add({ content: `daily ${todoist.tasks().length}`, due: 'every day', labels: [LABEL] });
  },
  'add a sub-task': onOpen((rig, parent, task) => {
    rig.todoist.person.add({ content: `part ${task}`, parent, labels: [LABEL] });
  }),
  edit: onOpen(({ todoist }, id) => {
    todoist.person.edit(id, { content: `another text ${todoist.log.length}`, priority: 4 });
  }),
  complete: onOpen(({ todoist }, id) => {
    todoist.person.complete(id);
  }),
  reopen: (rig, task) => {
    const closed = rig.todoist.tasks().filter(({ checked, is_deleted }) => checked && !is_deleted);
    const one = pick(closed, task);
    if (one !== undefined) rig.todoist.person.reopen(one.id);
  },
  remove: onOpen(({ todoist }, id) => {
    todoist.person.remove(id);
  }),
  move: onOpen((rig, id, task) => {
    rig.todoist.person.move(id, projectOf(rig, task));
  }),
  'change due': onOpen(({ todoist }, id, task) => {
    todoist.person.edit(id, { due: { date: `2030-01-${String((task % 28) + 1).padStart(2, '0')}` } });
  }),
  'leave scope': onOpen(({ todoist }, id) => {
    todoist.person.edit(id, { labels: [] });
  }),
  'enter scope': onOpen(({ todoist }, id) => {
    todoist.person.edit(id, { labels: [LABEL] });
  }),
  'To Do: complete': onCopy('open', ({ graph }, id) => {
    graph.person.complete(id);
  }),
  'To Do: reopen': onCopy('completed', ({ graph }, id) => {
    graph.person.reopen(id);
  }),
  'To Do: edit': onCopy('any', ({ graph }, id) => {
    graph.person.edit(id, { title: `by hand ${graph.log.length}` });
  }),
  'To Do: move': onCopy('any', ({ graph }, id, task) => {
    const lists = graph.lists().filter(({ wellknownListName }) => wellknownListName !== 'flaggedEmails');
    const list = pick(lists, task);
    const copy = graph.tasks().find((one) => one.id === id);
    if (list !== undefined && copy?.listId !== list.id) graph.person.move(id, list.id);
  }),
  'To Do: remove': onCopy('any', ({ graph }, id) => {
    graph.person.remove(id);
  }),
  'To Do: add a step': onCopy('any', ({ graph }, id) => {
    graph.person.addStep(id, 'a step');
  }),
  'To Do: remove the link': onCopy('any', ({ graph }, id) => {
    graph.person.removeLink(id);
  }),
  'To Do: add': ({ graph }, task) => {
    graph.person.add({ title: `task ${task}` });
  },
};

type Act = (rig: SyncRig, id: string, task: number) => void;

function onOpen(act: Act): (rig: SyncRig, task: number) => void {
  return (rig, task) => {
    const open = rig.todoist.tasks().filter(({ checked, is_deleted }) => !checked && !is_deleted);
    const one = pick(open, task);
    if (one !== undefined) act(rig, one.id, task);
  };
}

function onCopy(which: 'open' | 'completed' | 'any', act: Act): (rig: SyncRig, task: number) => void {
  return (rig, task) => {
    const copies = rig.graph.tasks().filter((one) => sourceOf(rig.pair, one) !== null);
    const some = copies.filter(({ status }) => which === 'any' || (status === 'completed') === (which === 'completed'));
    const one = pick(some, task);
    if (one !== undefined) act(rig, one.id, task);
  };
}

const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % Math.max(1, all.length)];

/** One of two projects, made when first wanted. */
function projectOf({ todoist }: SyncRig, task: number): { readonly project: string } {
  const name = task % 2 === 0 ? 'Work' : 'Home';
  const known = projects.get(todoist) ?? new Map<string, string>();
  projects.set(todoist, known);
  const project = known.get(name) ?? todoist.person.addProject(name);
  known.set(name, project);
  return { project };
}

const projects = new WeakMap<SyncRig['todoist'], Map<string, string>>();
