import { ActivityFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { whatItSays } from '../../src/policies/as-temporal-failure.ts';
import type { FailureType } from '../../src/policies/failures.ts';

test.each<[string, string, FailureType]>([
  ['a record that could not be watched is inconclusive (D7)', 'watchEndpoints', 'Inconclusive'],
  ['a group that could not be watched is inconclusive, as a record is (D7)', 'watchRecords', 'Inconclusive'],
  ['a change that does not come in sync is named as that', 'awaitInsync', 'NotInSync'],
  ['a write without an answer says that somebody is away', 'swapRecord', 'Unavailable'],
])('%s', (_, activity, type) => {
  expect(whatItSays(timeoutOf(activity)).type).toBe(type);
});

/** As a workflow meets it where no worker took the activity in time. */
function timeoutOf(activity: string): ActivityFailure {
  const cause = new TimeoutFailure('activity timeout', undefined, 'SCHEDULE_TO_CLOSE');
  return new ActivityFailure('activity failed', activity, '1', RetryState.TIMEOUT, 'worker', cause);
}
