import { ActivityCancellationType, proxyActivities, type ActivityOptions } from '@temporalio/workflow';
import type { Pace } from '../contracts/deploy.ts';
import type { GroupActivities } from '../contracts/group-activities.ts';
import { backwardOptions, briefOptions, forwardOptions, lookingOptions, summarised } from './activities.ts';

type Labelled = {
  readonly [K in keyof GroupActivities]: (
    summary: string,
    input: Parameters<GroupActivities[K]>[0],
    limits?: ActivityOptions,
  ) => ReturnType<GroupActivities[K]>;
};

/** The activities of groups by the policies of single records: forward, backward, briefly, looking. */
export const groupForward = (pace: Pace): Labelled => labelled(forwardOptions(pace));
export const groupBackward = (pace: Pace): Labelled => labelled(backwardOptions(pace));
export const groupBriefly = (pace: Pace): Labelled => labelled(briefOptions(pace));
export const groupLooking = (pace: Pace): Labelled => labelled(lookingOptions(pace));

/** Cancelling a write waits for its end, cancelling a look does not: as for one record. */
function labelled(options: ActivityOptions): Labelled {
  const { WAIT_CANCELLATION_COMPLETED, TRY_CANCEL } = ActivityCancellationType;
  const writes = proxyActivities<GroupActivities>({ ...options, cancellationType: WAIT_CANCELLATION_COMPLETED });
  const looks = proxyActivities<GroupActivities>({ ...options, cancellationType: TRY_CANCEL });
  const under = summarised;
  return {
    readRecords: (label, input, limits) => looks.readRecords.executeWithOptions(under(label, limits), [input]),
    swapZone: (label, input, limits) => writes.swapZone.executeWithOptions(under(label, limits), [input]),
    restoreZone: (label, input, limits) => writes.restoreZone.executeWithOptions(under(label, limits), [input]),
    setZoneFences: (label, input, limits) => writes.setZoneFences.executeWithOptions(under(label, limits), [input]),
    verifyRecords: (label, input, limits) => looks.verifyRecords.executeWithOptions(under(label, limits), [input]),
    checkRecords: (label, input, limits) => looks.checkRecords.executeWithOptions(under(label, limits), [input]),
    measureRecords: (label, input, limits) => looks.measureRecords.executeWithOptions(under(label, limits), [input]),
    watchRecords: (label, input, limits) => looks.watchRecords.executeWithOptions(under(label, limits), [input]),
  };
}
