/** Collections and their changes, a page at a time. */
import type { Answer } from './answer.ts';
import { pageSizeOf } from './call.ts';
import type { Call } from './call.ts';
import type { DeltaState } from './delta-tokens.ts';
import type { Json } from './json.ts';
import { invalid, unreadableQuery } from './refusal.ts';
import type { Shelf } from './shelf.ts';

/** One page, with a link to the next one that repeats the query; page sizes asked for by `Prefer` are not in the link. */
export function pageOf<T>(call: Call, members: readonly T[], tell: (member: T) => Json): Answer {
  const { query, mailbox } = call;
  const skip = numberIn(query, '$skip') ?? 0;
  const resumed = query.has(RESUMED);
  const empty = mailbox.settings.emptyPages && !resumed && skip > 0;
  const end = empty ? skip : skip + (numberIn(query, '$top') ?? pageSizeOf(call));
  const value = members.slice(skip, end).map(tell);
  const next = end < members.length ? { '@odata.nextLink': pageLink(call, end, empty) } : {};
  return { status: 200, body: { '@odata.context': `${call.address}/$metadata`, value, ...next } };
}

/** `emptyPages` puts an empty one before each page but the first. */
const RESUMED = 'switchyard-resumed';

function pageLink({ address, query }: Call, skip: number, resumed: boolean): string {
  const next = new URLSearchParams(query);
  next.set('$skip', String(skip));
  if (resumed) next.set(RESUMED, '1');
  else next.delete(RESUMED);
  return `${address}?${next.toString()}`;
}

/** How far behind the replica is that answers; the pages of one read all come from that of the first. */
export function replicaOf<T extends { readonly id: string }>({ query, mailbox }: Call, shelf: Shelf<T>): number {
  if (mailbox.settings.flickerMs === 0) return 0;
  const behindMs = numberIn(query, REPLICA) ?? shelf.takeBehindMs();
  query.set(REPLICA, String(behindMs)); // for the link to the next page
  return behindMs;
}

const REPLICA = 'switchyard-replica';

/** A round of changes: everything at first, later what changed since; what is gone as `@removed`. */
export function deltaOf<T extends { readonly id: string }>(
  call: Call,
  { scope, shelf, tell }: { readonly scope: string; readonly shelf: Shelf<T>; readonly tell: (thing: T) => Json },
): Answer {
  for (const name of call.query.keys())
    if (!['$deltatoken', '$skiptoken'].includes(name)) throw unreadableQuery(`'${name}' is not supported on delta.`);
  const { ids, offset, position } = roundOf(call, scope, shelf);
  const end = offset + pageSizeOf(call);
  const told = ids.slice(offset, end).map((id) => {
    const thing = shelf.shown(id);
    return thing === undefined ? { id, '@removed': { reason: 'deleted' } } : tell(thing);
  });
  const more = end < ids.length;
  const token = call.deltas.issue({ scope, position, rest: more ? { ids, offset: end } : null });
  const link = more
    ? { '@odata.nextLink': `${call.address}?$skiptoken=${token}` }
    : { '@odata.deltaLink': `${call.address}?$deltatoken=${token}` };
  return { status: 200, body: { '@odata.context': `${call.address}/$metadata`, value: told, ...link } };
}

interface Round {
  readonly ids: readonly string[];
  readonly offset: number;
  readonly position: number;
}

function roundOf<T extends { readonly id: string }>(call: Call, scope: string, shelf: Shelf<T>): Round {
  const token = call.query.get('$deltatoken') ?? call.query.get('$skiptoken');
  const position = shelf.position();
  if (token === null) return { ids: shelf.everyShown().map(({ id }) => id), offset: 0, position };
  const state: DeltaState = call.deltas.read(token, scope);
  if (state.rest !== null) return { ...state.rest, position: state.position };
  return { ids: shelf.changedBetween(state.position, position), offset: 0, position };
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalid(`Invalid value for the query option '${name}'.`);
  return Number(text);
}
