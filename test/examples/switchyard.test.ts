/** The example of everything: each record makes a deployment, and what is scheduled makes Schedules. */
import { readFile } from 'node:fs/promises';
import { deployRequest } from '../../src/cli/deploy-request.ts';
import { declaredIn } from '../../src/cli/declared.ts';
import { scheduleOfSite } from '../../src/cli/docs-schedule.ts';
import { checkSwitchyardFile } from '../../src/cli/read-file.ts';
import { declaredSites } from '../../src/cli/site-policy.ts';
import { declaredPairs } from '../../src/cli/sync-policy.ts';
import { scheduleOfPair } from '../../src/cli/sync-schedule.ts';

const read = async () =>
  checkSwitchyardFile(await readFile(new URL('../../examples/switchyard.yaml', import.meta.url), 'utf8'), 'it.yaml');

async function requestOf(record: string, to: readonly string[]) {
  const { records } = declaredIn(await read());
  const flags = { to: [...to], by: 'a test' };
  return deployRequest(record, { flags, policyOf: (name) => records.get(name) ?? null, env: {} }).request;
}

test('every record of the example can be deployed as it stands there', async () => {
  const api = await requestOf('api.example.com', ['192.0.2.31']);
  expect([api.zone, api.gates.map(({ name }) => name), api.steps.map(({ share }) => share)]).toEqual([
    'example.com',
    ['healthy'],
    [100],
  ]);
  const www = await requestOf('www.example.com', ['192.0.2.20', '2001:db8::20']);
  expect(www.steps.map(({ share, holdMs }) => [share, (holdMs ?? 0) / 60_000])).toEqual([
    [5, 10],
    [25, 10],
    [50, 15],
    [100, 30],
  ]);
  expect(Object.keys(www.approve ?? {})).toEqual(['cutover', 'promotion']);
  const queue = await requestOf('queue.internal.example.com', ['queue-black.internal.example.com']);
  expect([queue.verify, queue.gates.map(({ kind }) => kind)]).toEqual(['api', ['tcp']]);
});

test('what the example schedules makes Schedules, and nothing else does', async () => {
  const file = await read();
  const pairs = [...declaredPairs(file).values()].map(scheduleOfPair);
  const sites = [...declaredSites(file).values()].map(scheduleOfSite);
  const made = [...pairs, ...sites].flatMap((one) => (one === null ? [] : [[one.subject, one.everyMs / 60_000]]));
  expect(made).toEqual([
    ['sync/team', 5],
    ['docs/handbook', 15],
  ]);
});
