import { deployId, type DeployReport, type DeployRequest } from '../contracts/deploy.ts';
import type { Plan } from '../core/dns/plan.ts';
import { EXIT } from './exit-codes.ts';
import { endOfRun } from './look-at-run.ts';
import type { PastRevision } from './past-revisions.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';

/**
 * The plan that a promoted run carried out: the sets that it found and those that it left, as its report keeps them.
 *
 * @throws Stop with exit 3 where Temporal still lists the run and has forgotten its report.
 */
export async function planOfRevision(
  temporal: TemporalClient,
  record: string,
  { runId }: Pick<PastRevision, 'runId'>,
): Promise<Plan> {
  const end = await endOfRun<DeployReport>(temporal, { workflowId: deployId(record), runId }, null);
  const plan = end.kind === 'reported' ? end.status.plan : null;
  if (plan !== null) return plan;
  const why = end.kind === 'speechless' ? end.why : 'it has no plan';
  throw new Stop(EXIT.refused, [
    problem(
      `what the deployment ${runId} of ${record} recorded cannot be read: ${why}`,
      null,
      `nothing was written; name the values instead: ./switchyard deploy ${record} --to VALUE, or put the default back: ./switchyard reset ${record}`,
    ),
  ]);
}

/** What a run was asked for: the first event of its history. Null where that cannot be read any more. */
export async function requestOfRun(
  { ask, connection, place }: TemporalClient,
  record: string,
  { runId }: Pick<PastRevision, 'runId'>,
): Promise<DeployRequest | null> {
  const { history } = await ask(() =>
    connection.workflowService.getWorkflowExecutionHistory({
      namespace: place.namespace,
      execution: { workflowId: deployId(record), runId },
      maximumPageSize: 1,
    }),
  );
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload == null) return null;
  const { defaultPayloadConverter } = await import('@temporalio/common'); // `--help` must not load it
  return defaultPayloadConverter.fromPayload<DeployRequest>(payload);
}
