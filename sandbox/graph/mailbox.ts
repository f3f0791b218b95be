/** What one person has in To Do, and the log of everything that was written. Ghosts of deleted lists take tasks for a while, and keep none. */
import { randomBytes } from 'node:crypto';
import { newId, wellFormed } from './ids.ts';
import { notFound } from './refusal.ts';
import { Shelf } from './shelf.ts';
import type { Settings } from './settings.ts';
import type { Task, TodoList } from './task.ts';

export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly mail: string;
}

/** Whose hand writes, and what it does: an operation of the API, or what a person does in an application. */
export interface Hand {
  readonly by: 'api' | 'person';
  readonly op: string;
}

/** One accepted write. Lists and tasks in it are as they were then. */
export interface WriteLogEntry extends Hand {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whose mailbox. */
  readonly user: string;
  readonly listId: string;
  /** Null where a list itself was written. */
  readonly taskId: string | null;
  readonly before: Task | TodoList | null;
  readonly after: Task | TodoList | null;
}

export type WriteSink = (entry: WriteLogEntry) => void;

export class Mailbox {
  readonly user: User;
  readonly settings: Settings;
  readonly lists: Shelf<TodoList>;
  readonly #tasks = new Map<string, Shelf<Task>>();
  /** Deleted lists, and when they went. */
  readonly #ghosts = new Map<string, number>();
  readonly #sink: WriteSink;
  readonly #etagPrefix = randomBytes(9).toString('base64url');
  #etags = 0;

  constructor(user: User, settings: Settings, sink: WriteSink) {
    this.user = user;
    this.settings = settings;
    this.#sink = sink;
    this.lists = new Shelf({ now: settings.now, lagMs: () => 0, flickerMs: () => 0 });
    this.#addList('Tasks', 'defaultList');
    this.#addList('Flagged Emails', 'flaggedEmails');
  }

  newEtag(): string {
    this.#etags += 1;
    return `W/"${this.#etagPrefix}${this.#etags.toString(36).padStart(6, '0')}=="`;
  }

  /** Now, as Graph writes it, with seven digits. */
  timestamp(): string {
    return new Date(this.settings.now()).toISOString().replace('Z', '0000Z');
  }

  /** @throws Refusal 404, 400 for a malformed id. */
  list(id: string): TodoList {
    const list = this.lists.current(wellFormed(id));
    if (list === undefined) throw notFound();
    return list;
  }

  /** The tasks of a list; of a deleted one an empty shelf, on which nothing stays. @throws Refusal 404, 400 for a malformed id. */
  tasksOf(listId: string): Shelf<Task> {
    const shelf = this.#tasks.get(wellFormed(listId));
    if (shelf !== undefined) return shelf;
    if (this.#ghosts.has(listId)) return this.#newShelf();
    throw notFound();
  }

  /** Whether a list takes new tasks: it is there, or has been for a moment ago. */
  takesTasks(listId: string): boolean {
    const gone = this.#ghosts.get(listId);
    return gone === undefined || this.settings.now() - gone < this.settings.ghostMs;
  }

  /** As it stands, for a write. @throws Refusal 404, 400 for a malformed id. */
  task(listId: string, taskId: string): Task {
    const task = this.tasksOf(listId).current(wellFormed(taskId));
    if (task === undefined) throw notFound();
    return task;
  }

  everyTask(): Task[] {
    return [...this.#tasks.values()].flatMap((shelf) => shelf.everyCurrent());
  }

  defaultListId(): string {
    return this.lists.everyCurrent().find((list) => list.wellknownListName === 'defaultList')?.id ?? '';
  }

  addList(hand: Hand, displayName: string): TodoList {
    const list = this.#addList(displayName, 'none');
    this.#record(hand, { listId: list.id, taskId: null, before: null, after: list });
    return list;
  }

  renameList(hand: Hand, before: TodoList, displayName: string): TodoList {
    const after = { ...before, displayName, etag: this.newEtag() };
    this.lists.put(after);
    this.#record(hand, { listId: after.id, taskId: null, before, after });
    return after;
  }

  /** An owner's list, or one that somebody else has shared; its other members are not part of this stand-in. */
  shareList(hand: Hand, before: TodoList, isOwner: boolean): void {
    const after = { ...before, isShared: true, isOwner, etag: this.newEtag() };
    this.lists.put(after);
    this.#record(hand, { listId: after.id, taskId: null, before, after });
  }

  removeList(hand: Hand, before: TodoList): void {
    this.lists.drop(before.id);
    this.#tasks.delete(before.id);
    this.#ghosts.set(before.id, this.settings.now());
    this.#record(hand, { listId: before.id, taskId: null, before, after: null });
  }

  /** Puts a task, new or changed, in its place, with a new etag and time. */
  put(hand: Hand, before: Task | null, task: Task): Task {
    const after = { ...task, etag: this.newEtag(), modifiedAt: this.timestamp() };
    this.tasksOf(after.listId).put(after);
    this.#record(hand, { listId: after.listId, taskId: after.id, before, after });
    return after;
  }

  drop(hand: Hand, before: Task): void {
    this.tasksOf(before.listId).drop(before.id);
    this.#record(hand, { listId: before.listId, taskId: before.id, before, after: null });
  }

  #addList(displayName: string, wellknownListName: TodoList['wellknownListName']): TodoList {
    const kind = { isOwner: true, isShared: false, wellknownListName };
    const list = { id: newId(), etag: this.newEtag(), displayName, ...kind };
    this.lists.put(list);
    this.#tasks.set(list.id, this.#newShelf());
    return list;
  }

  #newShelf(): Shelf<Task> {
    const { settings } = this;
    return new Shelf({ now: settings.now, lagMs: () => settings.lagMs, flickerMs: () => settings.flickerMs });
  }

  #record(hand: Hand, written: Pick<WriteLogEntry, 'listId' | 'taskId' | 'before' | 'after'>): void {
    this.#sink({ at: this.settings.now(), ...hand, user: this.user.userPrincipalName, ...written });
  }
}
