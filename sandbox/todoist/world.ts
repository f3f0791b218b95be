/** All state of the stand-in: every version of every object, who may see it, and an append-only log of who changed which task. */
import { randomBytes } from 'node:crypto';
import { History } from './history.ts';
import { forbidden, notFound } from './refusal.ts';
import type { Project, Task, User } from './resources.ts';

/** `api`: a client of the API; `person`: somebody in Todoist's own app. */
export type Hand = 'api' | 'person';

export interface TaskChange {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly by: Hand;
  readonly op: 'add' | 'edit' | 'close' | 'complete' | 'reopen' | 'delete' | 'move';
  readonly taskId: string;
  /** The due date before the change, as the API shows it. */
  readonly occurrence: string | null;
  /** The task with which this one was closed, deleted or moved, being below it. */
  readonly under: string | null;
}

export interface Actor {
  readonly by: Hand;
  readonly userId: string;
}

export class World {
  readonly tasks = new History<Task>();
  readonly projects = new History<Project>();
  readonly users = new Map<string, User>();
  readonly log: TaskChange[] = [];
  readonly now: () => number;
  /** Old id to new id, of tasks that got another one. */
  readonly movedIds = new Map<string, string>();
  readonly #members = new Map<string, Set<string>>();
  /** Who has been a member of a project, and is no longer. */
  readonly #left = new Map<string, Set<string>>();
  readonly #times: number[] = [0];

  constructor(now: () => number) {
    this.now = now;
  }

  /** Number of the newest change. */
  get seq(): number {
    return this.#times.length - 1;
  }

  /** Number of the newest change that had happened by then. */
  seqAt(time: number): number {
    return this.#times.findLastIndex((at) => at <= time);
  }

  get stamp(): string {
    return new Date(this.now()).toISOString();
  }

  /** Keeps a new state, and logs it where somebody asked for it. */
  putTask(task: Task, change: Pick<TaskChange, 'by' | 'op' | 'under'>): void {
    const occurrence = this.tasks.get(task.id)?.due?.date ?? null;
    this.tasks.append(this.#next(), { ...task, updated_at: this.stamp });
    this.log.push({ at: this.now(), taskId: task.id, occurrence, ...change });
  }

  putProject(project: Project): void {
    this.projects.append(this.#next(), { ...project, updated_at: this.stamp });
  }

  members(projectId: string): ReadonlySet<string> {
    return this.#members.get(projectId) ?? new Set();
  }

  admit(projectId: string, userId: string): void {
    this.#members.set(projectId, new Set([...this.members(projectId), userId]));
  }

  expel(projectId: string, userId: string): void {
    this.#members.set(projectId, new Set([...this.members(projectId)].filter((id) => id !== userId)));
    this.#left.set(projectId, new Set([...(this.#left.get(projectId) ?? []), userId]));
  }

  user(id: string): User {
    const user = this.users.get(id);
    if (user === undefined) throw forbidden();
    return user;
  }

  /** @throws Refusal where there is none, or none that this user may see. */
  task(id: string, { userId }: Actor): Task {
    return this.seenBy(userId, this.tasks.get(id));
  }

  /** @throws Refusal 404; 403 for what is in a project that the user has left. */
  seenBy(userId: string, task: Task | undefined): Task {
    if (task === undefined || task.is_deleted) throw notFound('ITEM');
    if (this.members(task.project_id).has(userId)) return task;
    throw this.#left.get(task.project_id)?.has(userId) === true ? forbidden() : notFound('ITEM');
  }

  project(id: string, { userId }: Actor): Project {
    const project = this.projects.get(id);
    if (project === undefined || project.is_deleted || !this.members(id).has(userId)) throw notFound('PROJECT');
    return project;
  }

  /** Open or not, but not deleted. */
  childrenOf(id: string): Task[] {
    return this.tasks.allAt(this.seq).filter((task) => task.parent_id === id && !task.is_deleted);
  }

  #next(): number {
    // A clock that stands still or goes back must not make an older change the newer one.
    this.#times.push(Math.max(this.now(), this.#times.at(-1) ?? 0));
    return this.seq;
  }
}

/** Ids look like Todoist's: `6X4Vw2Hfmg73Q2XR`. */
export function newId(): string {
  const alphabet = '23456789CFGHJMPQRVWXcfghjmpqrvwx';
  return `6${Array.from(randomBytes(15), (byte) => alphabet[byte % alphabet.length]).join('')}`;
}
