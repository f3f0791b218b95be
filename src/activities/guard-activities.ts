import { Context } from '@temporalio/activity';
import type { GuardActivities } from '../contracts/guard.ts';
import { withActivityPulse } from './activity-pulse.ts';
import { askOwners } from './ask-owners.ts';
import type { DeployDeps } from './deploy-activities.ts';
import { findSnapshot } from './find-snapshot.ts';
import { lookDeps } from './look-deps.ts';
import { readFences } from './read-fences.ts';
import { repairRecords } from './repair-records.ts';

/** The activities of a guard, as the worker registers them. They ask Temporal over the worker's own connection. */
export function createGuardActivities(deps: DeployDeps): GuardActivities {
  const { aws, now = Date.now, stopping = new AbortController().signal } = deps;
  const source = { now, stopping };
  const repairing = { aws, look: lookDeps(deps) };
  return {
    readFences: (input) => withActivityPulse(source, (pulse) => readFences(aws, input, pulse)),
    askOwners: ({ owners }) => askOwners(Context.current().client, owners),
    repairRecords: (input) => {
      const { client } = Context.current();
      const found = { ...repairing, findSnapshot: findSnapshot.bind(null, client) };
      return withActivityPulse(source, (pulse) => repairRecords(found, input, pulse));
    },
  };
}
