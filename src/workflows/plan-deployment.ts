import type { DeployRequest } from '../contracts/deploy.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { forward } from './activities.ts';
import { planRequest, readInput } from './deploy-red-black.ts';

/** What a deployment would do, by the very function that a deployment runs; writes nothing. */
export async function planDeployment(
  request: DeployRequest,
): Promise<{ readonly planned: Planned; readonly snapshot: Snapshot }> {
  const snapshot = await forward(request.pace).readRecord(`reading ${request.record}`, readInput(request), {
    scheduleToCloseTimeout: '1 minute',
  });
  return { planned: planSteps(snapshot, planRequest(request)), snapshot };
}
