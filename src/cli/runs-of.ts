import type { TemporalClient } from './temporal-client.ts';

/** A run of a workflow id, as Temporal lists it without any worker. */
export interface ListedRun<Memo> {
  readonly runId: string;
  readonly startedAt: number;
  readonly closedAt: number | null;
  /** As Temporal says it: RUNNING, COMPLETED, FAILED, TERMINATED. */
  readonly temporalStatus: string;
  readonly memo: Partial<Memo>;
}

const PAGE = 50;

/** The runs of one workflow id that fulfil a condition of Temporal's, newest first. */
export async function* runsOf<Memo>(
  { client }: TemporalClient,
  workflowId: string,
  condition: string,
): AsyncGenerator<ListedRun<Memo>> {
  // A backslash escapes in visibility queries too; canonical names hold no quotes.
  const query = `WorkflowId = '${workflowId.replace(/\\/g, '\\\\')}' AND ${condition}`;
  for await (const run of client.workflow.list({ query, pageSize: PAGE })) {
    yield {
      runId: run.runId,
      startedAt: run.startTime.getTime(),
      closedAt: run.closeTime?.getTime() ?? null,
      temporalStatus: run.status.name,
      memo: (run.memo ?? {}) as Partial<Memo>,
    };
  }
}
