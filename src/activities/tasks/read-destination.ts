/**
 * Microsoft To Do as it stands: every list of the mailbox, so that a copy which a person moved to another list is still found (S1).
 *
 * Read whole each time: a filter on completed tasks would hide the completions that people made, and a delta would need a store of our own
 * for everything that it leaves out (docs/decisions/0007).
 */
import { OUR_EXTENSION, readLink, readMarker } from '../../core/tasks/marker.ts';
import type {
  Copy,
  Destination,
  Fields,
  Marker,
  OtherCopy,
  Source,
  Stranger,
  TodoList,
  Zone,
} from '../../core/tasks/model.ts';
import { mirrored, type Mirror } from '../../core/tasks/mirrored.ts';
import { readFields, type FindZone, type RawTodoTask } from '../../core/tasks/read-fields.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { garbled } from './graph-error.ts';
import type { Graph } from './services.ts';

export interface DestinationReading extends Pick<Source, 'userId' | 'active'> {
  readonly pair: string;
  readonly zone: Zone;
  readonly zones: FindZone;
  readonly mirror: Mirror;
}

/**
 * Asks at once, whenever `reading` comes, which needs the other side; from then on each page is understood as it arrives, because answers
 * take several times the room of what is kept of them.
 *
 * @throws ServiceError, or what `reading` was rejected with.
 */
export async function fetchDestination(
  graph: Graph,
  reading: Promise<DestinationReading>,
  signal: AbortSignal,
): Promise<Destination> {
  reading.catch(() => undefined); // awaited below, unless the lists cannot be read
  const lists = await fetchLists(graph, signal);
  const parts = await Promise.all(lists.map((list) => fetchTasks(graph, { list, reading }, signal)));
  return { lists, ...joined(parts) };
}

/** A task as Graph answers it, and where it is. */
interface RawPlaced {
  readonly list: TodoList;
  readonly raw: RawTask;
}

type Understood = Omit<Destination, 'lists'>;

/** What answers of Graph mean; of what is no copy and nothing to adopt nothing is kept. */
export function understood(tasks: readonly RawPlaced[], reading: DestinationReading): Understood {
  const copies: Copy[] = [];
  const strangers: Stranger[] = [];
  const others: OtherCopy[] = [];
  for (const { list, raw } of tasks) {
    const read = readTask(raw, list, reading);
    if (read?.kind === 'copy') copies.push(read.copy);
    if (read?.kind === 'stranger') strangers.push(read.stranger);
    if (read?.kind === 'other') others.push(read.other);
  }
  return { copies, strangers, others };
}

function joined(parts: readonly Understood[]): Understood {
  return {
    copies: parts.flatMap(({ copies }) => copies),
    strangers: parts.flatMap(({ strangers }) => strangers),
    others: parts.flatMap(({ others }) => others),
  };
}

/** What Graph says of a list, as far as it is used. */
interface RawList {
  readonly id?: unknown;
  readonly displayName?: unknown;
  readonly wellknownListName?: unknown;
  readonly isShared?: unknown;
  readonly isOwner?: unknown;
}

/** Flagged mails are Outlook's own. */
async function fetchLists(graph: Graph, signal: AbortSignal): Promise<readonly TodoList[]> {
  const lists: TodoList[] = [];
  for await (const page of graph.pages('/todo/lists', 'GET lists', signal)) {
    for (const raw of page as readonly RawList[]) {
      const { id, displayName, wellknownListName } = raw;
      if (wellknownListName === 'flaggedEmails') continue;
      if (typeof id !== 'string') throw garbled('GET lists'); // its copies would all be made again (S1)
      const name = typeof displayName === 'string' ? displayName : '';
      lists.push({ id, name, isDefault: wellknownListName === 'defaultList', shared: sharedOf(raw) });
    }
  }
  return lists;
}

/** https://learn.microsoft.com/graph/api/resources/todotasklist */
function sharedOf({ isShared, isOwner }: RawList): TodoList['shared'] {
  if (isOwner === false) return 'with-me';
  return isShared === true ? 'by-me' : 'no';
}

interface ListReading {
  readonly list: TodoList;
  readonly reading: Promise<DestinationReading>;
}

/** A list that goes away meanwhile has no tasks; one that is still there has to tell them. Some mailboxes refuse to expand links, and show them all the same (facts B2). */
async function fetchTasks(graph: Graph, at: ListReading, signal: AbortSignal): Promise<Understood> {
  const fetch = (expand: string): Promise<Understood> => {
    const path = `/todo/lists/${encodeURIComponent(at.list.id)}/tasks?$expand=${encodeURIComponent(expand)}`;
    return readPages(graph.pages(path, 'GET tasks', signal), at);
  };
  try {
    return await fetch(`linkedResources,${OUR_EXTENSION}`);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.facts.service !== 'Microsoft To Do') throw error;
    if (error.facts.kind === 'not-found') return unlessThere(graph, { id: at.list.id, error }, signal);
    if (error.facts.kind !== 'invalid') throw error;
    return fetch(OUR_EXTENSION);
  }
}

/** To believe a stray 404 would be to create every task of the list again (S1). */
async function unlessThere(
  graph: Graph,
  { id, error }: { readonly id: string; readonly error: ServiceError },
  signal: AbortSignal,
): Promise<Understood> {
  try {
    await graph.get(`/todo/lists/${encodeURIComponent(id)}`, 'GET list', signal);
  } catch (cause) {
    if (cause instanceof ServiceError && cause.facts.kind === 'not-found')
      return { copies: [], strangers: [], others: [] };
    throw cause;
  }
  throw new ServiceError({ ...error.facts, kind: 'unavailable' });
}

async function readPages(
  pages: AsyncIterable<readonly unknown[]>,
  { list, reading }: ListReading,
): Promise<Understood> {
  const parts: Understood[] = [];
  let waiting: RawPlaced[] = [];
  const understand = (how: DestinationReading): void => {
    parts.push(understood(waiting, how));
    waiting = [];
  };
  const known: { how: DestinationReading | null } = { how: null };
  void reading.then(
    (how) => (known.how = how),
    () => undefined, // thrown below
  );
  for await (const page of pages) {
    for (const raw of page as readonly RawTask[]) waiting.push({ list, raw });
    if (known.how !== null) understand(known.how);
  }
  understand(await reading);
  return joined(parts);
}

interface RawTask extends RawTodoTask {
  readonly id?: unknown;
  readonly '@odata.etag'?: unknown;
  readonly status?: unknown;
  readonly createdDateTime?: unknown;
  readonly recurrence?: unknown;
  readonly hasAttachments?: unknown;
  readonly checklistItems?: unknown;
  readonly linkedResources?: unknown;
  readonly extensions?: unknown;
}

type ReadTask =
  | { readonly kind: 'copy'; readonly copy: Copy }
  | { readonly kind: 'stranger'; readonly stranger: Stranger }
  | { readonly kind: 'other'; readonly other: OtherCopy }
  | null;

interface Place {
  readonly list: TodoList;
  readonly reading: DestinationReading;
}

/** Ours by its extension or by its link; null where it is completed, or none of our business. */
function readTask(raw: RawTask, list: TodoList, reading: DestinationReading): ReadTask {
  const { id } = raw;
  if (typeof id !== 'string') return null;
  const at = { list, reading };
  const found = readMarker(members(raw.extensions));
  if (found !== null && isOurs(found, at)) return copyOf(raw, id, { ...at, source: found.source, marker: found });
  const link = found === null ? readLink(raw.linkedResources, reading.pair) : null;
  // The extension of somebody else's copy may not be shown to us: only what is active for us is surely ours.
  if (link !== null && list.shared !== 'no' && !reading.active.has(link)) return null;
  if (link !== null) return copyOf(raw, id, { ...at, source: link, marker: null });
  if (raw.status === 'completed') return null;
  if (found !== null) return { kind: 'other', other: { pair: found.pair, source: found.source, user: found.user } };
  return list.shared === 'with-me' ? null : strangerOf(raw, id, at);
}

/** In somebody else's list, their sync may have made copies under the same name of a pair. */
function isOurs({ pair, user }: Marker, { list, reading }: Place): boolean {
  return pair === reading.pair && (list.shared !== 'with-me' || user === reading.userId);
}

function copyOf(raw: RawTask, id: string, at: Place & Pick<Copy, 'source' | 'marker'>): ReadTask {
  const { list, source, marker } = at;
  const etag = typeof raw['@odata.etag'] === 'string' ? raw['@odata.etag'] : '';
  const extras = raw.hasAttachments === true || members(raw.checklistItems).length > 0;
  const repeats = typeof raw.recurrence === 'object' && raw.recurrence !== null;
  const rest = {
    id,
    listId: list.id,
    etag,
    source,
    marker,
    completed: raw.status === 'completed',
    linked: hasLink(raw),
  };
  return { kind: 'copy', copy: { ...rest, fields: fieldsOf(raw, at), extras, repeats, createdAt: createdAt(raw) } };
}

function strangerOf(raw: RawTask, id: string, at: Place): ReadTask {
  const { title, day } = fieldsOf(raw, at);
  const stranger = { id, listId: at.list.id, title, day, createdAt: createdAt(raw), hasLink: hasLink(raw) };
  return { kind: 'stranger', stranger };
}

function fieldsOf(raw: RawTask, { reading: { zone, zones, mirror } }: Place): Fields {
  return mirrored(readFields(raw, zone, zones), mirror);
}

const createdAt = ({ createdDateTime }: RawTask): string =>
  typeof createdDateTime === 'string' ? createdDateTime : '';
const hasLink = ({ linkedResources }: RawTask): boolean => members(linkedResources).length > 0;
const members = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
