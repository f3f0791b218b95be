import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  continueAsNew,
  defineSignal,
  ParentClosePolicy,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import {
  DEPLOY_WORKFLOW,
  deployId,
  RECORD_ATTRIBUTE,
  STAGE_ATTRIBUTE,
  type DeployRequest,
} from '../contracts/deploy.ts';
import { GROUP_WORKFLOW } from '../contracts/deploy-group.ts';
import { WITHDRAW, type QueuedDeployment, type QueueEnd, type WithdrawRequest } from '../contracts/deploy-queue.ts';
import { formatDuration } from '../core/duration.ts';
import { readAbort } from './read-message.ts';

const withdraw = defineSignal<[WithdrawRequest]>(WITHDRAW);

/**
 * Waits until the lock of the record is free, then starts the deployment, whoever still looks.
 *
 * - D6 It takes the lock as everybody does, by starting; the deployment that comes of it reads, plans and checks everything anew.
 */
export async function queueDeployment(queued: QueuedDeployment): Promise<QueueEnd> {
  const orders: { withdrawn: WithdrawRequest | null } = { withdrawn: null };
  setHandler(withdraw, (request) => void (orders.withdrawn ??= readAbort(request)));
  for (let tries = 0; ; tries += 1) {
    if (orders.withdrawn !== null) return { kind: 'withdrawn', ...orders.withdrawn };
    if (tries === queued.retry.triesARun) await continueAsNew<typeof queueDeployment>(queued);
    const runId = await startUnlessBusy(queued);
    if (runId !== null) return { kind: 'started', runId };
    const waitedMs = Date.now() - queued.since;
    if (waitedMs >= queued.limitMs) return expired(queued);
    await condition(() => orders.withdrawn !== null, pauseMs(queued, waitedMs), { summary: 'until the next try' });
  }
}

/** The run id, or null while somebody else holds the lock. A cancellation that comes meanwhile must not end what has just begun. */
function startUnlessBusy({ request, group, labels, taskQueue }: QueuedDeployment): Promise<string | null> {
  return CancellationScope.nonCancellable(async () => {
    try {
      const child = await startChild(group === undefined ? DEPLOY_WORKFLOW : GROUP_WORKFLOW, {
        ...labels,
        memo: { ...labels.memo },
        ...attributes(request),
        workflowId: deployId(request.record),
        taskQueue,
        parentClosePolicy: ParentClosePolicy.ABANDON, // the queue's end takes no deployment with it
        cancellationType: ChildWorkflowCancellationType.ABANDON,
        args: [group ?? request],
      });
      return child.firstExecutionRunId;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return null;
      throw error;
    }
  });
}

const recordKey = defineSearchAttributeKey(RECORD_ATTRIBUTE, 'KEYWORD');
const stageKey = defineSearchAttributeKey(STAGE_ATTRIBUTE, 'KEYWORD');

function attributes({ record, searchAttributes }: DeployRequest) {
  if (!searchAttributes) return {};
  return {
    typedSearchAttributes: [
      { key: recordKey, value: record },
      { key: stageKey, value: 'starting' },
    ],
  };
}

/** A twentieth of what it has waited already: seconds after a minute or two, and never more than the longest pause. */
function pauseMs({ retry: { firstMs, maxMs } }: QueuedDeployment, waitedMs: number): number {
  return Math.max(firstMs, Math.min(maxMs, waitedMs / 20));
}

function expired({ request: { record }, limitMs }: QueuedDeployment): QueueEnd {
  return { kind: 'expired', sentence: `${record} was not free for ${formatDuration(limitMs)}: nothing was started.` };
}
