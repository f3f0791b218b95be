import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { GuardActivities, GuardPace, ReadFencesInput, RepairInput } from '../contracts/guard.ts';
import { summarised } from './labelled.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What any worker of deployments does for a guard, each with what the UI's timeline shows for it. */
export function guardWork(pace: GuardPace): GuardActivities {
  const retry = { initialInterval: pace.retry.firstMs, maximumInterval: pace.retry.maxMs, maximumAttempts: 5 };
  const looks = proxyActivities<Pick<GuardActivities, 'readFences'>>({
    startToCloseTimeout: 5 * MINUTE,
    heartbeatTimeout: 20 * SECOND,
    retry,
  });
  const asks = proxyActivities<Pick<GuardActivities, 'askOwners'>>({ startToCloseTimeout: 60 * SECOND, retry });
  const writes = proxyActivities<Pick<GuardActivities, 'repairRecords'>>({
    startToCloseTimeout: pace.insync.limitMs + pace.verify.limitMs + 5 * MINUTE,
    heartbeatTimeout: 20 * SECOND,
    retry,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  return {
    readFences: (input) => looks.readFences.executeWithOptions(summarised(`fences of ${namesOf(input)}`), [input]),
    askOwners: (input) => asks.askOwners.executeWithOptions(summarised('whether their runs are running'), [input]),
    repairRecords: (input) =>
      writes.repairRecords.executeWithOptions(summarised(`restoring ${repaired(input)}`), [input]),
  };
}

const namesOf = ({ records }: ReadFencesInput): string => records.map(({ record }) => record).join(', ');
const repaired = ({ repairs }: RepairInput): string => repairs.map(({ record }) => record).join(', ');
