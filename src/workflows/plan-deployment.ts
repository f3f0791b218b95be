import { planRequest, roleOf, type DeployRequest } from '../contracts/deploy.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { forward } from './activities.ts';

/** What a deployment would do, by the very function that a deployment runs; writes nothing. */
export async function planDeployment(
  request: DeployRequest,
): Promise<{ readonly planned: Planned; readonly snapshot: Snapshot }> {
  const { record, zone, pace } = request;
  const snapshot = await forward(pace).readRecord(
    `reading ${record}`,
    { record, zone, ...roleOf(request) },
    {
      scheduleToCloseTimeout: '1 minute',
    },
  );
  return { planned: planSteps(snapshot, planRequest(request)), snapshot };
}
