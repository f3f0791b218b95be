/** A REST list of Todoist, page after page of 200. */
import { askTodoist, unreadableAnswer, type Json, type TodoistOptions } from './todoist-connection.ts';

export interface ListCall {
  /** `/tasks/filter` */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The member of an answer that holds the things. */
  readonly member: 'results' | 'items';
  readonly signal: AbortSignal;
}

/** @throws ServiceError, also `unavailable` where an answer has no list, or the same cursor again. */
export async function* todoistPages(options: TodoistOptions, call: ListCall): AsyncGenerator<readonly unknown[]> {
  const name = `GET ${call.path}`;
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ ...call.query, limit: '200', ...(cursor === null ? {} : { cursor }) });
    const path = `${call.path}?${query.toString()}`;
    const body: Json = await askTodoist(options, { method: 'GET', path, name, writes: false, signal: call.signal });
    const page = body[call.member];
    const next: unknown = body['next_cursor'];
    if (!Array.isArray(page) || (next === cursor && next !== null))
      throw unreadableAnswer({ name, writes: false }, 200);
    yield page;
    // The last page of completed tasks has no cursor at all.
    cursor = typeof next === 'string' && next !== '' ? next : null;
  } while (cursor !== null);
}
