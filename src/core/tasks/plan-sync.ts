/**
 * The plan of a sync: a pure function of two snapshots, so that it can be printed, bounded and refused, and so that a run that is
 * repeated, overlaps or was killed goes on from what stands there.
 *
 * - S1 to S3 are decided in decide-open.ts and decide-gone.ts, S4 in guard.ts.
 * - S5 What cannot be done is named, and the rest goes on.
 */
import { decideGone } from './decide-gone.ts';
import { decideOpen, isDone } from './decide-open.ts';
import { guard, type Guards, type Stop } from './guard.ts';
import { hashFields } from './hash-fields.ts';
import { mapTask, type MapOptions } from './map-task.ts';
import {
  isSettled,
  NAMELESS,
  type Copy,
  type Destination,
  type Fate,
  type SetAside,
  type Source,
  type Stranger,
  type Zone,
} from './model.ts';
import { occurrenceOf } from './occurrence.ts';
import { openChildren } from './open-children.ts';
import type { Action, Decided, SyncPolicy, WantedTask } from './plan.ts';
import { similarTasks } from './similar-tasks.ts';
import { wantedLists, type ListPolicy } from './wanted-list.ts';

export interface PlanInput {
  readonly source: Source;
  readonly destination: Destination;
  /** Of the tasks of `goneSources`. */
  readonly fates: ReadonlyMap<string, Fate>;
  readonly policy: SyncPolicy;
  readonly lists: ListPolicy;
  readonly fields: MapOptions;
  readonly guards: Guards;
  readonly zone: Zone;
  /** Set aside earlier in this run, by id: left alone. */
  readonly leftAside: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface SyncPlan {
  /** In the order in which they are applied: removals last. */
  readonly actions: readonly Action[];
  readonly setAside: readonly SetAside[];
  /** Ids among these whose fate nobody told: another look may. */
  readonly untold: readonly string[];
  /** Why nothing may be applied; null where all may. */
  readonly stop: Stop | null;
  /** Ids of tasks whose both sides had changed. */
  readonly overruled: readonly string[];
  /** Tasks without a copy for which an unmarked task with the same title and day stands in To Do. */
  readonly similar: number;
}

/**
 * Tasks that have a copy and are not in scope any more: what became of them has to be asked. Not of those whose completion is known on
 * both sides: they are history, and would be asked for at every run, for ever.
 */
export function goneSources({ tasks, unreadable }: Source, copies: readonly Copy[]): readonly string[] {
  const known = new Set([...tasks, ...unreadable].map(({ id }) => id));
  const pending = copies.filter(({ completed, marker }) => !completed || (marker !== null && !isSettled(marker)));
  return [...new Set(pending.map(({ source }) => source))].filter((id) => !known.has(id));
}

/** Everything that is to be done, in order, and what keeps it from being done. Never throws: what cannot be planned is set aside (S5). */
export function planSync(input: PlanInput): SyncPlan {
  const { source, destination, policy, leftAside } = input;
  const copiesOf = groupBySource(destination.copies);
  const { wanted, unmappable } = wantedTasks(input, copiesOf);
  const similar = similarTasks(
    wanted.filter(({ task }) => !copiesOf.has(task.id)),
    destination.strangers,
  );
  const context = { policy, user: source.userId, now: input.now, adoptable: policy.adopt ? similar : NONE };
  const gone = goneSources(source, destination.copies)
    .filter((id) => !leftAside.has(id))
    .map((id) => ({ id, fate: fateOf(id, input) }));
  const decided: readonly Decided[] = [
    ...wanted.map((one) => decideOpen(one, copiesOf.get(one.task.id) ?? [], context)),
    ...gone.map(({ id, fate }) => decideGone(fate, copiesOf.get(id) ?? [], context)),
  ];
  const actions = inOrder(decided.flatMap((one) => one.actions));
  const unreadable = source.unreadable.filter(({ id }) => !leftAside.has(id));
  return {
    actions,
    setAside: [...unreadable, ...unmappable, ...decided.flatMap((one) => one.setAside)],
    untold: gone.flatMap(({ id, fate }) => (fate === 'unknown' ? [id] : [])),
    stop: guard({ pair: policy.pair, source, ...destination, actions }, input.guards),
    overruled: decided.flatMap(overruledId),
    similar: policy.adopt ? 0 : similar.size,
  };
}

const NONE: ReadonlyMap<string, Stranger> = new Map<string, Stranger>();

const overruledId = ({ overruled, actions: [first] }: Decided): readonly string[] =>
  overruled && first !== undefined ? [first.source] : [];

/** While a task without an id is among the active ones, one that seems to have left the scope may be just that. */
function fateOf(id: string, { source, fates }: PlanInput): Fate {
  const fate = fates.get(id) ?? 'unknown';
  const nameless = source.unreadable.some((task) => task.id === NAMELESS);
  return fate === 'out-of-scope' && nameless ? 'unknown' : fate;
}

type CopiesOf = ReadonlyMap<string, readonly Copy[]>;

interface WantedTasks<T> {
  readonly wanted: readonly T[];
  readonly unmappable: readonly SetAside[];
}

function wantedTasks(input: PlanInput, copiesOf: CopiesOf): WantedTasks<WantedTask> {
  const { wanted, unmappable } = mappedTasks(input);
  const done = wanted.filter((one) => isDone(one, copiesOf.get(one.task.id) ?? [], input.policy));
  const open = openChildren(input.source.active, new Set(done.map(({ task }) => task.id)));
  return { wanted: wanted.map((one) => ({ ...one, openChildren: open.get(one.task.id) ?? 0 })), unmappable };
}

type MappedTask = Omit<WantedTask, 'openChildren'>;

function mappedTasks({ source, destination, lists, fields, zone, leftAside }: PlanInput): WantedTasks<MappedTask> {
  const listOf = wantedLists(lists, destination.lists);
  const wanted: MappedTask[] = [];
  const unmappable: SetAside[] = [];
  for (const task of source.tasks) {
    if (leftAside.has(task.id)) continue;
    const mapped = mapTask(task, fields, zone);
    if (mapped.kind === 'unmappable') unmappable.push({ id: task.id, reason: mapped.reason });
    else {
      const hash = hashFields(mapped.fields);
      const [occurrence, list] = [occurrenceOf(task), listOf(task.project)];
      wanted.push({ task, fields: mapped.fields, hash, occurrence, list });
    }
  }
  return { wanted, unmappable };
}

function groupBySource(copies: readonly Copy[]): CopiesOf {
  const groups = new Map<string, Copy[]>();
  for (const copy of copies) {
    const group = groups.get(copy.source);
    if (group === undefined) groups.set(copy.source, [copy]);
    else group.push(copy);
  }
  return groups;
}

const ORDER: Readonly<Record<Action['kind'], number>> = {
  repair: 0,
  complete: 1,
  close: 1,
  reopen: 2,
  update: 3,
  adopt: 4,
  create: 4,
  move: 4,
  remove: 5,
};

/** Removals last: what replaces a copy stands before it goes. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  return [...actions].sort((a, b) => ORDER[a.kind] - ORDER[b.kind]);
}
