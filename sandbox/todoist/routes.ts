/** Which operation a request asks for, by its method and path. */
import type { Operation } from './call.ts';
import {
  getCompleted,
  getMovedIds,
  getProjects,
  getTask,
  getTasks,
  getTasksByFilter,
  getUser,
  postClose,
  postReopen,
  postTask,
  postTaskUpdate,
  removeTask,
} from './rest.ts';
import { sync } from './sync.ts';

export interface Route {
  readonly name: string;
  readonly run: Operation;
  /** The open part of the path, decoded. */
  readonly id: string;
}

/** Undefined when the API has no such operation, or this stand-in does not have it. */
export function routeOf(method: string, url: string): Route | undefined {
  const path = url.split('?')[0] ?? '';
  for (const [name, on, pattern, run] of ROUTES) {
    const found = on === method ? pattern.exec(path) : null;
    if (found) return { name, run, id: decodeURIComponent(found[1] ?? '') };
  }
  return undefined;
}

const ROUTES: readonly (readonly [name: string, method: string, pattern: RegExp, run: Operation])[] = [
  ['sync', 'POST', route('sync'), sync],
  ['GET user', 'GET', route('user'), getUser],
  ['GET projects', 'GET', route('projects'), getProjects],
  ['GET moved ids', 'GET', route('moved_ids/tasks'), getMovedIds],
  ['GET tasks/filter', 'GET', route('tasks/filter'), getTasksByFilter],
  ['GET completed', 'GET', route('tasks/completed/by_completion_date'), getCompleted],
  ['GET tasks', 'GET', route('tasks'), getTasks],
  ['GET task', 'GET', route('tasks/*'), getTask],
  ['POST task', 'POST', route('tasks'), postTask],
  ['POST task update', 'POST', route('tasks/*'), postTaskUpdate],
  ['POST close', 'POST', route('tasks/*/close'), postClose],
  ['POST reopen', 'POST', route('tasks/*/reopen'), postReopen],
  ['DELETE task', 'DELETE', route('tasks/*'), removeTask],
];

function route(path: string): RegExp {
  return new RegExp(`^/api/v1/${path.replaceAll('*', '([^/]+)')}$`);
}
