import type { PlannedAction, SyncPlanView } from '../../contracts/sync-activities.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { Action } from '../../core/tasks/plan.ts';
import type { Look } from './look.ts';
import { syncView } from './sync-view.ts';

/** Actions that a person can look through; the counts are of all. */
const MOST = 1_000;

/** A plan without any text of a task (A1): kinds, ids and why. */
export function planView(seen: Look): SyncPlanView {
  const { actions, setAside, stop } = seen.plan;
  return {
    ...syncView(seen),
    actions: actions.slice(0, MOST).map(planned),
    setAside: setAside.slice(0, MOST),
    setAsideCount: setAside.length,
    stop: stop === null ? null : { sentence: stop.sentence, next: stop.next },
  };
}

function planned(action: Action): PlannedAction {
  return { kind: action.kind, id: action.source, why: whyOf(action) };
}

function whyOf(action: Action): string {
  switch (action.kind) {
    case 'create':
      return 'it has no copy';
    case 'move':
      return 'it belongs in another list now';
    case 'update':
      return action.copy.marker?.hash === action.marker.hash ? 'the copy was edited in To Do' : 'it changed in Todoist';
    case 'complete':
      return action.removal ? 'it was deleted in Todoist' : 'it was completed in Todoist';
    case 'close':
      return 'its copy was completed in To Do';
    case 'reopen':
      return 'it is open in Todoist';
    case 'remove':
      return action.removal ? 'it left the scope, or was deleted in Todoist' : 'it is a second copy';
    case 'adopt':
      return 'an unmarked task has its title and day';
    case 'repair':
      return action.link ? 'the link is missing' : 'the marker is not as it should be';
    default:
      return assertNever(action);
  }
}
