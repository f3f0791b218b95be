/**
 * The versions of workers that Temporal knows of a queue: which one gets new runs, which still hold runs that began on them, and whether
 * anybody is left who could work at those.
 */
import type { Client } from '@temporalio/client';
import { isLiving, pollersOf } from './pollers-of.ts';

export interface VersionState {
  /** Also the name of its worker deployment. */
  readonly queue: string;
  readonly version: string;
  /** Gets the runs that begin now. */
  readonly isCurrent: boolean;
  /** Open runs that began on it and can end nowhere else. */
  readonly runs: number;
  /** Some of them, by workflow id. */
  readonly someOfThem: readonly string[];
  /** Workers of it that were seen lately. */
  readonly workers: number;
}

/** May the workers of a version end? */
export type DrainVerdict =
  { readonly kind: 'drained' } | { readonly kind: 'current' } | { readonly kind: 'holds-runs'; readonly runs: number };

export function judgeDrain({ isCurrent, runs }: Pick<VersionState, 'isCurrent' | 'runs'>): DrainVerdict {
  if (isCurrent) return { kind: 'current' };
  return runs > 0 ? { kind: 'holds-runs', runs } : { kind: 'drained' };
}

const NOT_FOUND = 5;
const SOME = 5;

/** Newest first; empty where no worker of the queue ever had a version. */
export async function readVersions(client: Client, queue: string): Promise<readonly VersionState[]> {
  const found = await describe(client, queue);
  if (found === null) return [];
  const current = found.routingConfig?.currentDeploymentVersion?.buildId ?? null;
  const summaries = found.versionSummaries ?? [];
  const [seen, idle] = await Promise.all([workersOf(client, queue), idleOf(client, queue, summaries)]);
  return Promise.all(
    buildIds(summaries).map(async (version) => ({
      queue,
      version,
      isCurrent: version === current,
      workers: seen.filter((buildId) => buildId === version).length,
      ...(idle.includes(version) ? { runs: 0, someOfThem: [] } : await openRuns(client, { queue, version })),
    })),
  );
}

interface Summary {
  readonly deploymentVersion?: { readonly buildId?: string | null } | null;
  readonly drainageStatus?: number | null;
}

const buildIds = (summaries: readonly Summary[]): readonly string[] =>
  summaries.flatMap(({ deploymentVersion }) => deploymentVersion?.buildId ?? []);

const DRAINED = 2;

/**
 * Those that Temporal calls drained, where a count of them all agrees: every release adds one, and a count each would cost more with each. A run
 * that was reset in Temporal may be on one that was drained long ago.
 */
async function idleOf(client: Client, queue: string, summaries: readonly Summary[]): Promise<readonly string[]> {
  const drained = buildIds(summaries.filter(({ drainageStatus }) => drainageStatus === DRAINED));
  if (drained.length === 0) return [];
  const { count } = await client.workflow.count(openOn(queue, drained));
  return count === 0 ? drained : [];
}

const openOn = (queue: string, versions: readonly string[]): string => {
  const names = versions.map((version) => `'${queue}:${version}'`).join(', ');
  return `TemporalWorkerDeploymentVersion IN (${names}) AND ExecutionStatus = 'Running'`;
};

async function describe(client: Client, deploymentName: string) {
  const { namespace } = client.options;
  try {
    const answer = await client.workflowService.describeWorkerDeployment({ namespace, deploymentName });
    return answer.workerDeploymentInfo ?? null;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === NOT_FOUND) return null;
    throw cause;
  }
}

/** Of living workers, the version of each. */
async function workersOf(
  { options: { namespace }, workflowService }: Client,
  queue: string,
): Promise<readonly string[]> {
  const { pollers } = await pollersOf(workflowService, { namespace, queue });
  return pollers.filter(isLiving).flatMap(({ version }) => version ?? []);
}

interface Version {
  readonly queue: string;
  readonly version: string;
}

async function openRuns(
  client: Client,
  { queue, version }: Version,
): Promise<Pick<VersionState, 'runs' | 'someOfThem'>> {
  const query = openOn(queue, [version]);
  const { count } = await client.workflow.count(query);
  const someOfThem: string[] = [];
  if (count > 0)
    for await (const { workflowId } of client.workflow.list({ query, pageSize: SOME })) {
      someOfThem.push(workflowId);
      if (someOfThem.length === SOME) break;
    }
  return { runs: count, someOfThem };
}

/** From now on runs begin on that version; those that began on another one end there. @throws as the server refuses it */
export async function makeCurrent(client: Client, { queue, version }: Version): Promise<void> {
  const { namespace } = client.options;
  await client.workflowService.setWorkerDeploymentCurrentVersion({
    namespace,
    deploymentName: queue,
    buildId: version,
    identity: client.options.identity,
  });
}
