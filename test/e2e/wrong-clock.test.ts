import { endChildren, startWorkerChild, type Child } from '../support/e2e-child.ts';
import { openGrounds, type Grounds } from '../support/e2e-grounds.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Freeze } from '../../src/core/freeze.ts';
import { FAST, PLAIN, type Deployment, type Rig } from '../support/yard.ts';

/** The clock of a worker is wrong by an hour, and nothing that a deployment promises depends on it (F17). */
const HOUR_MS = 3_600_000;

let grounds: Grounds;
beforeAll(async () => {
  grounds = await openGrounds();
});
afterAll(async () => {
  await endChildren();
  await grounds.close();
});

const workerOff = (ms: number): Promise<Child> =>
  startWorkerChild(grounds, grounds.taskQueue, {
    preload: 'wrong-clock.mjs',
    env: { TEST_CLOCK_OFF_MS: String(ms) },
  });

test('a bake goes on from a worker whose clock is an hour ahead to one whose clock is an hour behind, for as long as it was planned (D3, D7)', async () => {
  const rig = grounds.rig('baking');
  const ahead = await workerOff(HOUR_MS);
  const frozen = await grounds.rig('frozen').deploy({ freeze: freezeIn(-60_000) });
  const pace = { ...FAST, stretch: { minMs: 1_000, maxMs: 5_000 } };
  const run = await rig.deploy({ gates: [PLAIN], bakeMs: 6_000, pace, freeze: freezeIn(HOUR_MS - 60_000) });
  await run.until(({ phase, share }) => phase === 'holding' && share === 100);
  const from = Date.now();
  expect(fenceEnds(rig) - from).toBeGreaterThan(0);
  expect(fenceEnds(rig) - from).toBeLessThan(HOUR_MS / 2);
  const behind = await workerOff(-HOUR_MS);
  ahead.kill('SIGKILL');
  expect(await frozen.end()).toMatchObject({ type: 'Frozen' });

  const { report } = await run.end();

  expect(report?.outcome).toBe('promoted');
  expect(Date.now() - from).toBeGreaterThan(5_500);
  expect(await watchesOf(run)).toBeLessThan(12);
  expect(Math.abs((report?.keepRedUntil ?? 0) - Date.now())).toBeLessThan(HOUR_MS / 2);
  expect(rig.observer.everyState()).toEqual(['red', 'black']);
  expect(brokenPromises(rig, ['red', 'black'])).toEqual([]);
  behind.kill('SIGTERM');
  expect(await behind.exit).toBe(0);
}, 60_000);

/** Two minutes in which nothing begins. */
function freezeIn(ms: number): Freeze {
  const from = Date.now() + ms;
  return { windows: [{ from, until: from + 120_000, words: 'a freeze of a test' }], override: null };
}

function fenceEnds({ sandbox, record }: Rig): number {
  const fence = sandbox.route53.recordSets(sandbox.zoneId).find(({ Name }) => Name === `_switchyard.${record}.`);
  return Date.parse(/until=(\S+)/.exec(fence?.ResourceRecords?.[0]?.Value ?? '')?.[1] ?? '');
}

async function watchesOf({ handle }: Deployment): Promise<number> {
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).filter(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'watchEndpoints',
  ).length;
}
