/** S4: what stops a run before it writes anything. Numbers and the flag that would allow it are in the sentence. */
import type { Copy, OtherCopy, Source } from './model.ts';
import type { Action } from './plan.ts';

export interface Guards {
  /** More removals than this share of the open copies, in percent, ... */
  readonly percent: number;
  /** ... that are also more than so many; */
  readonly atLeast: number;
  /** and more than so many in any case. */
  readonly never: number;
  /** Whether an empty source stops the run, should anything be removed. */
  readonly empty: boolean;
  /** Lets so many removals pass; null: what the other numbers say. */
  readonly allowed: number | null;
  /** Removals of this run so far: a source that shrinks bit by bit is as suspicious as one that shrinks at once. */
  readonly removed: number;
}

export interface Stop {
  readonly kind: 'wrong-account' | 'markers-lost' | 'other-pair' | 'empty-source' | 'too-many-removals';
  readonly sentence: string;
  readonly next: string;
}

export interface Guarded {
  readonly pair: string;
  readonly source: Source;
  readonly copies: readonly Copy[];
  /** Copies of other pairs. */
  readonly others: readonly OtherCopy[];
  readonly actions: readonly Action[];
}

/** The first reason to stop, or null. */
export function guard(run: Guarded, guards: Guards): Stop | null {
  return wrongAccount(run) ?? markersLost(run) ?? otherPair(run) ?? removals(run, guards);
}

function wrongAccount({ source, copies }: Guarded): Stop | null {
  const others = copies.filter(({ marker }) => marker !== null && marker.user !== source.userId).length;
  if (others === 0) return null;
  return {
    kind: 'wrong-account',
    sentence: `${others} of ${copies.length} copies in To Do were written from another Todoist account than the one whose token is used now.`,
    next: 'Check the secret of the pair. If another Todoist account is meant, declare a pair with another name for it; the old copies stay in To Do, marked with the old name, until the old pair removes them. If they are of somebody who shares a list of yours, and whose pair has the same name, that pair needs another name.',
  };
}

const FEW = 5;
const isMany = (some: number, all: number): boolean => some > FEW && some * 10 > all;

/**
 * Marks that are missing one by one are written again; many at once, or all of several, mean that they cannot be read, and nothing must
 * follow from that. A single copy without one is no sign of it.
 */
function markersLost({ copies }: Guarded): Stop | null {
  const lost = copies.filter(({ marker }) => marker === null).length;
  const all = lost > 1 && lost === copies.length;
  if (!all && !isMany(lost, copies.length)) return null;
  return {
    kind: 'markers-lost',
    sentence: `${lost} of ${copies.length} copies in To Do show no extension, in which their state is kept.`,
    next: 'Run it again later; if it stays so, report it: Microsoft Graph may have changed what it answers.',
  };
}

/**
 * A pair under another name finds none of its copies, and would make every one again (S1). By the share of the tasks in scope, which does
 * not change while a run makes copies; a pair that has any copy is past its beginning, and may share a few tasks with another one.
 */
function otherPair({ pair, source, copies, others, actions }: Guarded): Stop | null {
  const created = new Set(actions.filter(({ kind }) => kind === 'create').map((action) => action.source));
  const twins = others.filter((other) => other.user === source.userId && created.has(other.source));
  const count = new Set(twins.map((twin) => twin.source)).size;
  const first = copies.length === 0 && count * 10 > source.tasks.length;
  if (!first && !isMany(count, source.tasks.length)) return null;
  const names = [...new Set(twins.map((twin) => twin.pair))].sort();
  return {
    kind: 'other-pair',
    sentence: `${count} of ${source.tasks.length} tasks in scope have an open copy in this To Do account already, made by ${names.slice(0, 3).join(', ')}, and ${pair} would make a second one.`,
    next: 'If the pair was renamed, give it its old name back, or let the old pair remove its copies first (docs/how-a-sync-works.md, "Another name for a pair"); if both are meant, narrow the scope of one.',
  };
}

function removals({ pair, source, copies, actions }: Guarded, guards: Guards): Stop | null {
  const planned = actions.filter((action) => 'removal' in action && action.removal).length;
  const count = guards.removed + planned;
  if (planned === 0 || (guards.allowed !== null && count <= guards.allowed)) return null;
  const links = guards.removed + copies.filter(({ completed }) => !completed).length;
  const next = `Look with ./switchyard sync ${pair} --dry-run; if it is right, ./switchyard sync ${pair} --allow-removals ${planned}.`;
  const before = guards.removed === 0 ? '' : `, after ${guards.removed} that this run has removed or completed already`;
  const would = `${planned} of ${links} open copies in To Do would be removed or completed because their tasks were deleted or left the scope${before}`;
  if (source.tasks.length === 0 && guards.empty)
    return { kind: 'empty-source', sentence: `No task of Todoist is in scope, and ${would}.`, next };
  const many = count > guards.atLeast && count * 100 > links * guards.percent;
  if (!many && count <= guards.never) return null;
  const limit = many ? `more than ${guards.atLeast} and ${guards.percent} %` : `more than ${guards.never}`;
  return { kind: 'too-many-removals', sentence: `${would}: ${limit}.`, next };
}
