/**
 * A strict Todoist on loopback: API v1 as its clients meet it, with the traps of the real one, and an observer's side without HTTP.
 *
 * What it keeps to: a sync command is executed once for its uuid, everything else as often as it is sent; closing a recurring task moves it
 * on; a full sync may be old, and one may come unasked. https://developer.todoist.com/api/v1/
 */
import { startFaultedServer } from '../faulted-server.ts';
import type { FaultedServer } from '../faulted-server.ts';
import { createFaultPlan } from '../faults.ts';
import type { FaultPlan } from '../faults.ts';
import { createFrontDoor, protocolOf } from './front-door.ts';
import type { FrontDoor } from './front-door.ts';
import { NO_LIMITS, PUBLISHED_LIMITS } from './limits.ts';
import type { TodoistLimits } from './limits.ts';
import { createMemory } from './memory.ts';
import { createPerson } from './person.ts';
import type { Person } from './person.ts';
import type { Task } from './resources.ts';
import { freshProject } from './task-operations.ts';
import { newId, World } from './world.ts';
import type { TaskChange } from './world.ts';

export type { TaskChange } from './world.ts';

export interface TodoistOptions {
  /** A fixed port; any free one unless told otherwise. */
  readonly port?: number;
  /** IANA name of the user's zone; `Europe/Berlin` unless told otherwise. */
  readonly timeZone?: string;
  /** The clock of the service, in milliseconds since the epoch; the real one unless told otherwise. */
  readonly now?: () => number;
  /** Before every answer; 0 unless told otherwise. */
  readonly latencyMs?: number;
  /** How long a change stays invisible to reads; 0 unless told otherwise. */
  readonly lagMs?: number;
  /** `published`, or those that differ from it; none unless told otherwise. */
  readonly limits?: 'published' | Partial<TodoistLimits>;
}

/** What is accepted without having been asked for: the token of the user. */
export const TODOIST_TOKEN = 'todoist-token';

export interface TodoistStandIn {
  /** `http://127.0.0.1:PORT/api/v1`, for `SWITCHYARD_TODOIST_URL`. */
  readonly url: string;
  readonly faults: FaultPlan;
  /** Id of the user whose token is `TODOIST_TOKEN`. */
  readonly userId: string;
  readonly inboxId: string;
  /** What people do in Todoist's own app. */
  readonly person: Person;
  /** Every task as it is now, completed and deleted ones included, in order of creation. */
  tasks(): readonly Task[];
  /** As it is now. @throws RangeError where there never was one. */
  task(id: string): Task;
  /** Every change of a task, append-only. */
  readonly log: readonly TaskChange[];
  /** Every closing of a task or of one occurrence, whoever did it. */
  closures(): readonly TaskChange[];
  /** Writes of the API that were executed; a repeated command is none. */
  readonly writes: number;
  latencyMs: number;
  lagMs: number;
  limits: TodoistLimits;
  /** Accepts a token, of the user unless told otherwise. */
  accept(token: string, userId?: string): void;
  /** 401 from now on. */
  revoke(token: string): void;
  /** 403 from now on. */
  forbid(token: string): void;
  /** Another account. Returns its id. */
  addUser(of: { readonly email: string; readonly timeZone?: string; readonly token?: string }): string;
  /** The next full syncs show the account as it was so long ago; their tokens lead to the rest. */
  staleFullSyncs(of: { readonly agoMs: number; readonly times?: number }): void;
  /** The next incremental syncs answer everything, `full_sync: true`. */
  forceFullSyncs(times?: number): void;
  /** Serves a task with other fields than its own (undefined: without one) until the returned function is called. */
  breakTask(id: string, fields: Readonly<Record<string, unknown>>): () => void;
  /** Gives a task another id, as moving it between workspaces does. Returns the new one. */
  changeId(id: string): string;
  /** Resets every open connection, hanging ones included. */
  dropConnections(): void;
  close(): Promise<void>;
}

export async function startTodoist(options: TodoistOptions = {}): Promise<TodoistStandIn> {
  const faults = createFaultPlan();
  const world = new World(options.now ?? Date.now);
  const door = createFrontDoor({ world, memory: createMemory(), settings: settingsOf(options) });
  const userId = addUser(door, { email: 'ann@example.com', timeZone: options.timeZone ?? 'Europe/Berlin' });
  door.tokens.set(TODOIST_TOKEN, { userId, forbidden: false });
  const server = await startFaultedServer(protocolOf(door, faults), options.port);
  return new RunningTodoist(door, { faults, server, userId });
}

function settingsOf({ latencyMs = 0, lagMs = 0, limits }: TodoistOptions): FrontDoor['settings'] {
  if (limits === undefined) return { latencyMs, lagMs, limits: NO_LIMITS };
  const others = limits === 'published' ? {} : limits;
  return { latencyMs, lagMs, limits: { ...PUBLISHED_LIMITS, ...others } };
}

function addUser({ world }: FrontDoor, { email, timeZone }: { email: string; timeZone: string }): string {
  const id = String(48_000_000 + world.users.size);
  const inbox = freshProject(world, { name: 'Inbox', parentId: null, inbox: true });
  world.users.set(id, { id, email, full_name: email, timezone: timeZone, inbox_project_id: inbox.id });
  world.admit(inbox.id, id);
  world.putProject(inbox);
  return id;
}

interface Running {
  readonly faults: FaultPlan;
  readonly server: FaultedServer;
  readonly userId: string;
}

class RunningTodoist implements TodoistStandIn {
  readonly #door: FrontDoor;
  readonly #world: World;
  readonly #server: FaultedServer;
  readonly faults: FaultPlan;
  readonly userId: string;
  readonly person: Person;

  constructor(door: FrontDoor, { faults, server, userId }: Running) {
    this.#door = door;
    this.#world = door.world;
    this.#server = server;
    this.faults = faults;
    this.userId = userId;
    this.person = createPerson(door.world, userId);
  }

  get url(): string {
    return `${this.#server.url}/api/v1`;
  }

  get inboxId(): string {
    return this.#world.user(this.userId).inbox_project_id;
  }

  get log(): readonly TaskChange[] {
    return this.#world.log;
  }

  get writes(): number {
    return this.#door.memory.writes;
  }

  get latencyMs(): number {
    return this.#door.settings.latencyMs;
  }

  set latencyMs(ms: number) {
    this.#door.settings.latencyMs = ms;
  }

  get lagMs(): number {
    return this.#door.settings.lagMs;
  }

  set lagMs(ms: number) {
    this.#door.settings.lagMs = ms;
  }

  get limits(): TodoistLimits {
    return this.#door.settings.limits;
  }

  set limits(limits: TodoistLimits) {
    this.#door.settings.limits = limits;
  }

  tasks(): readonly Task[] {
    return this.#world.tasks.allAt(this.#world.seq);
  }

  task(id: string): Task {
    const task = this.#world.tasks.get(id);
    if (task === undefined) throw new RangeError(`There is no task ${id}.`);
    return task;
  }

  closures(): readonly TaskChange[] {
    return this.log.filter(({ op }) => op === 'close' || op === 'complete');
  }

  accept(token: string, userId = this.userId): void {
    this.#door.tokens.set(token, { userId, forbidden: false });
  }

  revoke(token: string): void {
    this.#door.tokens.delete(token);
  }

  forbid(token: string): void {
    const userId = this.#door.tokens.get(token)?.userId ?? this.userId;
    this.#door.tokens.set(token, { userId, forbidden: true });
  }

  addUser({ email, timeZone, token }: { email: string; timeZone?: string; token?: string }): string {
    const id = addUser(this.#door, { email, timeZone: timeZone ?? 'Europe/Berlin' });
    if (token !== undefined) this.accept(token, id);
    return id;
  }

  staleFullSyncs({ agoMs, times = 1 }: { agoMs: number; times?: number }): void {
    this.#door.memory.stale = { agoMs, times };
  }

  forceFullSyncs(times = 1): void {
    this.#door.memory.forcedFulls = times;
  }

  breakTask(id: string, fields: Readonly<Record<string, unknown>>): () => void {
    this.#door.broken.set(id, fields);
    return () => void this.#door.broken.delete(id);
  }

  changeId(id: string): string {
    const task = this.task(id);
    const moved = { ...task, id: newId() };
    this.#world.putTask({ ...task, is_deleted: true }, { by: 'person', op: 'move', under: null });
    this.#world.putTask(moved, { by: 'person', op: 'move', under: null });
    this.#world.movedIds.set(id, moved.id);
    return moved.id;
  }

  dropConnections(): void {
    this.#server.dropConnections();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
