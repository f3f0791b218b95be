import { hashFields } from '../../../src/core/tasks/hash-fields.ts';
import { MAPPING_VERSION } from '../../../src/core/tasks/map-task.ts';
import type {
  Copy,
  Fate,
  Marker,
  OtherCopy,
  Source,
  SourceTask,
  Stranger,
  TodoList,
} from '../../../src/core/tasks/model.ts';
import { occurrenceOf } from '../../../src/core/tasks/occurrence.ts';
import { planSync, type PlanInput, type SyncPlan } from '../../../src/core/tasks/plan-sync.ts';
import type { SyncPolicy } from '../../../src/core/tasks/plan.ts';
import { BERLIN, fieldsOf, OPTIONS, sourceTask } from './task-samples.ts';

export const NOW = Date.parse('2026-11-25T08:00:00Z');
export const USER = '2671355';
export const INBOX: TodoList = { id: 'list-1', name: 'Tasks', isDefault: true, shared: 'no' };

export const POLICY: SyncPolicy = {
  pair: 'home',
  completion: 'both',
  onDeleted: 'complete',
  onOutOfScope: 'remove',
  adopt: false,
};

export const GUARDS = { percent: 10, atLeast: 5, never: 100, empty: true, allowed: null, removed: 0 };

/** What the pair wrote when it last made the copy of `task` right. */
export function markerOf(task: SourceTask, changes: Partial<Marker> = {}): Marker {
  const fields = fieldsOf(task);
  return {
    source: task.id,
    pair: POLICY.pair,
    user: USER,
    version: MAPPING_VERSION,
    hash: hashFields(fields),
    day: fields.day,
    occurrence: occurrenceOf(task),
    turn: 0,
    settled: -1,
    list: 'default',
    overruled: null,
    ...changes,
  };
}

/** An open copy that shows `task` as it is. */
export function copyOf(task: SourceTask, changes: Partial<Copy> = {}): Copy {
  return {
    id: `copy of ${task.id}`,
    listId: INBOX.id,
    etag: 'W/"1"',
    source: task.id,
    fields: fieldsOf(task),
    completed: false,
    marker: markerOf(task),
    linked: true,
    extras: false,
    repeats: false,
    createdAt: '2026-11-01T00:00:00Z',
    ...changes,
  };
}

export function strangerOf(task: SourceTask, changes: Partial<Stranger> = {}): Stranger {
  const { title, day } = fieldsOf(task);
  const id = `stranger like ${task.id}`;
  return { id, listId: INBOX.id, title, day, createdAt: '2026-10-01T00:00:00Z', hasLink: false, ...changes };
}

export const numbered = (count: number, prefix = 'task'): readonly SourceTask[] =>
  Array.from({ length: count }, (_, at) => sourceTask({ id: `${prefix}-${at}`, content: `Do ${prefix} ${at}` }));

export interface Situation {
  /** Active and in scope. */
  readonly tasks?: readonly SourceTask[];
  /** Active and out of scope. */
  readonly others?: readonly SourceTask[];
  readonly unreadable?: Source['unreadable'];
  readonly copies?: readonly Copy[];
  readonly strangers?: readonly Stranger[];
  /** Of other pairs. */
  readonly otherCopies?: readonly OtherCopy[];
  readonly todoLists?: readonly TodoList[];
  /** What became of tasks that are not in scope any more, by id. */
  readonly fates?: Readonly<Record<string, Fate>>;
  readonly policy?: Partial<SyncPolicy>;
  readonly lists?: PlanInput['lists'];
  readonly guards?: Partial<PlanInput['guards']>;
  readonly leftAside?: readonly string[];
  readonly userId?: string;
  readonly now?: number;
}

export function planOf(situation: Situation): SyncPlan {
  const { tasks = [], others = [], copies = [], strangers = [], todoLists = [INBOX] } = situation;
  const { otherCopies = [] } = situation;
  return planSync({
    source: {
      userId: situation.userId ?? USER,
      timeZone: BERLIN.name,
      tasks,
      active: new Map([...tasks, ...others].map(({ id, parentId }) => [id, { parentId }])),
      unreadable: situation.unreadable ?? [],
    },
    destination: { lists: todoLists, copies, strangers, others: otherCopies },
    fates: new Map(Object.entries(situation.fates ?? {})),
    policy: { ...POLICY, ...situation.policy },
    lists: situation.lists ?? { kind: 'default' },
    fields: OPTIONS,
    guards: { ...GUARDS, ...situation.guards },
    zone: BERLIN,
    leftAside: new Set(situation.leftAside),
    now: situation.now ?? NOW,
  });
}

/** The plan in a form that a table can name: `close`, `aside: why`. */
export function shortly({ actions, setAside }: SyncPlan): readonly string[] {
  return [...actions.map(({ kind }) => kind), ...setAside.map(({ reason }) => `aside: ${reason}`)];
}
