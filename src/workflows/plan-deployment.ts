import { planRequest, type DeployRequest } from '../contracts/deploy.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { readRed } from './read-red.ts';

/** What a deployment would do, by the very function that a deployment runs; writes nothing. */
export async function planDeployment(
  request: DeployRequest,
): Promise<{ readonly planned: Planned; readonly snapshot: Snapshot }> {
  const snapshot = await readRed(request, { within: 60_000 }); // somebody waits for it
  return { planned: planSteps(snapshot, planRequest(request)), snapshot };
}
