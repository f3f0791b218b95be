/** What became of tasks that are no longer among the active ones in scope: absence from a list says nothing (facts F6). */
import pLimit from 'p-limit';
import { isMembers } from '../../core/tasks/is-members.ts';
import { isTaskId } from '../../core/tasks/is-task-id.ts';
import type { Fate } from '../../core/tasks/model.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { type TodoistOptions } from './todoist-connection.ts';
import { todoistPages } from './todoist-pages.ts';
import { throughSdk } from './todoist-sdk.ts';

/** Up to so many are looked up one by one, without a look at the completed ones. */
const FEW = 20;
const AT_ONCE = 4;
/** A page is worth its request only while it answers for several tasks. */
const TASKS_A_PAGE = 4;
const MOST_PAGES = 50;
/** Three months, the widest range that is allowed, whichever months they are; in milliseconds. */
const LONGEST_RANGE_MS = 88 * 24 * 60 * 60_000;

/**
 * Up to 20 ids: one request each. More: first the tasks completed in the last three months, in pages of 200, at most one page for four ids and
 * 50 in all; then one request for each id that was not among them. So at most 1.25 requests an id.
 *
 * @throws ServiceError `throttled` or `unauthorized`; any other failure of one look is the fate `unknown` of that task.
 */
export async function readFates(
  options: TodoistOptions,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Fate>> {
  const unique = [...new Set(ids)];
  const completed = unique.length > FEW ? await completedAmong(options, unique, signal) : new Set<string>();
  const rest = unique.filter((id) => !completed.has(id));
  const limit = pLimit(AT_ONCE);
  const looks = rest.map((id) => limit(async () => [id, await fateOf(options, id, signal)] as const));
  try {
    const found = await Promise.all(looks);
    return new Map([...[...completed].map((id) => [id, 'completed'] as const), ...found]);
  } finally {
    limit.clearQueue(); // after the first failure the others need not be asked
  }
}

async function fateOf(options: TodoistOptions, id: string, signal: AbortSignal): Promise<Fate> {
  if (!isTaskId(id)) return 'unknown';
  try {
    const task = await throughSdk(options, { name: 'GET /tasks/{id}', signal }, (api) => api.getTask(id));
    if (task.isDeleted) return 'deleted';
    return task.checked ? 'completed' : 'out-of-scope';
  } catch (cause) {
    if (!(cause instanceof ServiceError)) throw cause;
    if (cause.facts.kind === 'throttled' || cause.facts.kind === 'unauthorized') throw cause;
    return fateBehind(cause);
  }
}

/** An answer counts only in Todoist's own word: a proxy answers 404 and 403 as well, and so does a plan that lacks a feature. */
function fateBehind({ facts: { kind, code } }: ServiceError): Fate {
  if (kind === 'not-found') return code === null ? 'unknown' : 'deleted';
  // In a project that was left. The same token has just read the account, so it is not the token that may not look.
  return kind === 'forbidden' && code === 'FORBIDDEN' ? 'out-of-scope' : 'unknown';
}

/** Of `ids`, those that stand among the completed tasks. It is only the cheaper way: what it cannot tell is looked up. */
async function completedAmong(
  options: TodoistOptions,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const wanted = new Set(ids);
  const found = new Set<string>();
  const mostPages = Math.min(MOST_PAGES, Math.floor(ids.length / TASKS_A_PAGE));
  let pages = 0;
  for await (const page of todoistPages(options, { ...lastMonths(options.now()), signal })) {
    for (const id of page.flatMap(completedId)) if (wanted.has(id)) found.add(id);
    pages += 1;
    if (pages === mostPages || found.size === wanted.size) break;
  }
  return found;
}

function lastMonths(now: number) {
  const query = { since: new Date(now - LONGEST_RANGE_MS).toISOString(), until: new Date(now).toISOString() };
  return { path: '/tasks/completed/by_completion_date', query, member: 'items' } as const;
}

function completedId(item: unknown): readonly string[] {
  if (!isMembers(item) || item['checked'] !== true || item['is_deleted'] === true) return [];
  return typeof item['id'] === 'string' ? [item['id']] : [];
}
