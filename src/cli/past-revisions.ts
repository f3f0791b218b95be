import { deployId, type DeployMemo } from '../contracts/deploy.ts';
import type { Revision } from '../core/dns/revision.ts';
import { runsOf } from './runs-of.ts';
import type { TemporalClient } from './temporal-client.ts';

/** A deployment that changed what a record serves, as Temporal keeps it. */
export interface PastRevision {
  readonly runId: string;
  readonly at: number;
  readonly memo: Partial<DeployMemo>;
  /** Null where the run is of a version that did not number them. */
  readonly revision: Revision | null;
}

/** Of a record whose deployments mostly change nothing, no more are looked through. */
const MOST_RUNS = 500;

/** The newest revisions of a record, newest first, within Temporal's retention. */
export async function pastRevisions(
  temporal: TemporalClient,
  record: string,
  most: number,
): Promise<readonly PastRevision[]> {
  const found: PastRevision[] = [];
  let runs = 0;
  // A deployment that ended badly has changed nothing that is still served, or is none to go back to.
  for await (const run of runsOf<DeployMemo>(temporal, deployId(record), "ExecutionStatus = 'Completed'")) {
    const { runId, startedAt, closedAt, memo } = run;
    if (memo.outcome === 'promoted')
      found.push({ runId, at: closedAt ?? startedAt, memo, revision: memo.revision ?? null });
    if (found.length === most || ++runs === MOST_RUNS) break;
  }
  return found;
}
