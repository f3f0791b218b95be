import { MESSAGES, type AbortRequest, type MessageAnswer } from '../contracts/deploy.ts';
import { askToAbort } from './follow.ts';
import { isNoAnswer, notTaken } from './send-message.ts';
import type { StartedRun } from './start-deployment.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';

const HEARD_WITHIN_MS = 4_000;

interface Sent {
  readonly record: string;
  readonly request: AbortRequest;
}

/**
 * True when a worker took it, or the run has ended. One fixed update id: whoever asks again, or at the same time, joins the same abort; but a
 * person's is more than a machine's, and never joins that.
 */
export async function sendAbort(
  temporal: TemporalClient,
  run: Pick<StartedRun, 'workflowId' | 'runId'>,
  { record, request }: Sent,
): Promise<boolean> {
  const handle = temporal.client.workflow.getHandle(run.workflowId, run.runId);
  const updateId = request.automatic === true ? 'abort-automatic' : 'abort';
  const options = { args: [request] as [AbortRequest], updateId, waitForStage: 'ACCEPTED' as const };
  try {
    await temporal.ask(() => handle.startUpdate<MessageAnswer, [AbortRequest]>(MESSAGES.abort, options), {
      withinMs: HEARD_WITHIN_MS,
      deadlineIsAnAnswer: true,
    });
    return true;
  } catch (cause) {
    if (isNotFound(cause)) return true; // it ended meanwhile: following it says how
    if (!isNoAnswer(cause)) throw notTaken(cause, record, 'abort');
    await askToAbort(temporal, run, request);
    return false;
  }
}
