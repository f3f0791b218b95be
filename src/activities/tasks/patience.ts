/**
 * What must be waited for before it is done (again): S1 under an unknown outcome, under a service whose reads lag behind its writes, and
 * after an attempt that died.
 *
 * Microsoft Graph has no key by which a second creation would be refused, so that not to have found a task is no proof until some time has
 * passed; nor is a look that has shown it once, for the next one may be answered by a replica that is behind. Everything else is safe to
 * repeat: it is refused where the task is another by now.
 */
import type { Action } from '../../core/tasks/plan.ts';

export interface Patience {
  /** Splits planned actions into those that may be done now and those that wait for a look to show what was sent. */
  split(
    actions: readonly Action[],
    now: number,
  ): { readonly ready: readonly Action[]; readonly held: readonly Action[] };
  /** Notes that an action is being sent. */
  sent(action: Action, now: number): void;
  /** Notes that it was obeyed. */
  done(action: Action, now: number): void;
  /** Notes that it certainly was not obeyed. */
  notDone(action: Action): void;
  /** Notes that it was refused because its copy is another by now: a look has to show that first. */
  refused(action: Action, now: number): void;
  /** Creations that may not show yet: by id in Todoist, with the time of their sending. */
  creations(now: number): Readonly<Record<string, number>>;
}

export interface PatienceOptions {
  readonly settleMs: number;
  /** Of this run so far, as `creations` gave them. */
  readonly creations: Readonly<Record<string, number>>;
  /** Of earlier runs, which the next run hears of from them. */
  readonly earlier: Readonly<Record<string, number>>;
  /** Nothing is created before: an attempt or a run that was cut off may have sent what nobody knows of. */
  readonly quietUntil: number;
}

/** Patience of one attempt: only `creations` and `quietUntil` travel to the next one. */
export function startPatience({ settleMs, creations: before, earlier, quietUntil }: PatienceOptions): Patience {
  const creations = new Map(Object.entries(before));
  /** By id of the copy: the etag that it had, and when that was acted upon. */
  const writes = new Map<string, { readonly etag: string; readonly at: number }>();
  /** By id in Todoist: which occurrence was closed there, and when. */
  const closed = new Map<string, { readonly occurrence: string | null; readonly at: number }>();

  const sentAt = (source: string): number => Math.max(creations.get(source) ?? -settleMs, earlier[source] ?? -settleMs);
  const waits = (action: Action, now: number): boolean => {
    if (isCreation(action)) return now < quietUntil || now < sentAt(action.source) + settleMs;
    if (action.kind === 'reopen') {
      const last = closed.get(action.source);
      if (last?.occurrence === action.marker.occurrence && now < last.at + settleMs) return true; // Todoist does not show it yet
    }
    const before = writes.get(action.copy.id);
    return before?.etag === action.copy.etag && now < before.at + settleMs;
  };
  return {
    split: (actions, now) => ({
      ready: actions.filter((action) => !waits(action, now)),
      held: actions.filter((action) => waits(action, now)),
    }),
    sent: (action, now) => {
      if (isCreation(action)) creations.set(action.source, now);
    },
    done: (action, now) => {
      if (isCreation(action)) creations.set(action.source, now);
      else writes.set(action.copy.id, { etag: action.copy.etag, at: now });
      if (action.kind === 'close') closed.set(action.source, { occurrence: action.marker.occurrence, at: now });
    },
    notDone: (action) => {
      if (isCreation(action)) creations.delete(action.source);
    },
    refused: (action, now) => {
      if (!isCreation(action)) writes.set(action.copy.id, { etag: action.copy.etag, at: now });
    },
    creations: (now) => Object.fromEntries([...creations].filter(([, at]) => now < at + settleMs)),
  };
}

type Creation = Extract<Action, { kind: 'create' | 'move' | 'adopt' }>;

/** What gives a task a copy: doing it twice would give it two. */
function isCreation(action: Action): action is Creation {
  return action.kind === 'create' || action.kind === 'move' || action.kind === 'adopt';
}
