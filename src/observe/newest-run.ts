import type { Client, WorkflowExecutionInfo } from '@temporalio/client';

/** The newest of the runs that a query of Temporal's list finds, as the list is ordered; null where there is none. */
export async function newestRun(client: Client, query: string): Promise<WorkflowExecutionInfo | null> {
  for await (const run of client.workflow.list({ query, pageSize: 1 })) return run;
  return null;
}
