/** What people do in Todoist's own app: the same operations as the API's, logged as a person's. */
import type { Task } from './resources.ts';
import {
  addProject,
  addTask,
  closeTask,
  deleteProject,
  deleteTask,
  editTask,
  moveTask,
  reopenTask,
} from './task-operations.ts';
import type { Arguments } from './task-fields.ts';
import type { Actor, World } from './world.ts';

export interface TaskEdit {
  readonly content?: string;
  readonly description?: string;
  readonly labels?: readonly string[];
  /** 1 is normal, 4 is urgent. */
  readonly priority?: Task['priority'];
  /** Words of Todoist's date language (`every monday at 9:30`), a due as the API has it, or null for none. */
  readonly due?: string | { readonly date: string; readonly string?: string; readonly timezone?: string | null } | null;
  /** `YYYY-MM-DD` */
  readonly deadline?: string | null;
  readonly duration?: Task['duration'];
  /** User id of who is to do it, in shared projects. */
  readonly responsible?: string | null;
}

export interface NewTask extends TaskEdit {
  readonly content: string;
  /** Id; the inbox unless told otherwise. */
  readonly project?: string;
  /** Id of the task below which it hangs. */
  readonly parent?: string;
}

/** @throws Refusal where Todoist would not let them. */
export interface Person {
  /** Returns its id. */
  add(task: NewTask): string;
  edit(id: string, edit: TaskEdit): void;
  /** As a tap on the circle. */
  complete(id: string): void;
  reopen(id: string): void;
  /** With all that hangs below it. */
  remove(id: string): void;
  move(id: string, to: { readonly project: string } | { readonly parent: string }): void;
  /** Returns its id. */
  addProject(name: string, under?: string): string;
  renameProject(id: string, name: string): void;
  archiveProject(id: string): void;
  /** With all its tasks. */
  removeProject(id: string): void;
  /** With another user. */
  share(projectId: string, userId: string): void;
  /** For good: what is in it goes on without them, and is refused to them. */
  leaveProject(projectId: string): void;
}

export function createPerson(world: World, userId: string): Person {
  const actor: Actor = { by: 'person', userId };
  const limits = { tasksPerProject: Infinity };
  return {
    add: (task) => addTask(world, actor, { args: argumentsOf(task), limits }).id,
    edit: (id, edit) => void editTask(world, actor, { id, args: argumentsOf(edit) }),
    complete: (id) => closeTask(world, actor, id),
    reopen: (id) => reopenTask(world, actor, id),
    remove: (id) => deleteTask(world, actor, id),
    move: (id, to) =>
      void moveTask(world, actor, {
        id,
        args: 'project' in to ? { project_id: to.project } : { parent_id: to.parent },
      }),
    addProject: (name, under) => addProject(world, actor, { name, parent_id: under }).id,
    renameProject: (id, name) => world.putProject({ ...world.project(id, actor), name }),
    archiveProject: (id) => world.putProject({ ...world.project(id, actor), is_archived: true }),
    removeProject: (id) => deleteProject(world, actor, id),
    share: (projectId, other) => {
      world.admit(projectId, world.user(other).id);
      world.putProject({ ...world.project(projectId, actor), is_shared: true, can_assign_tasks: true });
    },
    leaveProject: (projectId) => world.expel(world.project(projectId, actor).id, userId),
  };
}

function argumentsOf(task: TaskEdit & Partial<NewTask>): Arguments {
  const { due, deadline, responsible, project, parent, ...same } = task;
  return {
    ...same,
    ...(due === undefined ? {} : { due: typeof due === 'string' ? { string: due } : due }),
    ...(deadline === undefined ? {} : { deadline: deadline === null ? null : { date: deadline } }),
    ...(responsible === undefined ? {} : { responsible_uid: responsible }),
    ...(project === undefined ? {} : { project_id: project }),
    ...(parent === undefined ? {} : { parent_id: parent }),
  };
}
