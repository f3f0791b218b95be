/**
 * Both services in memory, as far as a sync can tell: Todoist's tasks, and a mailbox that takes the very steps that are sent to Microsoft
 * Graph. Attempts look, plan and send step by step, so that a test can let them overlap, die, and land late, with people's edits in between.
 */
import type { CloseAction } from '../../../src/activities/tasks/close-id.ts';
import { closeTasks } from '../../../src/activities/tasks/close-tasks.ts';
import { understood } from '../../../src/activities/tasks/read-destination.ts';
import type { GraphStep, Todoist } from '../../../src/activities/tasks/services.ts';
import { isMarked, stepsAfter, stepsOf } from '../../../src/activities/tasks/steps-of.ts';
import { EXTENSION } from '../../../src/core/tasks/marker.ts';
import {
  isSettled,
  type Copy,
  type Destination,
  type Fate,
  type Source,
  type SourceTask,
  type Zone,
} from '../../../src/core/tasks/model.ts';
import { occurrenceOf } from '../../../src/core/tasks/occurrence.ts';
import { goneSources, planSync, type SyncPlan } from '../../../src/core/tasks/plan-sync.ts';
import type { Action, SyncPolicy } from '../../../src/core/tasks/plan.ts';
import { GUARDS, INBOX, NOW, POLICY, USER } from './plan-samples.ts';
import { OPTIONS, sourceTask, BERLIN } from './task-samples.ts';

type Json = Record<string, unknown>;

/** A task of Todoist with what became of it. */
export interface Origin {
  readonly task: SourceTask;
  readonly fate: 'in-scope' | Exclude<Fate, 'unknown'>;
}

/** A task in To Do as Graph keeps it, and who completed it last. */
export interface Held {
  readonly json: Json;
  readonly extension: Json | null;
  readonly link: Json | null;
  readonly completedBy: 'person' | 'sync' | null;
  /** Whether answers show the extension, should there be one. */
  readonly shown: boolean;
}

/** What Graph answers of it. */
export const extensionsOf = ({ extension, shown }: Pick<Held, 'extension' | 'shown'>): readonly Json[] =>
  shown && extension !== null ? [extension] : [];

/** One attempt's actions, each a queue of what is still to be sent. */
export interface Attempt {
  readonly jobs: readonly Job[];
}

interface Job {
  readonly action: Action;
  steps: readonly (GraphStep | 'close')[];
  /** Whether what comes after the first round has been added. */
  continued: boolean;
}

export class World {
  readonly origins = new Map<string, Origin>();
  readonly held = new Map<string, Held>();
  /** What no promise allows; to stay empty. */
  readonly broken: string[] = [];
  readonly #policy: SyncPolicy;
  readonly #zone: Zone = BERLIN;
  readonly #executed = new Set<string>();
  /** Completions by people, and closings by us, of each task. */
  readonly #asked = new Map<string, number>();
  readonly #closed = new Map<string, number>();
  #clock = 0;

  constructor(policy: Partial<SyncPolicy>) {
    this.#policy = { ...POLICY, ...policy };
  }

  source(): Source {
    const all = [...this.origins.values()];
    const active = all.filter(({ fate }) => fate === 'in-scope' || fate === 'out-of-scope').map(({ task }) => task);
    return {
      userId: USER,
      timeZone: this.#zone.name,
      tasks: all.filter(({ fate }) => fate === 'in-scope').map(({ task }) => task),
      active: new Map(active.map(({ id, parentId }) => [id, { parentId }])),
      unreadable: [],
    };
  }

  destination(): Destination {
    const tasks = [...this.held.values()].map((held) => ({
      list: INBOX,
      raw: {
        ...held.json,
        extensions: extensionsOf(held),
        linkedResources: held.link === null ? [] : [held.link],
      },
    }));
    const { active } = this.source();
    const reading = { pair: POLICY.pair, userId: USER, active, zone: this.#zone, zones: () => null, mirror: OPTIONS };
    return { lists: [INBOX], ...understood(tasks, reading) };
  }

  plan(): SyncPlan {
    const [source, destination] = [this.source(), this.destination()];
    const gone = goneSources(source, destination.copies);
    return planSync({
      source,
      destination,
      fates: new Map(gone.map((id) => [id, this.#fateOf(id)])),
      policy: this.#policy,
      lists: { kind: 'default' },
      fields: OPTIONS,
      guards: { ...GUARDS, never: 1_000, atLeast: 1_000, empty: false },
      zone: this.#zone,
      leftAside: new Set(),
      now: NOW,
    });
  }

  /** Looks and plans; nothing is sent yet. */
  attempt(): Attempt {
    const { actions } = this.plan();
    for (const action of actions) this.#judge(action);
    const jobs = actions.map((action): Job => {
      const steps = stepsOf(action, {
        pair: POLICY.pair,
        zone: this.#zone,
        listId: INBOX.id,
        mirror: OPTIONS,
        now: NOW,
      });
      return { action, steps: action.kind === 'close' ? ['close', ...steps] : steps, continued: false };
    });
    return { jobs };
  }

  /** Sends the next step of one action; what follows a refusal is not sent. */
  async step(job: Job): Promise<void> {
    const [next, ...rest] = job.steps;
    job.steps = rest;
    if (next === undefined) return;
    const answer = next === 'close' ? await this.#close(job.action) : this.#send(next);
    if (answer === 'refused') job.steps = [];
    else if (rest.length === 0 && !job.continued && needsMore(job.action)) {
      job.continued = true;
      job.steps = stepsAfter(job.action, answer);
      // Graph would not refuse it: that nothing comes between these two is a hope, not a promise.
      if (job.action.kind === 'remove') await this.step(job);
    }
  }

  // What people do.

  origin(id: string, change: (origin: Origin) => Origin): void {
    const origin = this.origins.get(id) ?? { task: sourceTask({ id, content: `Do ${id}` }), fate: 'deleted' };
    this.origins.set(id, change(origin));
  }

  person(at: number, change: (held: Held) => Held | null): void {
    const ids = [...this.held.keys()];
    const id = ids[at % Math.max(1, ids.length)];
    const before = id === undefined ? undefined : this.held.get(id);
    if (id === undefined || before === undefined) return;
    const source = this.destination().copies.find((copy) => copy.id === id)?.source;
    const after = change(before);
    if (after === null) this.held.delete(id);
    else this.#keep(id, after);
    const completes = after !== null && before.json['status'] !== 'completed' && after.json['status'] === 'completed';
    if (completes && source !== undefined) this.#asked.set(source, (this.#asked.get(source) ?? 0) + 1);
  }

  /** From now on Graph shows every extension. */
  showAll(): void {
    for (const [id, held] of this.held) this.held.set(id, { ...held, shown: true });
  }

  stranger(title: string): void {
    this.#add({ title, status: 'notStarted' }, { extension: null, link: null });
  }

  #fateOf(id: string): Fate {
    const fate = this.origins.get(id)?.fate ?? 'deleted';
    return fate === 'in-scope' ? 'unknown' : fate;
  }

  /** Whether a plan that was made just now keeps its promises. */
  #judge(action: Action): void {
    const on = 'copy' in action ? action.copy : action.kind === 'adopt' ? action.stranger : null;
    if (on === null) return;
    const { id } = on;
    const held = this.held.get(id);
    if (held === undefined) return void this.broken.push(`${action.kind} of a task that is not there`);
    const unmarked = held.extension === null && held.link === null;
    if (unmarked !== (action.kind === 'adopt')) this.broken.push(`S3: ${action.kind} of the wrong kind of task`);
    if (action.kind === 'close' && held.completedBy !== 'person')
      this.broken.push(`S3: plans to close ${action.source}, and no person completed its copy`);
    if (action.kind === 'remove' && held.json['status'] === 'completed')
      this.broken.push(`plans to remove a completed copy of ${action.source}`);
    if (action.kind === 'reopen' && this.#takesBack(action.copy))
      this.broken.push(`S3: plans to take back what a person completed of ${action.source}`);
  }

  /** Whether opening it again undoes a completion by a person that has not travelled, or of which that cannot be seen. */
  #takesBack({ id, source, completed }: Copy): boolean {
    if (!completed || this.#policy.completion !== 'both') return false;
    const task = this.origins.get(source)?.task;
    const occurrence = task === undefined ? null : occurrenceOf(task);
    const others = this.destination().copies.filter((one) => one.source === source && one.completed);
    return others
      .filter((one) => this.held.get(one.id)?.completedBy === 'person')
      .some(({ id: its, marker }) => {
        if (marker === null) return true;
        return its === id && marker.occurrence === occurrence && !isSettled(marker);
      });
  }

  async #close(action: Action): Promise<'refused' | null> {
    const todoist: Pick<Todoist, 'read' | 'close'> = {
      read: () => Promise.resolve(this.source()),
      close: (commands) => Promise.resolve(commands.map(({ uuid, id }) => this.#closeOnce(uuid, id))),
    };
    const { signal } = new AbortController();
    const from = { secret: 'todoist', scope: { kind: 'everything' }, assignee: 'anyone' } as const;
    const all: Todoist = { ...todoist, account: never, fatesOf: never };
    const ends = await closeTasks(all, [action as CloseAction], { from, signal });
    return ends.get(action as CloseAction) === 'closed' ? null : 'refused';
  }

  #closeOnce(uuid: string, id: string): null {
    if (this.#executed.has(uuid)) return null;
    this.#executed.add(uuid);
    const closed = (this.#closed.get(id) ?? 0) + 1;
    this.#closed.set(id, closed);
    if (closed > (this.#asked.get(id) ?? 0)) this.broken.push(`S3: closed ${id} more often than people completed it`);
    this.origin(id, closedOrigin);
    return null;
  }

  #send({ method, path, body, ifMatch }: GraphStep): Json | 'refused' {
    const [, id, child] = /^\/todo\/lists\/[^/]+\/tasks(?:\/([^/?]+)(?:\/([^/]+))?)?/.exec(path) ?? [];
    if (id === undefined) return this.#create(body as Json);
    const held = this.held.get(decodeURIComponent(id));
    if (held === undefined || (ifMatch !== undefined && ifMatch !== held.json['@odata.etag'])) return 'refused';
    if (child === 'extensions') return this.#mark(held, method, body as Json);
    if (child === 'linkedResources') return this.#link(held, body as Json);
    if (method === 'GET') return { ...held.json, extensions: extensionsOf(held) };
    if (method === 'DELETE') return this.#remove(held);
    const json: Json = { ...held.json, ...(body as Json) };
    const completedBy = json['status'] === 'completed' ? (held.completedBy ?? 'sync') : null;
    return this.#keep(held.json['id'] as string, { ...held, json, completedBy });
  }

  #create(body: Json): Json {
    const { linkedResources, extensions, ...json } = body;
    const [link = null] = linkedResources as readonly Json[];
    const [extension = null] = extensions as readonly Json[];
    return this.#add({ ...json, status: 'notStarted' }, { extension, link });
  }

  #mark(held: Held, method: GraphStep['method'], body: Json): Json | 'refused' {
    if ((method === 'POST') !== (held.extension === null)) return 'refused';
    return this.#keep(held.json['id'] as string, {
      ...held,
      extension: { ...held.extension, ...body, extensionName: EXTENSION },
    });
  }

  #link(held: Held, link: Json): Json | 'refused' {
    if (held.link !== null) return 'refused';
    return this.#keep(held.json['id'] as string, { ...held, link });
  }

  #remove(held: Held): Json {
    if (held.json['status'] === 'completed') this.broken.push('removed a completed copy');
    if (held.extension === null && held.link === null) this.broken.push('S3: removed a task that is not ours');
    this.held.delete(held.json['id'] as string);
    return {};
  }

  #add(json: Json, marks: Pick<Held, 'extension' | 'link'>): Json {
    const id = `todo-${this.#clock}`;
    const createdDateTime = new Date(this.#clock * 1_000).toISOString();
    return this.#keep(id, { json: { ...json, id, createdDateTime }, ...marks, completedBy: null, shown: true });
  }

  /** Every change of a task or of what hangs on it gives it another etag. */
  #keep(id: string, held: Held): Json {
    this.#clock += 1;
    const json = { ...held.json, '@odata.etag': `W/"${this.#clock}"` };
    this.held.set(id, { ...held, json });
    return json;
  }
}

const needsMore = (action: Action): boolean =>
  action.kind === 'remove' || (action.kind === 'complete' && !isMarked(action.copy));

/** A recurring task goes on to its next day. */
function closedOrigin({ task, fate }: Origin): Origin {
  if (task.due?.recurring !== true) return { task, fate: 'completed' };
  return { task: { ...task, due: { ...task.due, date: dayAfter(task.due.date) } }, fate };
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

const never = (): never => {
  throw new Error('closing asks for nothing else');
};
