/**
 * The whole of a Todoist account at one moment: a full sync, and what came after it.
 *
 * A full sync of a large account may be old, and an incremental one may turn out to be a full one; who then takes what is missing for deleted loses
 * tasks (S4). So an incremental sync always follows, and an old snapshot that nothing completes is refused.
 */
import { isMembers } from '../../core/tasks/is-members.ts';
import { askTodoist, errorOf, unreadableAnswer, type Json, type TodoistOptions } from './todoist-connection.ts';

/** As read, unjudged. */
export interface Snapshot {
  /** Items, active ones and others, by their ids. */
  readonly items: ReadonlyMap<string, Json>;
  readonly projects: ReadonlyMap<string, Json>;
  /** Items without an id, or not even objects. */
  readonly nameless: number;
  readonly user: Json;
}

/** A full sync, which may be old. @throws ServiceError */
export async function beginSnapshot(options: TodoistOptions, signal: AbortSignal): Promise<State> {
  return after(null, await sync(options, { token: '*', signal }));
}

/**
 * What came after it: all that was completed before this is asked is no more among the active. One request; a second and a third where it is
 * answered in full. @throws ServiceError
 */
export async function completeSnapshot(options: TodoistOptions, begun: State, signal: AbortSignal): Promise<Snapshot> {
  let state = begun;
  for (let asked = 0; asked < MOST_COMPLETIONS; asked += 1) {
    const answer = await sync(options, { token: state.token, signal });
    state = after(state, answer);
    if (!answer.full) return complete(state);
  }
  if (options.now() - state.snapshotAt > OLDEST_MS) {
    throw errorOf(CALL, { kind: 'unavailable', status: null, code: 'STALE' });
  }
  return complete(state);
}

/** Incremental syncs that may be answered in full, before the newest of these counts as it is. */
const MOST_COMPLETIONS = 3;
const OLDEST_MS = 10 * 60_000;
const CALL = { name: 'POST /sync (read)', writes: false } as const;
const RESOURCES = JSON.stringify(['items', 'projects', 'user']);

/** A snapshot that is not complete yet. */
interface State {
  readonly items: Map<string, Json>;
  readonly projects: Map<string, Json>;
  readonly nameless: number;
  readonly user: Json | null;
  readonly token: string;
  /** When the newest full answer was made; milliseconds since the epoch. */
  readonly snapshotAt: number;
}

interface Answer {
  readonly full: boolean;
  readonly token: string;
  readonly items: readonly unknown[];
  readonly projects: readonly unknown[];
  readonly user: Json | null;
  /** Milliseconds since the epoch; null where it is not said. */
  readonly madeAt: number | null;
}

async function sync(options: TodoistOptions, of: { token: string; signal: AbortSignal }): Promise<Answer> {
  const form = { sync_token: of.token, resource_types: RESOURCES };
  const body = await askTodoist(options, { ...CALL, method: 'POST', path: '/sync', form, signal: of.signal });
  const { sync_token: token, full_sync: full, items, projects, user, full_sync_date_utc: made } = body;
  const isFull = full === true;
  if (typeof token !== 'string') throw unreadableAnswer(CALL, 200);
  // An incremental answer may leave out what did not change; in a full one that would be an empty account.
  if (isFull && !(Array.isArray(items) && Array.isArray(projects))) throw unreadableAnswer(CALL, 200);
  if (!isFull && of.token === '*') throw unreadableAnswer(CALL, 200);
  const madeAt = typeof made === 'string' ? Date.parse(made) : NaN;
  return {
    full: isFull,
    token,
    items: Array.isArray(items) ? items : [],
    projects: Array.isArray(projects) ? projects : [],
    user: isMembers(user) ? user : null,
    madeAt: Number.isFinite(madeAt) ? madeAt : null,
  };
}

/** A full answer replaces what was known; others say what is new, completed (`checked`) or gone (`is_deleted`). */
function after(state: State | null, answer: Answer): State {
  const base = answer.full || state === null ? null : state;
  const items = new Map(base?.items);
  const projects = new Map(base?.projects);
  const nameless = keep(items, answer.items);
  keep(projects, answer.projects);
  return {
    items,
    projects,
    nameless: (base?.nameless ?? 0) + nameless,
    user: answer.user ?? state?.user ?? null,
    token: answer.token,
    // Without a date the answer is taken to be of now, as Todoist's own clients take it.
    snapshotAt: base?.snapshotAt ?? answer.madeAt ?? Infinity,
  };
}

/** Returns how many could not be kept. */
function keep(objects: Map<string, Json>, news: readonly unknown[]): number {
  let nameless = 0;
  for (const each of news) {
    const id = isMembers(each) ? each['id'] : undefined;
    if (isMembers(each) && typeof id === 'string' && id !== '') objects.set(id, each);
    else nameless += 1;
  }
  return nameless;
}

function complete({ items, projects, nameless, user }: State): Snapshot {
  if (user === null) throw unreadableAnswer(CALL, 200);
  return { items, projects, nameless, user };
}
