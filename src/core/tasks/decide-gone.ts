/**
 * What to do about a copy whose task is no longer active and in scope. Completed copies are history, and are never removed.
 *
 * - S3 Nothing here closes a task in Todoist. A completion of ours is marked as ours.
 */
import { isSettled, type Copy, type Fate, type Marker } from './model.ts';
import { leave, NOTHING, settledMarker, todo, type Action, type Decided, type SyncPolicy } from './plan.ts';

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
      return context.policy.onOutOfScope === 'remove' ? removed(copies) : NOTHING;
    case 'unknown':
      return leave(first.source, 'Todoist did not tell what became of it');
  }
}

function deleted(copies: readonly Copy[], context: GoneContext): Decided {
  switch (context.policy.onDeleted) {
    case 'complete':
      return settled(copies, context, true);
    case 'delete':
      return removed(copies);
    case 'keep':
      return NOTHING;
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

function removed(copies: readonly Copy[]): Decided {
  const open = copies.filter(({ completed }) => !completed);
  return todo(...open.map((copy) => ({ kind: 'remove' as const, source: copy.source, copy, removal: true })));
}
