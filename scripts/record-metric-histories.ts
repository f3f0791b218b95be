/**
 * Records what a gate on metrics that asks somebody adds to a history, from a run on a real server against the sandbox:
 * `node --import tsx scripts/record-metric-histories.ts`. The tests replay it. Record anew only when a change of it is wanted.
 */
import { writeFile } from 'node:fs/promises';
import { startMetrics } from '../sandbox/metrics.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { gatesOn, ratioOf } from '../test/support/metric-gates.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { PLAIN, startYard } from '../test/support/yard.ts';

const SOMEBODY = { by: ['*@example.com'], withinMs: 60_000, remindMs: null };
const STEPS = [
  { share: 50, holdMs: 300 },
  { share: 100, holdMs: 300 },
];

/** Silent at the first step until it speaks after all, and at the last one until somebody goes on without it. */
async function record(): Promise<void> {
  await globalSetup();
  const [yard, metrics] = await Promise.all([startYard(), startMetrics()]);
  const rig = await yard.rig({ withoutTls: true, env: metrics.env() });
  const say = (value: number): void => metrics.prometheus.answer(ratioOf('black'), value);
  const gate = gatesOn(metrics).threshold({ waitMs: 300, then: 'approve' });
  say(Number.NaN);
  const run = await rig.deploy({
    steps: STEPS,
    gates: [PLAIN],
    bakeMs: 300,
    by: 'an operator',
    metricGates: [gate],
    approve: { inconclusive: SOMEBODY },
  });
  await run.until(({ approval, share }) => approval != null && share === 50);
  say(0);
  await run.until(({ approval }) => approval === null);
  say(Number.NaN);
  await run.until(({ approval, share }) => approval != null && share === 100);
  await run.handle.executeUpdate('approve', { args: [{ by: 'ann@example.com', reason: 'the scrape is down' }] });
  const { report, status } = await run.end();
  const name = 'asked-about-a-gate';
  await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(run.handle));
  process.stdout.write(`${name}: ${status} ${report?.outcome ?? ''}\n`);
  await Promise.all([yard.close(), metrics.close()]);
  await globalTeardown();
}

await record();
