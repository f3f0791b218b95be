/** The REST half of API v1: lists in pages, single tasks, and writes that are done again when they are sent again. */
import { DateTime } from 'luxon';
import type { Call, Operation } from './call.ts';
import { today } from './due.ts';
import { parseFilter } from './filter.ts';
import { pageOf } from './pages.ts';
import { invalidArgument, missingArgument } from './refusal.ts';
import { userBody } from './resources.ts';
import type { Project, Task } from './resources.ts';
import { textOf } from './task-fields.ts';
import type { Arguments } from './task-fields.ts';
import { addTask, closeTask, deleteTask, dueContext, editTask, reopenTask } from './task-operations.ts';

export const getUser: Operation = ({ world, actor }) => userBody(world.user(actor.userId));

export const getTasks: Operation = (call) => {
  const { query } = call;
  const ids = query.get('ids')?.split(',');
  return results(
    call,
    activeTasks(call)
      .filter(({ project_id }) => (query.get('project_id') ?? project_id) === project_id)
      .filter(({ parent_id }) => (query.get('parent_id') ?? parent_id) === parent_id)
      .filter(({ labels }) => labels.includes(query.get('label') ?? '') || !query.has('label'))
      .filter(({ id }) => ids?.includes(id) ?? true),
  );
};

export const getTasksByFilter: Operation = (call) => {
  const { query, world, actor } = call;
  const context = dueContext(world, actor);
  const test = parseFilter(required(query, 'query'), {
    today: today(context),
    zone: context.zone,
    projectsNamed: (name, { below }) => projectsNamed(visibleProjects(call), name, below),
  });
  return results(call, activeTasks(call).filter(test));
};

/** Completed ones too; a deleted one is not there, and one in a project that was left is refused. */
export const getTask: Operation = (call) => {
  const { world, actor, id, served } = call;
  return served(world.seenBy(actor.userId, world.tasks.getAt(id, call.visible())));
};

/** Occurrences of recurring tasks do not appear: such a task stays active and moves on. */
export const getCompleted: Operation = (call) => {
  const { query, world, actor, served } = call;
  const since = timeOf(required(query, 'since'), 'since');
  const until = timeOf(required(query, 'until'), 'until');
  if (until > since.plus({ months: 3 })) throw invalidArgument('until', 'the range must be at most 3 months');
  const found = world.tasks
    .allAt(call.visible())
    .filter(({ project_id, is_deleted }) => !is_deleted && world.members(project_id).has(actor.userId))
    .filter((task) => isBetween(task, since, until));
  const { page, next } = pageOf(found, call);
  // The last page has no cursor at all, not even null.
  return { items: page.map(served), ...(next === null ? {} : { next_cursor: next }) };
};

export const getProjects: Operation = (call) => {
  const { page, next } = pageOf(
    visibleProjects(call).filter(({ is_archived }) => !is_archived),
    call,
  );
  return { results: page, next_cursor: next };
};

export const getMovedIds: Operation = ({ query, world }) => {
  const olds = required(query, 'old_ids').split(',');
  const moved = olds.flatMap((old) => {
    const id = world.movedIds.get(old);
    return id === undefined ? [] : [{ old_id: old, new_id: id }];
  });
  return { results: moved };
};

export const postTask: Operation = (call) => {
  const { world, actor, limits, args, served } = call;
  const task = addTask(world, actor, { args: asSyncArguments(args), limits });
  call.memory.writes += 1;
  return served(task);
};

export const postTaskUpdate: Operation = (call) => {
  const { world, actor, id, args, served } = call;
  const task = editTask(world, actor, { id, args: asSyncArguments(args) });
  call.memory.writes += 1;
  return served(task);
};

export const postClose: Operation = (call) => written(call, closeTask);
export const postReopen: Operation = (call) => written(call, reopenTask);
export const removeTask: Operation = (call) => written(call, deleteTask);

function written(call: Call, run: typeof closeTask): undefined {
  run(call.world, call.actor, call.id);
  call.memory.writes += 1;
}

function results(call: Call, tasks: readonly Task[]): Readonly<Record<string, unknown>> {
  const { page, next } = pageOf(tasks, call);
  return { results: page.map(call.served), next_cursor: next };
}

function visibleProjects(call: Call): Project[] {
  const { world, actor } = call;
  return world.projects
    .allAt(call.visible())
    .filter(({ id, is_deleted }) => !is_deleted && world.members(id).has(actor.userId));
}

function activeTasks(call: Call): Task[] {
  const live = new Set(
    visibleProjects(call)
      .filter(({ is_archived }) => !is_archived)
      .map(({ id }) => id),
  );
  const all = call.world.tasks.allAt(call.visible());
  return all.filter((task) => !task.checked && !task.is_deleted && live.has(task.project_id));
}

function projectsNamed(projects: readonly Project[], name: string, below: boolean): ReadonlySet<string> {
  const found = new Set(
    projects.filter((project) => project.name.toLowerCase() === name.toLowerCase()).map(({ id }) => id),
  );
  // Parents are older than their sub-projects, so one pass reaches all of them.
  if (below) for (const { id, parent_id } of projects) if (parent_id !== null && found.has(parent_id)) found.add(id);
  return found;
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === '') throw missingArgument(name);
  return value;
}

function timeOf(text: string, argument: string): DateTime {
  const time = DateTime.fromISO(text, { setZone: true });
  if (!time.isValid || !text.includes('T')) throw invalidArgument(argument, 'is not a time');
  return time;
}

function isBetween({ checked, completed_at: at }: Task, since: DateTime, until: DateTime): boolean {
  if (!checked || at === null) return false;
  const time = Date.parse(at);
  return time >= since.toMillis() && time < until.toMillis();
}

/** REST says in flat words what sync says in objects. */
function asSyncArguments(args: Arguments): Arguments {
  const { due_string: string, due_date, due_datetime, due_lang: lang } = args;
  const date = due_datetime ?? due_date;
  const due = string === undefined && date === undefined ? {} : { due: { string, date, lang: textOf(lang) } };
  const { duration: amount, duration_unit: unit, deadline_date: day, assignee_id: responsible } = args;
  return {
    ...args,
    ...due,
    ...(amount === undefined ? {} : { duration: amount === null ? null : { amount, unit } }),
    ...(day === undefined ? {} : { deadline: day === null ? null : { date: day } }),
    ...(responsible === undefined ? {} : { responsible_uid: responsible }),
  };
}
