/** Which operation a request asks for, and in whose mailbox. */
import type { Operation } from './call.ts';
import {
  deleteExtension,
  deleteLink,
  deleteStep,
  getExtension,
  getLink,
  getLinks,
  getStep,
  getSteps,
  patchExtension,
  patchLink,
  patchStep,
  postExtension,
  postLink,
  postStep,
} from './child-operations.ts';
import { deleteList, getList, getLists, getListsDelta, getUser, patchList, postList } from './list-operations.ts';
import { deleteTask, getTask, getTasks, getTasksDelta, patchTaskOperation, postTask } from './task-operations.ts';

export const ROOT = '/v1.0';

export interface Route {
  readonly name: string;
  /** `/me`, or the id or name of a user. */
  readonly mailbox: { readonly kind: 'me' } | { readonly kind: 'user'; readonly user: string };
  readonly ids: readonly string[];
  readonly run: Operation;
}

/** `path` begins after the root, without a query. Undefined when there is no such operation. */
export function routeOf(method: string, path: string): Route | undefined {
  const [, me, user, rest = ''] = /^\/(?:(me)|users\/([^/]+))((?:\/.*)?)$/.exec(path) ?? [];
  if (me === undefined && user === undefined) return undefined;
  for (const [name, pattern, run] of ROUTES) {
    const found = name.startsWith(`${method} `) ? pattern.exec(rest) : null;
    if (!found) continue;
    const mailbox = user === undefined ? ({ kind: 'me' } as const) : ({ kind: 'user', user: decoded(user) } as const);
    return { name, mailbox, ids: found.slice(1).map(decoded), run };
  }
  return undefined;
}

/** Each name begins with its method. */
const ROUTES: readonly (readonly [name: string, pattern: RegExp, run: Operation])[] = [
  ['GET me', route(''), getUser],
  ['GET lists', route('/todo/lists'), getLists],
  ['POST list', route('/todo/lists'), postList],
  ['GET lists/delta', route('/todo/lists/delta'), getListsDelta],
  ['GET list', route('/todo/lists/*'), getList],
  ['PATCH list', route('/todo/lists/*'), patchList],
  ['DELETE list', route('/todo/lists/*'), deleteList],
  ['GET tasks', route('/todo/lists/*/tasks'), getTasks],
  ['POST task', route('/todo/lists/*/tasks'), postTask],
  ['GET tasks/delta', route('/todo/lists/*/tasks/delta'), getTasksDelta],
  ['GET task', route('/todo/lists/*/tasks/*'), getTask],
  ['PATCH task', route('/todo/lists/*/tasks/*'), patchTaskOperation],
  ['DELETE task', route('/todo/lists/*/tasks/*'), deleteTask],
  ['GET linkedResources', route('/todo/lists/*/tasks/*/linkedResources'), getLinks],
  ['POST linkedResource', route('/todo/lists/*/tasks/*/linkedResources'), postLink],
  ['GET linkedResource', route('/todo/lists/*/tasks/*/linkedResources/*'), getLink],
  ['PATCH linkedResource', route('/todo/lists/*/tasks/*/linkedResources/*'), patchLink],
  ['DELETE linkedResource', route('/todo/lists/*/tasks/*/linkedResources/*'), deleteLink],
  ['GET checklistItems', route('/todo/lists/*/tasks/*/checklistItems'), getSteps],
  ['POST checklistItem', route('/todo/lists/*/tasks/*/checklistItems'), postStep],
  ['GET checklistItem', route('/todo/lists/*/tasks/*/checklistItems/*'), getStep],
  ['PATCH checklistItem', route('/todo/lists/*/tasks/*/checklistItems/*'), patchStep],
  ['DELETE checklistItem', route('/todo/lists/*/tasks/*/checklistItems/*'), deleteStep],
  ['POST extension', route('/todo/lists/*/tasks/*/extensions'), postExtension],
  ['GET extension', route('/todo/lists/*/tasks/*/extensions/*'), getExtension],
  ['PATCH extension', route('/todo/lists/*/tasks/*/extensions/*'), patchExtension],
  ['DELETE extension', route('/todo/lists/*/tasks/*/extensions/*'), deleteExtension],
];

function route(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('*', '([^/]+)')}$`);
}

/** What cannot be decoded is left as it is: no id looks so. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
