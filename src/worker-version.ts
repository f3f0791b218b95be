import type { WorkerDeploymentOptions } from '@temporalio/worker';

/** What a version may be called: a release, a commit, the day of a build. */
export const WORKER_VERSIONS = '1 to 100 letters, digits and ._+-, beginning with a letter or a digit';

/** Null where it is something else. */
export function readWorkerVersion(text: string): string | null {
  return /^[a-z0-9][\w.+-]{0,99}$/i.test(text) ? text : null;
}

/**
 * A run that begins on a version ends on it: a bake of a day is not replayed by code that was written while it ran. Each queue is a worker
 * deployment of its own, because the chores are upgraded and drained apart.
 */
export function pinnedTo(queue: string, version: string): WorkerDeploymentOptions {
  return {
    useWorkerVersioning: true,
    version: { deploymentName: queue, buildId: version },
    defaultVersioningBehavior: 'PINNED',
  };
}
