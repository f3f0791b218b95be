/** S4: what stops a run before it writes anything. Numbers and the flag that would allow it are in the sentence. */
import type { Copy, Source } from './model.ts';
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
}

export interface Stop {
  readonly kind: 'wrong-account' | 'markers-lost' | 'empty-source' | 'too-many-removals';
  readonly sentence: string;
  readonly next: string;
}

export interface Guarded {
  readonly pair: string;
  readonly source: Source;
  readonly copies: readonly Copy[];
  readonly actions: readonly Action[];
}

/** The first reason to stop, or null. */
export function guard(run: Guarded, guards: Guards): Stop | null {
  return wrongAccount(run) ?? markersLost(run) ?? removals(run, guards);
}

function wrongAccount({ source, copies }: Guarded): Stop | null {
  const others = copies.filter(({ marker }) => marker !== null && marker.user !== source.userId).length;
  if (others === 0) return null;
  return {
    kind: 'wrong-account',
    sentence: `${others} of ${copies.length} copies in To Do were written from another Todoist account than the one whose token is used now.`,
    next: 'Check the secret of the pair; for another account, declare a pair with another name.',
  };
}

const FEW = 5;

/** Marks that are missing one by one are written again; many at once mean that they cannot be read, and nothing must follow from that. */
function markersLost({ copies }: Guarded): Stop | null {
  const lost = copies.filter(({ marker }) => marker === null).length;
  if (lost <= FEW || lost * 10 <= copies.length) return null;
  return {
    kind: 'markers-lost',
    sentence: `${lost} of ${copies.length} copies in To Do show no extension, in which their state is kept.`,
    next: 'Run it again later; if it stays so, report it: Microsoft Graph may have changed what it answers.',
  };
}

function removals({ pair, source, copies, actions }: Guarded, guards: Guards): Stop | null {
  const count = actions.filter((action) => 'removal' in action && action.removal).length;
  if (count === 0 || (guards.allowed !== null && count <= guards.allowed)) return null;
  const links = copies.filter(({ completed }) => !completed).length;
  const next = `Look with ./switchyard sync ${pair} --dry-run; if it is right, ./switchyard sync ${pair} --allow-removals ${count}.`;
  const would = `${count} of ${links} open copies in To Do would be removed or completed because their tasks were deleted or left the scope`;
  if (source.tasks.length === 0 && guards.empty)
    return { kind: 'empty-source', sentence: `No task of Todoist is in scope, and ${would}.`, next };
  const many = count > guards.atLeast && count * 100 > links * guards.percent;
  if (!many && count <= guards.never) return null;
  const limit = many ? `more than ${guards.atLeast} and ${guards.percent} %` : `more than ${guards.never}`;
  return { kind: 'too-many-removals', sentence: `${would}: ${limit}.`, next };
}
