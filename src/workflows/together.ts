import { CancellationScope } from '@temporalio/workflow';

/**
 * Does the same for all at once, and ends when all have ended: the first that fails calls the others off, and they are waited for, so that no
 * undo overlaps a write that it undoes (D3).
 *
 * @throws what the first failed with.
 */
export async function together<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const scope = new CancellationScope();
  const failed: unknown[] = [];
  const ends = await Promise.all(
    all.map((one) =>
      scope
        .run(() => work(one))
        .then(
          (result) => ({ result }),
          (error: unknown) => {
            failed.push(error);
            scope.cancel();
            return null;
          },
        ),
    ),
  );
  if (failed.length > 0) throw failed[0];
  return ends.flatMap((end) => (end === null ? [] : [end.result]));
}
