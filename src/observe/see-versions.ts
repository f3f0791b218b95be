import type { Client } from '@temporalio/client';
import { readVersions, type VersionState } from '../read-versions.ts';
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
  return versions.map((one) => ({
    labels: { queue, version: one.version, state: stateOf(one) },
    value: one.runs,
  }));
}

function stateOf({ isCurrent, workers }: VersionState): 'current' | 'draining' | 'abandoned' {
  if (workers === 0) return 'abandoned';
  return isCurrent ? 'current' : 'draining';
}
