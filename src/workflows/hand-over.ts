import { CancellationScope, CancelledFailure, continueAsNew, workflowInfo } from '@temporalio/workflow';

/** Goes on as a new execution where the history grows long; returns otherwise. */
export async function handOver(carryOver: () => unknown): Promise<void> {
  const { historyLength, continueAsNewSuggested } = workflowInfo();
  if (historyLength < LONGEST_HISTORY && !continueAsNewSuggested) return;
  // The next execution would not hear of it.
  if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
  await continueAsNew<(request: unknown) => Promise<unknown>>(carryOver());
}

/** Events: of a sync an activity is three, with the workflow task three more; a build of documentation is about sixty. */
const LONGEST_HISTORY = 2_000;
