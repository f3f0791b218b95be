/**
 * A strict Microsoft To Do on loopback, as Microsoft Graph v1.0 shows it: it behaves as the service was measured to behave, traps included,
 * and refuses what the service refuses. https://learn.microsoft.com/graph/api/resources/todo-overview
 *
 * What it keeps to: days are days, recurring tasks split, ids change on a move, a deleted list still takes tasks for a while, changes are told
 * whole, one linked resource a task, four requests in flight. If-Match of steps and `$count` are not looked at.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startFaultedServer } from '../faulted-server.ts';
import type { FaultedServer } from '../faulted-server.ts';
import { createFaultPlan } from '../faults.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import { AcceptedTokens } from './access.ts';
import type { Grant } from './access.ts';
import { DeltaTokens } from './delta-tokens.ts';
import type { Desk } from './desk.ts';
import { protocolOf } from './front-door.ts';
import { Mailbox } from './mailbox.ts';
import type { User, WriteLogEntry } from './mailbox.ts';
import { personAt } from './person.ts';
import type { Person } from './person.ts';
import { ROOT } from './routes.ts';
import type { Settings } from './settings.ts';
import type { Task, TodoList } from './task.ts';
import { Throttle } from './throttle.ts';

export type { WriteLogEntry } from './mailbox.ts';
export type { Task, TodoList } from './task.ts';

export interface GraphOptions extends Partial<Settings> {
  /** A fixed port; any free one unless told otherwise. */
  readonly port?: number;
  /** Whose mailbox it is; me@example.com unless told otherwise. */
  readonly user?: string;
}

/** What holds unless told otherwise. */
const DEFAULTS: Settings = {
  now: Date.now,
  lagMs: 0,
  flickerMs: 0,
  latencyMs: { read: 0, write: 0 },
  ghostMs: 60_000,
  titleMax: 255,
  rewriteBody: (content) => content,
  linkedResourcesExpand: 'accepted',
  recurrenceCopies: 'marked',
  emptyPages: false,
  inFlight: 4,
  retryAfterSeconds: 7,
  budget: { requests: 10_000, windowMs: 10 * 60_000 },
};

export interface GraphStandIn {
  /** The root: `http://127.0.0.1:PORT/v1.0`. */
  readonly url: string;
  /** For HTTP requests: `GET tasks`, `POST task`, `$batch` (sandbox/graph/routes.ts has all names). */
  readonly faults: FaultPlan;
  /** For single steps of a `$batch`, under the same names; sandbox/graph/batch.ts says what each kind means there. */
  readonly steps: FaultPlan;
  readonly settings: Settings;
  /** The token `graph-token` is accepted from the start, delegated, for ever. */
  accept(token: string, grant?: Partial<Grant>): void;
  revoke(token: string): void;
  /** 403 for the operation, or for requests and steps that match, until the returned function is called. */
  forbid(target: string | ((request: FaultedRequest) => boolean)): () => void;
  /** Every delta token so far answers 410 SyncStateNotFound, or 400 Badly formed token. */
  killDeltaTokens(answer?: 'gone' | 'malformed'): void;
  /** As they stand, lag or not; of the mailbox's owner, or of another user that some token belongs to. */
  lists(user?: string): readonly TodoList[];
  tasks(user?: string): readonly Task[];
  /** The hands of the mailbox's owner. */
  readonly person: Person;
  personOf(user: string): Person;
  /** Every accepted write; append-only. */
  readonly log: readonly WriteLogEntry[];
  /** How many of them came through the API. */
  readonly writes: number;
  /** The most requests that were in flight at once: a chain is one, each step of a parallel batch is one. */
  readonly mostInFlight: number;
  /** Called after each accepted write, a person's included. Returns what ends it. */
  onWrite(listener: (entry: WriteLogEntry) => void): () => void;
  /** Resets every open connection, hanging ones included. */
  dropConnections(): void;
  close(): Promise<void>;
}

export async function startGraph(options: GraphOptions = {}): Promise<GraphStandIn> {
  const { port, user = 'me@example.com', ...turned } = options;
  const world = new World({ ...DEFAULTS, ...turned }, user);
  const faults = createFaultPlan();
  return new RunningGraph(world, { faults, server: await startFaultedServer(protocolOf(world, faults), port) });
}

/** All mailboxes, and what they share. */
class World implements Desk {
  readonly settings: Settings;
  readonly tokens = new AcceptedTokens();
  readonly throttle: Throttle;
  readonly deltas = new DeltaTokens();
  readonly denials = new Set<(request: FaultedRequest) => boolean>();
  readonly steps = createFaultPlan();
  readonly owner: string;
  readonly log: WriteLogEntry[] = [];
  readonly listeners = new Set<(entry: WriteLogEntry) => void>();
  readonly closing = new AbortController();
  readonly #mailboxes: Mailbox[] = [];
  writes = 0;

  constructor(settings: Settings, owner: string) {
    this.settings = settings;
    this.throttle = new Throttle(settings);
    this.owner = owner;
    this.accept('graph-token', {});
  }

  accept(token: string, grant: Partial<Grant>): void {
    const whole = { user: this.owner, access: 'delegated', expiresAt: null, ...grant } as const;
    this.tokens.accept(token, whole);
    if (this.mailbox(whole.user) === undefined) this.#mailboxes.push(this.#newMailbox(whole.user));
  }

  mailbox(user: string): Mailbox | undefined {
    return this.#mailboxes.find((each) => [each.user.id, each.user.userPrincipalName].includes(user));
  }

  /** @throws Error where no token belongs to such a user. */
  mailboxOf(user: string): Mailbox {
    const found = this.mailbox(user);
    if (found === undefined) throw new Error(`The stand-in has no mailbox of ${user}.`);
    return found;
  }

  async wait(ms: number): Promise<void> {
    if (ms > 0) await delay(ms, undefined, { signal: this.closing.signal, ref: false });
  }

  #newMailbox(name: string): Mailbox {
    return new Mailbox(userCalled(name), this.settings, (entry) => this.#keep(entry));
  }

  #keep(entry: WriteLogEntry): void {
    this.log.push(entry);
    if (entry.by === 'api') this.writes += 1;
    for (const listener of this.listeners) listener(entry);
  }
}

function userCalled(userPrincipalName: string): User {
  const displayName = userPrincipalName.split('@')[0] ?? '';
  return { id: randomUUID(), displayName, userPrincipalName, mail: userPrincipalName };
}

class RunningGraph implements GraphStandIn {
  readonly #world: World;
  readonly #server: FaultedServer;
  readonly faults: FaultPlan;

  constructor(world: World, { faults, server }: { faults: FaultPlan; server: FaultedServer }) {
    this.#world = world;
    this.#server = server;
    this.faults = faults;
  }

  get url(): string {
    return this.#server.url + ROOT;
  }
  get steps(): FaultPlan {
    return this.#world.steps;
  }
  get settings(): Settings {
    return this.#world.settings;
  }
  get person(): Person {
    return this.personOf(this.#world.owner);
  }
  get log(): readonly WriteLogEntry[] {
    return this.#world.log;
  }
  get writes(): number {
    return this.#world.writes;
  }
  get mostInFlight(): number {
    return this.#world.throttle.peak;
  }

  accept(token: string, grant: Partial<Grant> = {}): void {
    this.#world.accept(token, grant);
  }

  revoke(token: string): void {
    this.#world.tokens.revoke(token);
  }

  forbid(target: string | ((request: FaultedRequest) => boolean)): () => void {
    const denies = typeof target === 'function' ? target : (request: FaultedRequest) => request.operation === target;
    this.#world.denials.add(denies);
    return () => void this.#world.denials.delete(denies);
  }

  killDeltaTokens(answer: 'gone' | 'malformed' = 'gone'): void {
    this.#world.deltas.kill(answer);
  }

  lists(user: string = this.#world.owner): readonly TodoList[] {
    return this.#world.mailboxOf(user).lists.everyCurrent();
  }

  tasks(user: string = this.#world.owner): readonly Task[] {
    return this.#world.mailboxOf(user).everyTask();
  }

  personOf(user: string): Person {
    return personAt(this.#world.mailboxOf(user));
  }

  onWrite(listener: (entry: WriteLogEntry) => void): () => void {
    this.#world.listeners.add(listener);
    return () => void this.#world.listeners.delete(listener);
  }

  dropConnections(): void {
    this.#server.dropConnections();
  }

  async close(): Promise<void> {
    this.#world.closing.abort();
    await this.#server.close();
  }
}
