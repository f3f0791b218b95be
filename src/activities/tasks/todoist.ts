/**
 * Todoist as a sync needs it: read whole, asked for single tasks, told of completions. It writes nothing else.
 *
 * - S3 Tasks are closed under a uuid that is given from outside: however often it is sent, it closes one occurrence.
 * - S5 A task that cannot be read is named, and the others are read all the same.
 */
import { isMembers } from '../../core/tasks/is-members.ts';
import { readFates } from './todoist-fates.ts';
import { sendCloseCommands } from './todoist-close.ts';
import { type TodoistOptions } from './todoist-connection.ts';
import { todoistPages } from './todoist-pages.ts';
import { throughSdk } from './todoist-sdk.ts';
import { beginSnapshot, completeSnapshot } from './todoist-snapshot.ts';
import { sourceOf } from './todoist-source.ts';
import type { Todoist } from './services.ts';
import type { PairSpec } from '../../contracts/sync.ts';
import { ServiceError } from '../../policies/service-error.ts';

/** Every method throws a ServiceError, or the reason of its signal. */
export function createTodoist(options: TodoistOptions): Todoist {
  return {
    account: (signal) => readAccount(options, signal),
    read: async (from, signal) => {
      const begun = await beginSnapshot(options, signal);
      // In between: what is completed before the filter is asked is then not taken for active and out of scope (S3).
      const filtered = await filteredIds(options, from, signal);
      return sourceOf(await completeSnapshot(options, begun, signal), from, filtered);
    },
    fatesOf: (ids, signal) => readFates(options, ids, signal),
    close: (commands, signal) => sendCloseCommands(options, commands, signal),
  };
}

async function readAccount(options: TodoistOptions, signal: AbortSignal): ReturnType<Todoist['account']> {
  const { id, email, tzInfo } = await throughSdk(options, { name: 'GET /user', signal }, (api) => api.getUser());
  return { id, email, timeZone: tzInfo.timezone };
}

/** Ids of what Todoist's own filter finds; null where the scope is none. */
async function filteredIds(
  options: TodoistOptions,
  { scope }: PairSpec['from'],
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if (scope.kind !== 'filter') return null;
  const ids = new Set<string>();
  try {
    const call = { path: '/tasks/filter', query: { query: scope.filter }, member: 'results', signal } as const;
    for await (const page of todoistPages(options, call)) {
      for (const task of page) if (isMembers(task) && typeof task['id'] === 'string') ids.add(task['id']);
    }
  } catch (cause) {
    throw explained(cause);
  }
  return ids;
}

function explained(cause: unknown): unknown {
  if (!(cause instanceof ServiceError) || cause.facts.kind !== 'invalid') return cause;
  const next = 'Check the filter under `from:` of the pair in switchyard.yaml: Todoist does not understand it.';
  return new ServiceError({ ...cause.facts, next });
}
