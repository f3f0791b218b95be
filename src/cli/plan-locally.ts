import { plainPulse } from '../activities/pulse.ts';
import { readRecord } from '../activities/route53.ts';
import { readRecords } from '../activities/read-records.ts';
import { createAwsClients, type AwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Planned } from '../core/dns/plan.ts';
import { planSteps } from '../core/dns/plan-steps.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { placeOf, planRequest, type DeployRequest } from '../contracts/deploy.ts';
import { planTogether, type GroupRequest, type PlannedGroup } from '../contracts/deploy-group.ts';
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
  const snapshot = await fromHere(env, (aws) => readRecord(aws.inRole(request.role), { record, zone }, plainPulse()));
  return { planned: planSteps(snapshot, planRequest(request)), snapshot };
}

/** The same of a group. @throws Stop, as of one record. */
export async function planGroupLocally(request: GroupRequest, env: Environment): Promise<PlannedGroup> {
  const { records: snapshots } = await fromHere(env, (aws) =>
    readRecords(aws, { records: request.records.map(placeOf) }, plainPulse()),
  );
  return planTogether(request, snapshots);
}

async function fromHere<T>(env: Environment, read: (aws: AwsClients) => Promise<T>): Promise<T> {
  const aws = createAwsClients(loadDirectConfig(env).aws);
  const reading = async (): Promise<T> => read(aws);
  return reading().catch((cause: unknown) => {
    const { type, sentence, next } = whatItSays(cause);
    throw new Stop(exitOfLook(type), [problem(sentence, null, next)], cause);
  });
}
