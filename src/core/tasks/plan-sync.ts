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
  type Copy,
  type Destination,
  type Fate,
  type SetAside,
  type Source,
  type SourceTask,
  type Stranger,
  type Zone,
} from './model.ts';
import { occurrenceOf } from './occurrence.ts';
import { openChildren } from './open-children.ts';
import { NOTHING, leave, type Action, type Decided, type SyncPolicy, type WantedTask } from './plan.ts';
import { titleKey } from './title-key.ts';
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

export function planSync(input: PlanInput): SyncPlan {
  const { source, destination, policy, leftAside } = input;
  const copiesOf = groupBySource(destination.copies);
  const similar = similarTasks(destination.strangers);
  const context = { policy, user: source.userId, now: input.now, similar };
  const wanted = wantedTasks(input, copiesOf);

  let alike = 0;
  const decided: Decided[] = wanted.map((one) => {
    if (one.kind === 'unmappable') return leave(one.id, one.reason);
    const copies = copiesOf.get(one.wanted.task.id) ?? [];
    if (leftAside.has(one.wanted.task.id)) return NOTHING;
    if (copies.length === 0 && !policy.adopt && similar(one.wanted) !== null) alike += 1;
    return decideOpen(one.wanted, copies, context);
  });
  for (const id of goneSources(source, destination.copies)) {
    if (leftAside.has(id)) continue;
    decided.push(decideGone(fateOf(id, input), copiesOf.get(id) ?? [], context));
  }

  const actions = inOrder(decided.flatMap((one) => one.actions));
  const guarded = { pair: policy.pair, source, copies: destination.copies, actions };
  return {
    actions,
    setAside: [...source.unreadable, ...decided.flatMap((one) => one.setAside)].filter(({ id }) => !leftAside.has(id)),
    stop: guard(guarded, input.guards),
    overruled: decided.flatMap(({ overruled, actions: [first] }) =>
      overruled && first !== undefined ? [first.source] : [],
    ),
    similar: alike,
  };
}

/** While a task without an id is among the active ones, one that seems to have left the scope may be just that. */
function fateOf(id: string, { source, fates }: PlanInput): Fate {
  const fate = fates.get(id) ?? 'unknown';
  const nameless = source.unreadable.some((task) => task.id === NAMELESS);
  return fate === 'out-of-scope' && nameless ? 'unknown' : fate;
}

const NAMELESS = '?';

type Wanted =
  | { readonly kind: 'wanted'; readonly wanted: WantedTask }
  | { readonly kind: 'unmappable'; readonly id: string; readonly reason: string };

type CopiesOf = ReadonlyMap<string, readonly Copy[]>;

function wantedTasks(input: PlanInput, copiesOf: CopiesOf): readonly Wanted[] {
  const { source, leftAside, policy } = input;
  const mapped = mappedTasks(input);
  const done = mapped.flatMap((one) => {
    if (one.kind === 'unmappable' || leftAside.has(one.wanted.task.id)) return [];
    const { id } = one.wanted.task;
    return isDone(one.wanted, copiesOf.get(id) ?? [], policy) ? [id] : [];
  });
  const open = openChildren(source.active, new Set(done));
  return mapped.map((one): Wanted => {
    if (one.kind === 'unmappable') return one;
    return { kind: 'wanted', wanted: { ...one.wanted, openChildren: open.get(one.wanted.task.id) ?? 0 } };
  });
}

type MappedTask =
  Exclude<Wanted, { kind: 'wanted' }> | { readonly kind: 'mapped'; readonly wanted: Omit<WantedTask, 'openChildren'> };

function mappedTasks({ source, destination, lists, fields, zone }: PlanInput): readonly MappedTask[] {
  const listOf = wantedLists(lists, destination.lists);
  return source.tasks.map((task: SourceTask): MappedTask => {
    const mapped = mapTask(task, fields, zone);
    if (mapped.kind === 'unmappable') return { kind: 'unmappable', id: task.id, reason: mapped.reason };
    const wanted = {
      task,
      fields: mapped.fields,
      hash: hashFields(mapped.fields),
      occurrence: occurrenceOf(task),
      list: listOf(task.project),
    };
    return { kind: 'mapped', wanted };
  });
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

/** Finds an unmarked task for a wanted one, each for one task only; one that has a link already cannot be marked. */
function similarTasks(strangers: readonly Stranger[]): (wanted: WantedTask) => Stranger | null {
  const free = new Map<string, Stranger[]>();
  const oldestFirst = [...strangers].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  for (const stranger of oldestFirst) {
    if (stranger.hasLink) continue;
    const key = likeness(stranger.title, stranger.day);
    free.set(key, [...(free.get(key) ?? []), stranger]);
  }
  return ({ task, fields }) => {
    const [full, bare] = [likeness(fields.title, fields.day), likeness(task.content, fields.day)];
    return free.get(full)?.shift() ?? free.get(bare)?.shift() ?? null;
  };
}

const likeness = (title: string, day: string | null): string => `${day ?? ''} ${titleKey(title)}`;

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
