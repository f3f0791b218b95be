import type { Client } from '@temporalio/client';
import { readVersions } from '../src/read-versions.ts';

const [DRAINING, DRAINED] = [1, 2];

/** What a server answers minutes or months after versions were drained, which none does in the time of a test; and what it was asked. */
function serverWith(statuses: Readonly<Record<string, number>>, open: Readonly<Record<string, number>> = {}) {
  const counted: string[] = [];
  const runsOf = (query: string): number =>
    Object.entries(open).reduce((sum, [version, runs]) => sum + (query.includes(`'queue:${version}'`) ? runs : 0), 0);
  const versionSummaries = Object.entries(statuses).map(([buildId, drainageStatus]) => ({
    deploymentVersion: { buildId },
    drainageStatus,
  }));
  const client = {
    options: { namespace: 'default' },
    workflowService: {
      describeWorkerDeployment: () => Promise.resolve({ workerDeploymentInfo: { versionSummaries } }),
      describeTaskQueue: () => Promise.resolve({ pollers: [] }),
    },
    workflow: {
      count: (query: string) => Promise.resolve({ count: runsOf(query), asked: counted.push(query) }),
      list: () => [{ workflowId: 'deploy:www.example.com' }],
    },
  };
  return { client: client as unknown as Client, counted };
}

test('looking at versions costs no more with each release: the drained ones are counted together', async () => {
  const releases = Array.from({ length: 50 }, (_, index) => [`v${index}`, DRAINED] as const);
  const { client, counted } = serverWith({ now: 0, before: DRAINING, ...Object.fromEntries(releases) });
  const versions = await readVersions(client, 'queue');
  expect(versions).toHaveLength(52);
  expect(versions.reduce((sum, { runs }) => sum + runs, 0)).toBe(0);
  expect(counted).toHaveLength(3);
});

test('a run that was reset in Temporal to a version drained long ago is found on it (D3)', async () => {
  const { client } = serverWith({ now: 0, old: DRAINED, older: DRAINED }, { old: 1 });
  expect(await readVersions(client, 'queue')).toMatchObject([
    { version: 'now', runs: 0 },
    { version: 'old', runs: 1, someOfThem: ['deploy:www.example.com'], workers: 0 },
    { version: 'older', runs: 0 },
  ]);
});
