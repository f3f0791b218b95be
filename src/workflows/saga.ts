import { CancellationScope, ContinueAsNew } from '@temporalio/workflow';
import { asTemporalFailure } from '../policies/as-temporal-failure.ts';

export interface Saga {
  /** Call this *before* the step that it undoes: a step that timed out may still have happened (D3). */
  undo(run: Undo): void;
  /** From here on nothing is undone. Call it only after the last step has been read back. */
  commit(): void;
}

type Undo = (cause: unknown) => Promise<void>;

/**
 * Runs `body`; if it throws, undoes what was registered, newest first, where cancellation cannot reach it.
 *
 * Every undo is tried, also after one that failed. An undo that failed outranks what made it necessary: the run must never
 * end as if it had been rolled back (D8).
 */
export async function withSaga<T>(body: (saga: Saga) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  const saga: Saga = {
    undo: (run) => void undos.unshift(run),
    commit: () => void undos.splice(0),
  };
  try {
    return await body(saga);
  } catch (cause) {
    if (cause instanceof ContinueAsNew) throw cause; // not a failure
    const failed = await CancellationScope.nonCancellable(() => unwind(undos, cause));
    // A plain Error would fail the workflow *task* and be retried for ever; a failed deployment must end.
    throw asTemporalFailure(failed[0] ?? cause);
  }
}

async function unwind(undos: readonly Undo[], cause: unknown): Promise<readonly unknown[]> {
  const failed: unknown[] = [];
  for (const undo of undos) {
    await undo(cause).catch((error: unknown) => void failed.push(error));
  }
  return failed;
}
