import { plainPulse } from '../activities/pulse.ts';
import { readRecord } from '../activities/route53.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import type { DeployRequest } from '../contracts/deploy.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { EXIT } from './exit-codes.ts';
import { explain } from './explain.ts';
import { problem, Stop } from './stop.ts';
import type { Environment } from './terminal.ts';

/**
 * The plan that a worker would make, read with the caller's own AWS credentials.
 *
 * @throws Stop where Route 53 does not let us read: zone unknown, access denied, no credentials.
 */
export async function planLocally(
  request: DeployRequest,
  env: Environment,
): Promise<{ readonly planned: Planned; readonly snapshot: Snapshot }> {
  const { record, zone, gates, pace } = request;
  const aws = createAwsClients(loadDirectConfig(env).aws);
  const snapshot = await readRecord(aws, { record, zone }, plainPulse()).catch((cause: unknown) => {
    const { type, sentence, next } = whatItSays(cause);
    const exit = type === 'Unavailable' || type === 'Throttled' ? EXIT.unreachable : explain(type).exit;
    throw new Stop(exit, [problem(sentence, null, next)], cause);
  });
  const preflightMs = gates.length === 0 ? 0 : pace.preflight.overMs;
  return { planned: planSteps(snapshot, { ...request, preflightMs }), snapshot };
}
