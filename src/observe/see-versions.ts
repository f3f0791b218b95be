import type { Client } from '@temporalio/client';
import { readVersions } from '../read-versions.ts';
import type { Seen } from './gauges.ts';

/**
 * Whether new runs come to it (`current`), it only holds those that began there (`draining`), or nobody works at them (`abandoned`). Workers
 * without a version look too: a run that is pinned to one that has gone is theirs to report.
 */
export async function seeVersions(client: Client, queues: readonly string[]): Promise<readonly Seen[]> {
  const found = await Promise.all(queues.map((queue) => seeQueue(client, queue)));
  return found.flat();
}

/** Where nobody has a version one series says so: who asks for it must see that it is looked at. */
async function seeQueue(client: Client, queue: string): Promise<readonly Seen[]> {
  const versions = await readVersions(client, queue);
  if (versions.length === 0) return [{ labels: { queue, version: '', state: 'current' }, value: 0 }];
  return versions.map(({ version, isCurrent, runs, workers }) => ({
    labels: { queue, version, state: workers === 0 ? 'abandoned' : isCurrent ? 'current' : 'draining' },
    value: runs,
  }));
}
