import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestTemporal } from './temporal.ts';
import { deploymentOf, type Deployment } from './yard.ts';

type Event = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** What Temporal's own reset does: the run ends as terminated, and a new one begins with its history before that event. */
export async function setBack(
  { client, namespace }: TestTemporal,
  run: Pick<Deployment, 'handle'>,
  to: (events: readonly Event[]) => Event | undefined,
): Promise<Deployment> {
  const { workflowId } = run.handle;
  const [{ runId }, { events }] = await Promise.all([run.handle.describe(), run.handle.fetchHistory()]);
  const again = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: to(events ?? [])?.eventId ?? null,
    requestId: randomUUID(),
    reason: 'a test set it back',
  });
  return deploymentOf(client.workflow.getHandle(workflowId, again.runId));
}

export function firstWorkflowTask(events: readonly Event[]): Event | undefined {
  return events.find(({ workflowTaskCompletedEventAttributes: completed }) => completed != null);
}

/** The task that scheduled the first activity of that type. */
export function workflowTaskBefore(events: readonly Event[], activity: string): Event | undefined {
  const scheduled = events.findIndex(
    ({ activityTaskScheduledEventAttributes: attributes }) => attributes?.activityType?.name === activity,
  );
  return events
    .slice(0, scheduled)
    .findLast(({ workflowTaskCompletedEventAttributes: completed }) => completed != null);
}
