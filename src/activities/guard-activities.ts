import type { GuardActivities } from '../contracts/guard.ts';
import { withActivityPulse } from './activity-pulse.ts';
import { askOwners } from './ask-owners.ts';
import type { DeployDeps } from './deploy-activities.ts';
import { findSnapshot } from './find-snapshot.ts';
import { lookDeps } from './look-deps.ts';
import { ownClient } from './own-client.ts';
import { readFences } from './read-fences.ts';
import { repairRecords } from './repair-records.ts';

/** The activities of a guard, as the worker registers them. */
export function createGuardActivities(deps: DeployDeps): GuardActivities {
  const { aws, now = Date.now, stopping = new AbortController().signal, temporal = ownClient } = deps;
  const source = { now, stopping };
  const repairing = { aws, look: lookDeps(deps) };
  return {
    readFences: (input) => withActivityPulse(source, (pulse) => readFences(aws, input, pulse)),
    askOwners: ({ owners }) => askOwners(temporal(), owners),
    repairRecords: (input) => {
      const found = { ...repairing, findSnapshot: findSnapshot.bind(null, temporal()) };
      return withActivityPulse(source, (pulse) => repairRecords(found, input, pulse));
    },
  };
}
