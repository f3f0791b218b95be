/** Pages: 50 unless asked otherwise, 200 at most, and cursors that are good for this user and these parameters only. */
import type { Call } from './call.ts';
import { invalidArgument } from './refusal.ts';

export interface Page<T> {
  readonly page: readonly T[];
  /** Null behind the last page. */
  readonly next: string | null;
}

/** What was created or removed between two pages neither shifts nor repeats the others: a page begins behind an object, not at a number. */
export function pageOf<T extends { readonly id: string }>(all: readonly T[], call: Call): Page<T> {
  const limit = limitOf(call.query.get('limit'));
  const after = afterOf(call);
  const orderOf = ({ id }: T): number => Math.max(call.world.tasks.orderOf(id), call.world.projects.orderOf(id));
  const rest = after === null ? all : all.filter((each) => orderOf(each) > after);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { page, next: last === undefined || rest.length <= limit ? null : cursorOf(call, orderOf(last)) };
}

function limitOf(said: string | null): number {
  if (said === null) return 50;
  const limit = Number(said);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw invalidArgument('limit', 'must be 1 to 200');
  return limit;
}

function afterOf(call: Call): number | null {
  const cursor = call.query.get('cursor');
  if (cursor === null) return null;
  const [after, bound] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  if (bound !== boundTo(call)) throw invalidArgument('cursor', 'is not valid');
  return Number(after);
}

const cursorOf = (call: Call, after: number): string =>
  Buffer.from(`${after}\n${boundTo(call)}`, 'utf8').toString('base64url');

function boundTo({ query, actor }: Call): string {
  const others = [...query].filter(([name]) => name !== 'cursor' && name !== 'limit');
  return JSON.stringify([actor.userId, others]);
}
