/** What of a revision names it. */
interface Numbered {
  readonly number: number;
  readonly before: number;
}

/** Which of the listed revisions a number means, and whether what it made or what it found. */
export type FoundRevision =
  | { readonly kind: 'found'; readonly at: number; readonly state: 'after' | 'before' }
  | { readonly kind: 'unknown'; readonly known: readonly number[] }
  /** A fence that was removed by hand counts from the start again. */
  | { readonly kind: 'ambiguous'; readonly at: readonly number[] };

/**
 * Finds what a revision of that number served. What stood before the oldest that is known has a number too, that of its fence,
 * so that an undo of everything can be named; null stands for a run without numbers.
 */
export function findRevision(revisions: readonly (Numbered | null)[], wanted: number): FoundRevision {
  const made = indexesOf(revisions, ({ number }) => number === wanted);
  if (made.length > 0) return one(made, 'after');
  const found = indexesOf(revisions, ({ before }) => before === wanted);
  if (found.length > 0) return one(found, 'before');
  const known = revisions.flatMap((each) => (each === null ? [] : [each.number, each.before]));
  return { kind: 'unknown', known: [...new Set(known)].sort((a, b) => b - a) };
}

function one(at: readonly number[], state: 'after' | 'before'): FoundRevision {
  const [first, ...more] = at;
  return first === undefined || more.length > 0 ? { kind: 'ambiguous', at } : { kind: 'found', at: first, state };
}

const indexesOf = (revisions: readonly (Numbered | null)[], is: (one: Numbered) => boolean): readonly number[] =>
  revisions.flatMap((each, at) => (each !== null && is(each) ? [at] : []));
