/**
 * What to do about a task that is active and in scope.
 *
 * - S1 It has one open copy afterwards.
 * - S2 Where that is so already, nothing is done.
 * - S3 It is closed in Todoist only where its marker proves that a person completed the copy of this very occurrence. Where a marker is
 *   not shown nothing is proven: such a completion is neither taken back nor taken over.
 */
import { chooseCopy } from './choose-copy.ts';
import { differs } from './differs.ts';
import { hashFields, sameButReminder } from './hash-fields.ts';
import { MAPPING_VERSION } from './map-task.ts';
import { isSettled, type Copy, type Marker, type Stranger } from './model.ts';
import {
  leave,
  NOTHING,
  settledMarker,
  todo,
  together,
  travels,
  type Decided,
  type SyncPolicy,
  type WantedTask,
} from './plan.ts';

export interface OpenContext {
  readonly policy: SyncPolicy;
  /** Id of the Todoist account. */
  readonly user: string;
  readonly now: number;
  /** Unmarked tasks to take over where there is no copy, by id in Todoist. */
  readonly adoptable: ReadonlyMap<string, Stranger>;
}

/** @param copies Everything in To Do that stands for the task, completed ones included. */
export function decideOpen(wanted: WantedTask, copies: readonly Copy[], context: OpenContext): Decided {
  const copy = chooseCopy(copies, wanted.list.id);
  if (copy === null) return decideMissing(wanted, context);
  if (isUntold(wanted, copies, context.policy)) return leave(wanted.task.id, UNTOLD);
  const done = doneCopy(wanted, copies, context.policy);
  if (done !== null && !copy.completed) return decideCompleted(wanted, done, context);
  const extras = copies.filter((one) => one !== copy).map((extra) => decideExtra(extra, { wanted, copy, context }));
  const main = copy.completed ? decideCompleted(wanted, copy, context) : decideStanding(wanted, copy, context);
  return together([main, ...extras]);
}

type Awaited = Pick<WantedTask, 'list' | 'occurrence'>;

/** Whether a person completed the copy of this very occurrence, so that the task is to be closed as soon as nothing below it is open. */
export const isDone = (wanted: Awaited, copies: readonly Copy[], policy: SyncPolicy): boolean =>
  doneCopy(wanted, copies, policy) !== null;

/**
 * The copy that a person completed: the one that stands for the task, or the one that it was just moved from. Of other twins one may have
 * been completed only to be rid of it.
 */
function doneCopy({ list, occurrence }: Awaited, copies: readonly Copy[], policy: SyncPolicy): Copy | null {
  const proves = ({ completed, marker }: Copy): boolean =>
    completed && marker !== null && travels(marker, policy) && marker.occurrence === occurrence;
  const copy = chooseCopy(copies, list.id);
  if (copy === null || proves(copy)) return copy;
  if (copy.completed || copy.marker === null) return null;
  const { list: now } = copy.marker;
  return copies.find((one) => proves(one) && one.marker?.list !== now) ?? null;
}

const UNTOLD =
  'completed in To Do, and its marker is not shown, so that nobody knows whose completion that is: open it there again, or complete it in Todoist';

/** Whether there are completed copies only, one of them does not show whose completion that is, and no other one proves a person's. */
function isUntold(wanted: WantedTask, copies: readonly Copy[], policy: SyncPolicy): boolean {
  if (policy.completion !== 'both' || copies.some(({ completed }) => !completed)) return false;
  return copies.some(({ marker }) => marker === null) && !isDone(wanted, copies, policy);
}

function decideMissing(wanted: WantedTask, context: OpenContext): Decided {
  const { task, list, fields } = wanted;
  const source = task.id;
  const stranger = context.adoptable.get(source);
  // The hash stays empty: what is there is compared once it is marked.
  if (stranger !== undefined)
    return todo({ kind: 'adopt', source, stranger, marker: { ...freshMarker(wanted, context), hash: '' } });
  return todo({ kind: 'create', source, list, fields, marker: freshMarker(wanted, context) });
}

/** An open copy: it shows the task, or it is updated; a copy that was moved by hand stays where it was put. */
function decideStanding(wanted: WantedTask, copy: Copy, context: OpenContext): Decided {
  const source = wanted.task.id;
  const moved = copy.marker !== null && copy.marker.list !== wanted.list.key && copy.listId !== wanted.list.id;
  if (moved && copy.extras)
    return leave(
      source,
      'its list changed, and the copy has steps or attachments that a move would lose: move it by hand',
    );
  const marker = writtenMarker(wanted, copy, context);
  if (moved) return todo({ kind: 'move', source, list: wanted.list, fields: wanted.fields, marker });

  if (mustUpdate(wanted, copy, context)) {
    if (copy.repeats)
      return leave(source, 'the copy was made to repeat in To Do: switch that off there, Todoist repeats it');
    const overruled = changedThere(wanted, copy, context);
    const update = { kind: 'update' as const, source, copy, fields: wanted.fields };
    const brake = overruled ? hashFields(copy.fields) : null;
    return { ...todo({ ...update, marker: { ...marker, overruled: brake } }), overruled };
  }
  return decideMarks(wanted, copy, context);
}

function mustUpdate(wanted: WantedTask, { fields, marker }: Copy, { now }: OpenContext): boolean {
  if (!differs(fields, wanted.fields, now)) return false;
  const unchanged = marker !== null && marker.hash === wanted.hash;
  // The same was overwritten before, and is back: the service words it so, nobody edits it.
  return !(unchanged && marker.overruled === hashFields(fields));
}

/** Whether somebody edited the copy since it was written. */
function changedThere(wanted: WantedTask, { fields, marker }: Copy, { now }: OpenContext): boolean {
  if (marker === null || marker.hash === '' || marker.version !== MAPPING_VERSION) return false;
  if (marker.hash === wanted.hash) return differs(fields, wanted.fields, now);
  return !sameButReminder(hashFields(fields), marker.hash);
}

/** Marker and link, where the fields are right. */
function decideMarks(wanted: WantedTask, copy: Copy, context: OpenContext): Decided {
  const marker = writtenMarker(wanted, copy, context);
  const link = !copy.linked;
  const stale = copy.marker === null || !sameMark(copy.marker, marker);
  if (!stale && !link) return NOTHING;
  // A completion of ours may be on its way: only a write that one of the two must lose may say that the copy is open (S3).
  if (copy.marker !== null && isSettled(copy.marker) && !copy.repeats)
    return todo({ kind: 'reopen', source: wanted.task.id, copy, fields: wanted.fields, marker });
  return todo({ kind: 'repair', source: wanted.task.id, copy, marker: stale ? marker : null, link });
}

function sameMark(a: Marker, b: Marker): boolean {
  const keys = ['turn', 'hash', 'version', 'day', 'occurrence', 'list', 'user'] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** A completed copy of a task that is open: a person did it, or the task was opened again. */
function decideCompleted(wanted: WantedTask, copy: Copy, context: OpenContext): Decided {
  const { task, occurrence, openChildren } = wanted;
  const source = task.id;
  const { marker } = copy;
  if (marker === null || !travels(marker, context.policy)) return opened(wanted, copy, context);
  // Rescheduled, or already closed for this occurrence: both sides changed, and Todoist wins.
  if (marker.occurrence !== occurrence) return opened(wanted, copy, context);
  if (openChildren > 0)
    return leave(
      source,
      `completed in To Do, and has ${openChildren} open sub-tasks in Todoist, which closing it would close`,
    );
  return todo({ kind: 'close', source, copy, marker: settledMarker(marker) });
}

/** What a person did there, completing or editing, is overruled by it. */
function opened(wanted: WantedTask, copy: Copy, context: OpenContext): Decided {
  const { marker } = copy;
  const written = writtenMarker(wanted, copy, context);
  const again = marker === null ? written : { ...written, turn: Math.max(marker.turn, marker.settled) + 1 };
  const reopen = { kind: 'reopen' as const, source: wanted.task.id, copy, fields: wanted.fields, marker: again };
  const completed = marker !== null && !isSettled(marker);
  const edited = mustUpdate(wanted, copy, context) && changedThere(wanted, copy, context);
  return { ...todo(reopen), overruled: completed || edited };
}

interface Beside {
  readonly wanted: WantedTask;
  /** The one that stands for the task. */
  readonly copy: Copy;
  readonly context: OpenContext;
}

/** A second copy goes only where nothing is lost with it: no edit, no step, no attachment (facts F4). A completed one is history. */
function decideExtra(extra: Copy, { wanted, copy, context }: Beside): Decided {
  const source = wanted.task.id;
  if (extra.completed) {
    if (extra.marker === null || isSettled(extra.marker)) return NOTHING;
    const repair = { kind: 'repair', source, copy: extra, marker: settledMarker(extra.marker), link: false } as const;
    return { ...todo(repair), overruled: !copy.completed };
  }
  const asWritten = extra.marker !== null && sameButReminder(hashFields(extra.fields), extra.marker.hash);
  const asWanted = !differs(extra.fields, wanted.fields, context.now);
  if (!extra.extras && !extra.repeats && (asWritten || asWanted))
    return todo({ kind: 'remove', source, copy: extra, removal: false });
  return leave(source, 'there are two copies in To Do, and the second one was edited: delete one of them by hand');
}

function freshMarker({ task, hash, fields, occurrence, list }: WantedTask, { policy, user }: OpenContext): Marker {
  return {
    source: task.id,
    pair: policy.pair,
    user,
    version: MAPPING_VERSION,
    hash,
    day: fields.day,
    occurrence,
    turn: 0,
    settled: -1,
    list: list.key,
    overruled: null,
  };
}

function writtenMarker(wanted: WantedTask, { marker }: Copy, context: OpenContext): Marker {
  const fresh = freshMarker(wanted, context);
  if (marker === null) return fresh;
  const { settled, overruled } = marker;
  return { ...fresh, turn: Math.max(marker.turn, settled + 1), settled, overruled };
}
