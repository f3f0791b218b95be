import type { Json } from './json.ts';
import type { Hand, Mailbox } from './mailbox.ts';
import { invalid, notFound } from './refusal.ts';
import { createTask, moveTask, patchTask } from './task-changes.ts';
import { newStep } from './task-input.ts';
import type { Task } from './task.ts';

/**
 * A person's hands in To Do's own applications: no request, no token, no fault; logged with by: 'person'. Bodies are those of the API.
 *
 * Every method throws where the task or the list is not there.
 */
export interface Person {
  /** Into the default list unless told otherwise. Returns its id. */
  add(task: Json, listId?: string): string;
  edit(taskId: string, fields: Json): void;
  /** A recurring task moves on and leaves a completed copy. */
  complete(taskId: string): void;
  reopen(taskId: string): void;
  remove(taskId: string): void;
  /** Returns its new id. */
  move(taskId: string, listId: string): string;
  addStep(taskId: string, name: string): void;
  removeLink(taskId: string): void;
  /** Attaches a file. */
  attach(taskId: string): void;
  addList(name: string): string;
  renameList(listId: string, name: string): void;
  /** Shows a list as shared: by its owner with others, or by somebody else with this person as a member. */
  shareList(listId: string, as: 'owner' | 'member'): void;
  removeList(listId: string): void;
}

export function personAt(mailbox: Mailbox): Person {
  const put = (op: string, task: Task, fields: Partial<Task>): void =>
    void mailbox.put(handFor(op), task, { ...task, ...fields });
  const edit = (op: string, taskId: string, body: Json): void =>
    void patchTask(mailbox, handFor(op), { task: anywhere(mailbox, taskId), body });
  return {
    add: (body, listId = mailbox.defaultListId()) => createTask(mailbox, handFor('add'), { listId, body }).id,
    edit: (taskId, fields) => edit('edit', taskId, fields),
    complete: (taskId) => edit('complete', taskId, { status: 'completed' }),
    reopen: (taskId) => edit('reopen', taskId, { status: 'notStarted' }),
    remove: (taskId) => mailbox.drop(handFor('remove'), anywhere(mailbox, taskId)),
    move: (taskId, listId) => moveTask(mailbox, handFor('move'), { task: anywhere(mailbox, taskId), listId }).id,
    addStep: (taskId, displayName) => {
      const task = anywhere(mailbox, taskId);
      put('addStep', task, { steps: [...task.steps, newStep({ displayName }, mailbox.timestamp())] });
    },
    removeLink: (taskId) => put('removeLink', anywhere(mailbox, taskId), { link: null }),
    attach: (taskId) => put('attach', anywhere(mailbox, taskId), { hasAttachments: true }),
    addList: (name) => mailbox.addList(handFor('addList'), name).id,
    renameList: (listId, name) => void mailbox.renameList(handFor('renameList'), mailbox.list(listId), name),
    shareList: (listId, as) => mailbox.shareList(handFor('shareList'), mailbox.list(listId), as === 'owner'),
    removeList: (listId) => {
      if (listId === mailbox.defaultListId()) throw invalid('The default list cannot be removed.');
      mailbox.removeList(handFor('removeList'), mailbox.list(listId));
    },
  };
}

const handFor = (op: string): Hand => ({ by: 'person', op });

function anywhere(mailbox: Mailbox, taskId: string): Task {
  for (const list of mailbox.lists.everyCurrent()) {
    const task = mailbox.tasksOf(list.id).current(taskId);
    if (task !== undefined) return task;
  }
  throw notFound();
}
