/**
 * What to do about a copy whose task is no longer active and in scope. Completed copies are history, and are never removed.
 *
 * - S3 Nothing here closes a task in Todoist. A completion of ours is marked as ours.
 * - S5 A completion in To Do of a task that left the scope is named. Steps and attachments that a person added to a copy go with no removal: it stays, and is named.
 */
import { assertNever } from '../assert-never.ts';
import { isSettled, type Copy, type Fate, type Marker } from './model.ts';
import {
  leave,
  NOTHING,
  settledMarker,
  todo,
  together,
  travels,
  type Action,
  type Decided,
  type SyncPolicy,
} from './plan.ts';

export interface GoneContext {
  readonly policy: SyncPolicy;
  /** Id of the Todoist account. */
  readonly user: string;
}

/** @param copies Everything in To Do that stood for the task, completed ones included. */
export function decideGone(fate: Fate, copies: readonly Copy[], context: GoneContext): Decided {
  const [first] = copies;
  if (first === undefined) return NOTHING;
  switch (fate) {
    case 'completed':
      return settled(copies, context, false);
    case 'deleted':
      return deleted(copies, context);
    case 'out-of-scope':
      return outOfScope(copies, context);
    case 'unknown':
      return leave(first.source, 'Todoist did not tell what became of it');
    default:
      return assertNever(fate);
  }
}

/** A completion that has not travelled yet never will: the task might come back much later, and would be closed then. */
function outOfScope(copies: readonly Copy[], context: GoneContext): Decided {
  const left = context.policy.onOutOfScope === 'remove' ? removed(copies, 'it left the scope') : NOTHING;
  const late = copies.filter(
    ({ completed, marker }) => completed && marker !== null && travels(marker, context.policy),
  );
  const marked = todo(...late.flatMap((copy) => settle(copy, context, false)));
  return together([left, { ...marked, overruled: late.length > 0 }]);
}

function deleted(copies: readonly Copy[], context: GoneContext): Decided {
  const { onDeleted } = context.policy;
  switch (onDeleted) {
    case 'complete':
      return settled(copies, context, true);
    case 'delete':
      return removed(copies, 'it was deleted in Todoist');
    case 'keep':
      return NOTHING;
    default:
      return assertNever(onDeleted);
  }
}

/** Every copy completed, and marked so: a mark that still says open would close the task, should it ever be opened again. */
function settled(copies: readonly Copy[], context: GoneContext, removal: boolean): Decided {
  return todo(...copies.flatMap((copy) => settle(copy, context, removal)));
}

function settle(copy: Copy, context: GoneContext, removal: boolean): readonly Action[] {
  const { source, completed } = copy;
  const marker = settledMarker(copy.marker ?? unknownMarker(copy, context));
  if (!completed) return [{ kind: 'complete', source, copy, marker, removal }];
  const known = copy.marker === null || isSettled(copy.marker);
  return known ? [] : [{ kind: 'repair', source, copy, marker, link: false }];
}

/** Of a copy that has lost it: nothing is known of what was written. */
function unknownMarker({ source, fields: { day } }: Copy, { policy: { pair }, user }: GoneContext): Marker {
  const nothing = { version: 0, hash: '', occurrence: null, turn: 0, list: '', overruled: null, settled: -1 } as const;
  return { ...nothing, source, pair, user, day };
}

/** @param why What became of the task. */
function removed(copies: readonly Copy[], why: string): Decided {
  const open = copies.filter(({ completed }) => !completed);
  const kept = open.find(({ extras }) => extras);
  const { setAside } = kept === undefined ? NOTHING : leave(kept.source, `${why}, ${KEPT}`);
  const bare = open.filter(({ extras }) => !extras);
  return {
    ...todo(...bare.map((copy) => ({ kind: 'remove' as const, source: copy.source, copy, removal: true }))),
    setAside,
  };
}

const KEPT = 'and its copy has steps or attachments that a removal would lose: complete or delete the copy by hand';
