import { deployId, type DeployReport, type DeployRequest } from '../contracts/deploy.ts';
import type { GroupReport, LockRequest } from '../contracts/deploy-group.ts';
import type { GroupMoves } from '../core/dns/group-undo.ts';
import type { Plan } from '../core/dns/plan.ts';
import { EXIT } from './exit-codes.ts';
import { endOfRun, type RunEnd } from './look-at-run.ts';
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
  throw unreadable(record, runId, end);
}

/** What a promoted run of a group did, record by record. @throws Stop with exit 3, as of one record. */
export async function movesOfRevision(
  temporal: TemporalClient,
  group: string,
  { runId }: Pick<PastRevision, 'runId'>,
): Promise<GroupMoves> {
  const end = await endOfRun<GroupReport>(temporal, { workflowId: deployId(group), runId }, null);
  const status = end.kind === 'reported' ? end.status : null;
  const moves = (status?.records ?? []).flatMap(({ plan, outcome, revision }) =>
    plan === null || outcome !== 'promoted' ? [] : [{ plan, number: revision?.number ?? null }],
  );
  if (moves.length > 0) return { moves, ...(status?.kept === undefined ? {} : { kept: status.kept }) };
  throw unreadable(group, runId, end);
}

function unreadable(subject: string, runId: string, end: RunEnd<DeployReport>): Stop {
  const why = end.kind === 'speechless' ? end.why : 'it has no plan';
  return new Stop(EXIT.refused, [
    problem(
      `what the deployment ${runId} of ${subject} recorded cannot be read: ${why}`,
      null,
      `nothing was written; name the values instead: ./switchyard deploy ${subject} --to VALUE, or put the default back: ./switchyard reset ${subject}`,
    ),
  ]);
}

/** What a record was asked to do by a run of its own, or by its group. Null where that cannot be read any more. */
export async function requestOfRun(
  temporal: TemporalClient,
  record: string,
  run: Pick<PastRevision, 'runId'>,
): Promise<DeployRequest | null> {
  const input = await inputOfRun<DeployRequest | LockRequest>(temporal, record, run);
  return input !== null && 'group' in input ? input.request : input;
}

/** What a run was started with: the first event of its history. Null where that cannot be read any more. */
export async function inputOfRun<Asked>(
  { ask, connection, place }: TemporalClient,
  subject: string,
  { runId }: Pick<PastRevision, 'runId'>,
): Promise<Asked | null> {
  const { history } = await ask(() =>
    connection.workflowService.getWorkflowExecutionHistory({
      namespace: place.namespace,
      execution: { workflowId: deployId(subject), runId },
      maximumPageSize: 1,
    }),
  );
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  if (payload == null) return null;
  const { defaultPayloadConverter } = await import('@temporalio/common'); // `--help` must not load it
  return defaultPayloadConverter.fromPayload<Asked>(payload);
}
