/** What can be done to tasks and projects, by whoever does it. None but those of the sync endpoint is safe to repeat, as in the real service. */
import { nextOccurrence } from './due.ts';
import type { DueContext } from './due.ts';
import { invalidArgument, limitReached, missingArgument } from './refusal.ts';
import type { Project, Task } from './resources.ts';
import { taskFieldsOf, textOf } from './task-fields.ts';
import type { Arguments } from './task-fields.ts';
import { newId } from './world.ts';
import type { Actor, TaskChange, World } from './world.ts';

export interface AddLimits {
  /** Active tasks of one project; Infinity: as many as one likes. */
  readonly tasksPerProject: number;
}

/** Returns the new task. */
export function addTask(world: World, actor: Actor, { args, limits }: { args: Arguments; limits: AddLimits }): Task {
  if (args['content'] === undefined) throw missingArgument('content');
  const fields = taskFieldsOf(args, dueContext(world, actor));
  const place = placeOf(world, actor, args);
  if (limits.tasksPerProject !== Infinity) checkRoom(world, place.project_id, limits.tasksPerProject);
  const task = { ...freshTask(world, actor), ...place, content: '', ...fields };
  world.putTask(task, { by: actor.by, op: 'add', under: null });
  return task;
}

export function editTask(world: World, actor: Actor, { id, args }: { id: string; args: Arguments }): Task {
  const task = { ...world.task(id, actor), ...taskFieldsOf(args, dueContext(world, actor)) };
  world.putTask(task, { by: actor.by, op: 'edit', under: null });
  return task;
}

/** As a tap on the circle: a recurring task moves to its next occurrence, any other is completed with all that hangs below it. */
export function closeTask(world: World, actor: Actor, id: string): void {
  const task = world.task(id, actor);
  if (task.due?.is_recurring !== true || task.checked) complete(world, { task, actor, op: 'close', under: null });
  else {
    const due = nextOccurrence(task.due, dueContext(world, actor));
    world.putTask({ ...task, due }, { by: actor.by, op: 'close', under: null });
  }
}

/** For good, the recurring one too. */
export function completeTask(world: World, actor: Actor, id: string): void {
  complete(world, { task: world.task(id, actor), actor, op: 'complete', under: null });
}

export function reopenTask(world: World, actor: Actor, id: string): void {
  const task = world.task(id, actor);
  if (!task.checked) return;
  world.putTask({ ...task, checked: false, completed_at: null }, { by: actor.by, op: 'reopen', under: null });
  // A task cannot be open below one that is not.
  if (task.parent_id !== null && world.tasks.get(task.parent_id)?.checked === true) {
    reopenTask(world, actor, task.parent_id);
  }
}

export function deleteTask(world: World, actor: Actor, id: string): void {
  remove(world, { task: world.task(id, actor), actor, op: 'delete', under: null });
}

/** Exactly one of `project_id`, `parent_id`, as in the API; what hangs below the task goes with it. */
export function moveTask(world: World, actor: Actor, { id, args }: { id: string; args: Arguments }): Task {
  const task = world.task(id, actor);
  if (textOf(args['project_id']) === undefined && textOf(args['parent_id']) === undefined) {
    throw missingArgument('project_id');
  }
  const place = placeOf(world, actor, args);
  move(world, { task: { ...task, ...place }, actor, op: 'move', under: null });
  return { ...task, ...place };
}

export function addProject(world: World, actor: Actor, args: Arguments): Project {
  const name = args['name'];
  if (typeof name !== 'string' || name === '' || name.length > 120) throw invalidArgument('name', 'is not valid');
  const parent = textOf(args['parent_id']);
  const parentId = parent === undefined ? null : world.project(parent, actor).id;
  const project = freshProject(world, { name, parentId, inbox: false });
  world.admit(project.id, actor.userId);
  world.putProject(project);
  return project;
}

/** With all its tasks and sub-projects. */
export function deleteProject(world: World, actor: Actor, id: string): void {
  const project = world.project(id, actor);
  if (project.inbox_project) throw invalidArgument('id', 'the inbox cannot be deleted');
  for (const below of world.projects.allAt(world.seq)) {
    if (below.parent_id === id && !below.is_deleted) deleteProject(world, actor, below.id);
  }
  for (const task of world.tasks.allAt(world.seq)) {
    if (task.project_id !== id || task.is_deleted) continue;
    world.putTask({ ...task, is_deleted: true }, { by: actor.by, op: 'delete', under: null });
  }
  world.putProject({ ...project, is_deleted: true });
}

export function freshProject(world: World, of: { name: string; parentId: string | null; inbox: boolean }): Project {
  return {
    id: newId(),
    name: of.name,
    color: 'charcoal',
    parent_id: of.parentId,
    child_order: world.seq,
    is_archived: false,
    is_deleted: false,
    is_favorite: false,
    is_frozen: false,
    is_shared: false,
    is_collapsed: false,
    inbox_project: of.inbox,
    can_assign_tasks: false,
    view_style: 'list',
    default_order: 0,
    description: '',
    created_at: world.stamp,
    updated_at: world.stamp,
  };
}

export const dueContext = (world: World, { userId }: Actor): DueContext => ({
  zone: world.user(userId).timezone,
  now: world.now(),
});

function freshTask(world: World, { userId }: Actor): Omit<Task, 'content' | 'project_id' | 'parent_id'> {
  return {
    id: newId(),
    user_id: userId,
    section_id: null,
    added_by_uid: userId,
    assigned_by_uid: null,
    responsible_uid: null,
    labels: [],
    deadline: null,
    duration: null,
    checked: false,
    is_deleted: false,
    added_at: world.stamp,
    completed_at: null,
    updated_at: world.stamp,
    due: null,
    priority: 1,
    child_order: world.seq,
    description: '',
    day_order: -1,
    is_collapsed: false,
  };
}

/** A sub-task is where its parent is; without any word the inbox. */
function placeOf(world: World, actor: Actor, args: Arguments): Pick<Task, 'project_id' | 'parent_id'> {
  const parentId = textOf(args['parent_id']);
  if (parentId !== undefined) return { parent_id: parentId, project_id: world.task(parentId, actor).project_id };
  const projectId = textOf(args['project_id']) ?? world.user(actor.userId).inbox_project_id;
  return { parent_id: null, project_id: world.project(projectId, actor).id };
}

function checkRoom(world: World, projectId: string, max: number): void {
  const open = world.tasks.allAt(world.seq).filter((task) => !task.checked && !task.is_deleted);
  if (open.filter((task) => task.project_id === projectId).length < max) return;
  throw limitReached('MAX_ITEMS_LIMIT_REACHED', max);
}

interface Fall extends Pick<TaskChange, 'op' | 'under'> {
  readonly task: Task;
  readonly actor: Actor;
}

function complete(world: World, { task, actor, op, under }: Fall): void {
  if (task.checked) return;
  for (const child of world.childrenOf(task.id)) complete(world, { task: child, actor, op, under: task.id });
  world.putTask({ ...task, checked: true, completed_at: world.stamp }, { by: actor.by, op, under });
}

function remove(world: World, { task, actor, op, under }: Fall): void {
  for (const child of world.childrenOf(task.id)) remove(world, { task: child, actor, op, under: task.id });
  world.putTask({ ...task, is_deleted: true }, { by: actor.by, op, under });
}

function move(world: World, { task, actor, op, under }: Fall): void {
  world.putTask(task, { by: actor.by, op, under });
  for (const child of world.childrenOf(task.id)) {
    move(world, { task: { ...child, project_id: task.project_id }, actor, op, under: task.id });
  }
}
