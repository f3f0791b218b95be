/**
 * Microsoft To Do as it stands: every list of the mailbox, so that a copy which a person moved to another list is still found (S1).
 *
 * Read whole each time: a filter on completed tasks would hide the completions that people made, and a delta would need a store of our own
 * for everything that it leaves out (docs/decisions/0007).
 */
import { OUR_EXTENSION, readLink, readMarker } from '../../core/tasks/marker.ts';
import type { Copy, Destination, Stranger, TodoList, Zone } from '../../core/tasks/model.ts';
import { mirrored, type Mirror } from '../../core/tasks/mirrored.ts';
import { readFields, type FindZone, type RawTodoTask } from '../../core/tasks/read-fields.ts';
import { ServiceError } from '../../policies/service-error.ts';
import type { Graph } from './services.ts';

export interface DestinationReading {
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
  const parts = await Promise.all(lists.map((list) => fetchTasks(graph, { listId: list.id, reading }, signal)));
  return { lists, ...joined(parts) };
}

/** A task as Graph answers it, and where it is. */
interface RawPlaced {
  readonly listId: string;
  readonly raw: RawTask;
}

type Understood = Pick<Destination, 'copies' | 'strangers'>;

/** What answers of Graph mean; of what is neither ours nor anything to adopt nothing is kept. */
export function understood(tasks: readonly RawPlaced[], reading: DestinationReading): Understood {
  const copies: Copy[] = [];
  const strangers: Stranger[] = [];
  for (const { listId, raw } of tasks) {
    const read = readTask(raw, listId, reading);
    if (read?.kind === 'copy') copies.push(read.copy);
    if (read?.kind === 'stranger') strangers.push(read.stranger);
  }
  return { copies, strangers };
}

function joined(parts: readonly Understood[]): Understood {
  return { copies: parts.flatMap(({ copies }) => copies), strangers: parts.flatMap(({ strangers }) => strangers) };
}

/** What Graph says of a list, as far as it is used. */
interface RawList {
  readonly id?: unknown;
  readonly displayName?: unknown;
  readonly wellknownListName?: unknown;
}

/** Flagged mails are Outlook's own. */
async function fetchLists(graph: Graph, signal: AbortSignal): Promise<readonly TodoList[]> {
  const lists: TodoList[] = [];
  for await (const page of graph.pages('/todo/lists', 'GET lists', signal)) {
    for (const { id, displayName, wellknownListName } of page as readonly RawList[]) {
      if (typeof id !== 'string' || wellknownListName === 'flaggedEmails') continue;
      const name = typeof displayName === 'string' ? displayName : '';
      lists.push({ id, name, isDefault: wellknownListName === 'defaultList' });
    }
  }
  return lists;
}

interface ListReading {
  readonly listId: string;
  readonly reading: Promise<DestinationReading>;
}

/** A list that goes away meanwhile has no tasks. Some mailboxes refuse to expand links, and show them all the same (facts B2). */
async function fetchTasks(graph: Graph, list: ListReading, signal: AbortSignal): Promise<Understood> {
  const fetch = (expand: string): Promise<Understood> => {
    const path = `/todo/lists/${encodeURIComponent(list.listId)}/tasks?$expand=${encodeURIComponent(expand)}`;
    return readPages(graph.pages(path, 'GET tasks', signal), list);
  };
  try {
    return await fetch(`linkedResources,${OUR_EXTENSION}`);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.facts.service !== 'Microsoft To Do') throw error;
    if (error.facts.kind === 'not-found') return { copies: [], strangers: [] };
    if (error.facts.kind !== 'invalid') throw error;
    return fetch(OUR_EXTENSION);
  }
}

async function readPages(
  pages: AsyncIterable<readonly unknown[]>,
  { listId, reading }: ListReading,
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
    for (const raw of page as readonly RawTask[]) waiting.push({ listId, raw });
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
  { readonly kind: 'copy'; readonly copy: Copy } | { readonly kind: 'stranger'; readonly stranger: Stranger } | null;

/** Ours by its link or by its extension; null where it is neither ours nor anything to adopt. */
function readTask(raw: RawTask, listId: string, { pair, zone, zones, mirror }: DestinationReading): ReadTask {
  const { id } = raw;
  if (typeof id !== 'string') return null;
  const read = members(raw.extensions).map(readMarker);
  const marker = read.find((one) => one?.pair === pair) ?? null;
  const link = readLink(raw.linkedResources, pair);
  const source = marker?.source ?? link;
  const fields = mirrored(readFields(raw, zone, zones), mirror);
  const completed = raw.status === 'completed';
  const createdAt = typeof raw.createdDateTime === 'string' ? raw.createdDateTime : '';
  if (source !== null) {
    const etag = typeof raw['@odata.etag'] === 'string' ? raw['@odata.etag'] : '';
    const extras = raw.hasAttachments === true || members(raw.checklistItems).length > 0;
    const repeats = typeof raw.recurrence === 'object' && raw.recurrence !== null;
    const rest = { id, listId, etag, source, fields, completed, marker, linked: link === source };
    return { kind: 'copy', copy: { ...rest, extras, repeats, createdAt } };
  }
  if (completed || read.some((one) => one !== null)) return null;
  const hasLink = members(raw.linkedResources).length > 0;
  return { kind: 'stranger', stranger: { id, listId, title: fields.title, day: fields.day, createdAt, hasLink } };
}

const members = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
