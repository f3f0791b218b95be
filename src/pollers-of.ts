import type { Client } from '@temporalio/client';

/** A process that polls a queue for workflow tasks, as Temporal remembers it. */
export interface Poller {
  /** Null: without versions. */
  readonly version: string | null;
  readonly seenAt: number;
}

export interface Polled {
  readonly pollers: readonly Poller[];
  /** The version that runs begin on; null: those that begin come to workers without versions. */
  readonly current: string | null;
}

/** Who polls a queue, the dead of the last minutes among them: see `isLiving`. */
export async function pollersOf(
  service: Client['workflowService'],
  { namespace, queue }: { readonly namespace: string; readonly queue: string },
): Promise<Polled> {
  const { pollers, versioningInfo } = await service.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the protocol's enum would have to be loaded
    taskQueueType: WORKFLOW_TASKS,
  });
  return {
    current: versioningInfo?.currentDeploymentVersion?.buildId ?? null,
    pollers: pollers.map(({ deploymentOptions, lastAccessTime }) => ({
      version:
        Number(deploymentOptions?.workerVersioningMode) === VERSIONED ? (deploymentOptions?.buildId ?? null) : null,
      seenAt: Number(lastAccessTime?.seconds ?? 0) * 1_000,
    })),
  };
}

export const isLiving = ({ seenAt }: Poller): boolean => seenAt > Date.now() - SEEN_WITHIN_MS;

/** A poller that was seen this long ago still counts: a long poll lasts a minute. */
const SEEN_WITHIN_MS = 75_000;
const WORKFLOW_TASKS = 1;
const VERSIONED = 2;
