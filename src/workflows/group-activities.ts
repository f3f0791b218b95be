import type { ActivityOptions } from '@temporalio/workflow';
import type { Pace } from '../contracts/deploy.ts';
import type { GroupActivities } from '../contracts/group-activities.ts';
import { backwardOptions, briefOptions, forwardOptions, lookingOptions } from './activities.ts';
import { labelled, type Labelled } from './labelled.ts';

export type Together = Labelled<GroupActivities>;

/** The activities of groups by the policies of single records: forward, backward, briefly, looking. */
export const groupForward = (pace: Pace): Together => doing(forwardOptions(pace));
export const groupBackward = (pace: Pace): Together => doing(backwardOptions(pace));
export const groupBriefly = (pace: Pace): Together => doing(briefOptions(pace));
export const groupLooking = (pace: Pace): Together => doing(lookingOptions(pace));

function doing(options: ActivityOptions): Together {
  return labelled<GroupActivities>(options, {
    readRecords: 'looks',
    swapZone: 'writes',
    restoreZone: 'writes',
    setZoneFences: 'writes',
    verifyRecords: 'looks',
    checkRecords: 'looks',
    measureRecords: 'looks',
    watchRecords: 'looks',
  });
}
