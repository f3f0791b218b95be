import { ActivityCancellationType, proxyActivities, setCurrentDetails, upsertMemo } from '@temporalio/workflow';
import type { ResetActivities, ResetOutcome, ResetRequest, ResetResult } from '../contracts/reset.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import { failure, type FailureType } from '../policies/failures.ts';
import { countReset } from './count.ts';
import { describeReset } from './describe-reset.ts';
import { summarised } from './labelled.ts';

/**
 * Puts a record back on its declared default because an alarm asks for it: the very reset of the command line (D2, D4, D6), tried again
 * until it has an end. It fails where the default does not stand there afterwards, so that whoever looks sees it.
 */
export async function resetRecord(request: ResetRequest): Promise<ResetResult> {
  const { record } = request.task;
  setCurrentDetails(escapeMarkdown(`${record}: putting its default back, since ${request.reason}`));
  const result = await work.resetRecord.executeWithOptions(summarised(`resetting ${record}: ${request.reason}`), [
    request,
  ]);
  const { outcome, sentence } = result;
  const type = FAILED_AS[outcome];
  const next = result.next ?? (type === 'NotRestored' ? `./switchyard reset ${record}` : null);
  setCurrentDetails(describeReset(request, { ...result, next }));
  upsertMemo({ outcome, sentence });
  countReset(outcome);
  if (type === null) return result;
  throw failure(type, sentence, next === null ? {} : { next });
}

const work = proxyActivities<ResetActivities>({
  startToCloseTimeout: '20 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Null: the default stands. */
const FAILED_AS: Readonly<Record<ResetOutcome, FailureType | null>> = {
  there: null,
  restored: null,
  unseen: null,
  foreign: 'Foreign',
  refused: 'Refused',
  failed: 'NotRestored',
  unverified: 'NotRestored',
};
