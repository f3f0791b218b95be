/**
 * Records what telling adds to a history, from runs on a real server against the sandbox:
 * `node --import tsx scripts/record-notice-histories.ts`. The tests replay them. Record anew only when a change of them is wanted.
 */
import { writeFile } from 'node:fs/promises';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { openNotifyHall, type Told } from '../test/support/notify-yard.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { PLAIN, startYard, type Deployment, type Rig } from '../test/support/yard.ts';

const STEPS = [
  { share: 50, holdMs: 60_000 },
  { share: 100, holdMs: 100 },
];

/** Takes a run to one end. */
const ENDS: Readonly<Record<string, (rig: Rig, told: Told) => Promise<Deployment>>> = {
  /** One target refuses for good, another asks to be told again. */
  'told-promoted': async (rig, told) => {
    told.standIn.faults.add({ operation: 'slack', fault: { kind: 'refuse', status: 404, code: 'no_service' } });
    told.standIn.faults.add({ operation: 'webhook', fault: { kind: 'apply-then-reset' } });
    const run = await start(rig, told);
    await run.handle.executeUpdate('promote', { args: [{ by: 'an operator', full: true }] });
    return run;
  },
  'told-blocked': async (rig, told) => {
    const run = await start(rig, told);
    const lift = rig.sandbox.route53.deny('ChangeResourceRecordSets');
    const aborted = run.abort();
    await untilTold(told, (events) => events.filter((event) => event.startsWith('blocked')).length > 1);
    lift();
    await aborted;
    return run;
  },
};

async function record(): Promise<void> {
  await globalSetup();
  const hall = openNotifyHall();
  const yard = await startYard(() => hall.activities);
  for (const [name, take] of Object.entries(ENDS)) {
    const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
    const run = await take(rig, told);
    const { report, status } = await run.end();
    await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(run.handle));
    process.stdout.write(`${name}: ${status} ${report?.outcome ?? ''}, told ${told.events().join('; ')}\n`);
  }
  await yard.close();
  await hall.close();
  await globalTeardown();
}

async function start(rig: Rig, told: Told): Promise<Deployment> {
  const notify = told.request([{ format: 'slack' }, { format: 'pagerduty', on: ['blocked'] }, { format: 'webhook' }]);
  const run = await rig.deploy({ steps: STEPS, gates: [PLAIN], bakeMs: 100, by: 'an operator', notify });
  await run.until(({ phase, share }) => phase === 'holding' && share === 50);
  return run;
}

async function untilTold(told: Told, what: (events: readonly string[]) => boolean): Promise<void> {
  while (!what(told.events())) await new Promise((resolve) => setTimeout(resolve, 20));
}

await record();
