import { plainPulse } from '../activities/pulse.ts';
import { readRecord } from '../activities/route53.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { planRequest, type DeployRequest } from '../contracts/deploy.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { exitOfLook } from './explain.ts';
import { problem, Stop } from './stop.ts';
import type { Environment } from './terminal.ts';

/**
 * The plan that a worker would make, read with the caller's own AWS credentials.
 *
 * @throws Stop: 6 where Route 53 cannot be reached, 3 where it does not let us read (zone unknown, access denied, no credentials).
 */
export async function planLocally(
  request: DeployRequest,
  env: Environment,
): Promise<{ readonly planned: Planned; readonly snapshot: Snapshot }> {
  const { record, zone } = request;
  const aws = createAwsClients(loadDirectConfig(env).aws);
  const read = async () => readRecord(aws.inRole(request.role), { record, zone }, plainPulse());
  const snapshot = await read().catch((cause: unknown) => {
    const { type, sentence, next } = whatItSays(cause);
    throw new Stop(exitOfLook(type), [problem(sentence, null, next)], cause);
  });
  return { planned: planSteps(snapshot, planRequest(request)), snapshot };
}
