import { isSettled, type Copy } from './model.ts';

/**
 * The copy that stands for a task, where retries, moves or people have left several: the same on every worker.
 *
 * An open one before a completed one; then the one in the list where it belongs; then the one whose marker has seen more; then the
 * oldest. A completed one whose marker knows of its completion comes first among its like, so that a stray one closes nothing (S3), and
 * one that shows no marker comes last, for it proves nothing.
 */
export function chooseCopy(copies: readonly Copy[], listId: string | null): Copy | null {
  const [first = null] = [...copies].sort((a, b) => rank(b, listId) - rank(a, listId) || older(a, b));
  return first;
}

function rank({ completed, marker, listId }: Copy, wanted: string | null): number {
  if (completed && marker === null) return 0;
  const settled = completed && marker !== null && isSettled(marker) ? 1 : 0;
  return (
    (completed ? 0 : 1_000_000) +
    (listId === wanted ? 500_000 : 0) +
    Math.min(marker === null ? 0 : 2 * marker.turn + 2, 400_000) +
    settled
  );
}

function older(a: Copy, b: Copy): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
