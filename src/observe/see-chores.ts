/**
 * When what a Schedule runs again and again last ended well, by Temporal's list: so the answer is the same after each restart, and from
 * each worker.
 */
import type { Client } from '@temporalio/client';
import { DOCS_WORKFLOW, docsId, docsScheduleId } from '../contracts/docs-runs.ts';
import { scheduleId, SYNC_WORKFLOW, syncId } from '../contracts/sync.ts';
import type { Seen } from './gauges.ts';
import { newestRun } from './newest-run.ts';

export interface Chore {
  /** In front of the names of its Schedules. */
  readonly schedules: string;
  readonly workflowType: string;
  readonly workflowIdOf: (name: string) => string;
  readonly label: string;
}

export const SYNCS: Chore = {
  schedules: scheduleId(''),
  workflowType: SYNC_WORKFLOW,
  workflowIdOf: syncId,
  label: 'pair',
};

/** A Schedule builds every version of a site; the one that most readers see stands for it. */
export const SITES: Chore = {
  schedules: docsScheduleId(''),
  workflowType: DOCS_WORKFLOW,
  workflowIdOf: (site) => docsId({ site, version: 'latest', publish: true }),
  label: 'site',
};

/** Seconds since the epoch; 0: not since Temporal remembers. */
export async function seeChores(client: Client, chore: Chore): Promise<readonly Seen[]> {
  const names = await scheduledNames(client, chore);
  return Promise.all(
    names.map(async (name) => ({ labels: { [chore.label]: name }, value: await lastSuccess(client, chore, name) })),
  );
}

async function scheduledNames(client: Client, { schedules }: Chore): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { scheduleId: id, state } of client.schedule.list())
    if (id.startsWith(schedules) && !state.paused) names.push(id.slice(schedules.length));
  return names;
}

/** A run that was stopped, or failed, has not ended as `Completed`. */
async function lastSuccess(client: Client, { workflowType, workflowIdOf }: Chore, name: string): Promise<number> {
  const id = workflowIdOf(name).replaceAll("'", "\\'");
  const query = `WorkflowType = '${workflowType}' AND WorkflowId = '${id}' AND ExecutionStatus = 'Completed'`;
  return ((await newestRun(client, query))?.closeTime?.getTime() ?? 0) / 1_000;
}
