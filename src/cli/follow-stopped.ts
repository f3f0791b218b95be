import { deployId, type DeployStatus } from '../contracts/deploy.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { followToEnd, type Following } from './follow-to-end.ts';
import { endOfRun, lookAtRun } from './look-at-run.ts';
import { notTaken } from './send-message.ts';
import type { StartedRun } from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalClient } from './temporal-client.ts';
import type { Terminal } from './terminal.ts';

/** Verbs that end a deployment, and wait until that is so: abort, reject. */

/** @throws Stop with exit 3 where nothing runs; after a promotion it says what brings red back. */
export async function mustRun(temporal: TemporalClient, record: string, verb: string): Promise<StartedRun> {
  const workflowId = deployId(record);
  const look = await lookAtRun(temporal, { workflowId }).catch((cause: unknown) => {
    throw notTaken(cause, record, verb);
  });
  const { runId } = look;
  if (look.temporalStatus === 'RUNNING') return { workflowId, runId, joined: true };
  const end = await endOfRun(temporal, { workflowId, runId }, look.status);
  const status = end.kind === 'reported' ? end.status : end.last;
  throw new Stop(EXIT.refused, [
    problem(
      `no deployment of ${record} is running, so there is nothing to ${verb}`,
      null,
      `./switchyard ${status?.outcome === 'promoted' ? 'undo' : 'history'} ${record}`,
    ),
  ]);
}

/** Follows the run to its end; restored is what was asked for here, where a deploy that follows the same run ends with 1. */
export async function followStopped(
  terminal: Terminal,
  following: Following & { readonly verb: string },
): Promise<ExitCode> {
  const { temporal, run } = following;
  const exit = await followToEnd(terminal, following);
  const status = await statusOf(temporal, run);
  if (status?.outcome === 'rolled-back' || status?.outcome === 'refused') return EXIT.done;
  if (status?.outcome !== 'promoted') return exit;
  terminal.err(
    `it was promoted before the ${following.verb} arrived; to bring red back: ./switchyard undo ${status.record}`,
  );
  return EXIT.refused;
}

async function statusOf(temporal: TemporalClient, run: StartedRun): Promise<DeployStatus | null> {
  const look = await lookAtRun(temporal, run);
  if (look.temporalStatus === 'RUNNING') return null;
  const end = await endOfRun(temporal, run, look.status);
  return end.kind === 'reported' ? end.status : end.last;
}
