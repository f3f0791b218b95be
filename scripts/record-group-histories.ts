/**
 * Records a history of the ends of a group, of the lock of one of its records, and of a deployment under gates on metrics into
 * test/histories: `node --import tsx scripts/record-group-histories.ts [NAME...]`. The tests replay them.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { writeFile } from 'node:fs/promises';
import { deployId, type DeployRequest, type DeployStatus } from '../src/contracts/deploy.ts';
import { startMetrics } from '../sandbox/metrics.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { groupRig, type GroupDeployment, type GroupRig } from '../test/support/group-yard.ts';
import { gatesOn, ratioOf } from '../test/support/metric-gates.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { endOf } from '../test/support/run-handle.ts';
import { FAST, PLAIN, startYard, type Yard } from '../test/support/yard.ts';

const SOMEBODY = { by: ['*@example.com'], withinMs: 60_000, remindMs: null };

const steps = (holdMs: number) => [
  { share: 50, holdMs },
  { share: 100, holdMs: 100 },
];

/** Takes a run to one end, and tells whose history is kept. */
const ENDS: Readonly<Record<string, (yard: Yard) => Promise<WorkflowHandle>>> = {
  'group-promoted': async (yard) => (await start(await groupRig(yard, { each: 1 }), 100)).handle,
  /** Black of one record sickens: all are taken back. */
  'group-rolled-back': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const run = await start(rig, 60_000);
    await run.until(({ phase }) => phase === 'holding');
    await rig.records[0]?.black.behave({ kind: 'status', status: 503 });
    return run.handle;
  },
  /** An abort of one record goes through its lock. */
  'group-lock': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const run = await start(rig, 60_000);
    await run.until(({ phase }) => phase === 'holding');
    const lock = rig.lockOf(rig.records[0]?.record ?? '');
    await lock.executeUpdate('abort', { args: [{ by: 'an operator', reason: 'wrong release' }], updateId: 'abort' });
    return lock;
  },
  /** What the first run made of the records is put back. */
  'group-undone': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const { report } = await (await start(rig, 100)).end();
    return (await rig.deploy({ records: undoOf(rig, report?.records ?? []) }, {})).handle;
  },
  /** Somebody else holds the lock of the last record for a while. */
  'group-waited': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const other = await yard.temporal.client.workflow.start('deployRedBlack', {
      workflowId: deployId(rig.records[1]?.record ?? ''),
      taskQueue: 'nobody',
      args: [],
    });
    const waitForLocks = { firstMs: 50, limitMs: 60_000 };
    const run = await rig.deploy(
      { waitForLocks },
      { steps: steps(100), gates: [PLAIN], bakeMs: 100, by: 'an operator' },
    );
    await run.until(({ notices }) => notices.length > 0);
    await other.terminate();
    return run.handle;
  },
  /** Black of one record is ill: nothing is written. */
  'group-refused': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    await rig.records[1]?.black.behave({ kind: 'status', status: 503 });
    return (await start(rig, 100)).handle;
  },
  /** Asked before the first write and before the promotion, once by way of a lock. */
  'group-approved': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const run = await start(rig, 100, { approve: { cutover: SOMEBODY, promotion: SOMEBODY } });
    for (const [number, handle] of [run.handle, rig.lockOf(rig.records[0]?.record ?? '')].entries()) {
      await run.until(({ phase, approval }) => phase === 'awaiting-approval' && approval?.number === number + 1);
      await handle.executeUpdate('approve', {
        args: [{ by: 'ann@example.com', reason: 'change 4711', number: number + 1 }],
      });
    }
    return run.handle;
  },
  /** Its locks follow: they are told of the hold and of the pause. */
  'group-paused': async (yard) => {
    const run = await start(await groupRig(yard, { each: 1 }), 60_000);
    const { handle } = run;
    await run.until(({ phase }) => phase === 'holding');
    await handle.executeUpdate('pause', { args: [{ by: 'an operator', reason: 'lunch' }] });
    await run.until(({ phase }) => phase === 'paused');
    await handle.executeUpdate('resume', { args: [{ by: 'an operator', reason: '' }] });
    await run.until(({ phase }) => phase === 'holding');
    await handle.executeUpdate('promote', { args: [{ by: 'an operator', full: true }] });
    return handle;
  },
  /** Somebody else writes one record: its zone waits for a decision, the other comes back. */
  'group-blocked-and-resolved': async (yard) => {
    const rig = await groupRig(yard, { each: 1 });
    const run = await start(rig, 60_000);
    await run.until(({ phase }) => phase === 'holding');
    const [first] = rig.records;
    if (first === undefined) throw new Error('a group has records');
    const { route53 } = rig.sandbox;
    for (const { Name = '', Type = '', SetIdentifier } of route53.recordSets(first.zoneId, first.record))
      route53.remove(first.zoneId, {
        name: Name,
        type: Type,
        ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
      });
    const foreign = { Name: first.record, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value: '203.0.113.7' }] };
    route53.put(first.zoneId, foreign);
    await run.until(({ phase }) => phase === 'blocked');
    const decision = { by: 'an operator', decision: 'leave', reason: 'moved elsewhere' };
    await run.handle.executeUpdate('resolve', { args: [decision] });
    return run.handle;
  },
  /** A gate for all steps, and one for the first alone, which compares; the numbers stay good. */
  'measured-promoted': (yard) => measured(yard, () => Promise.resolve()),
  /** The numbers go bad where no probe sees it. */
  'measured-rolled-back': (yard) => measured(yard, (spoil) => spoil()),
};

async function measured(yard: Yard, then: (spoil: () => Promise<void>) => Promise<void>): Promise<WorkflowHandle> {
  const metrics = await startMetrics();
  const { prometheus } = metrics;
  prometheus.answer(ratioOf('black'), 0.001);
  for (const side of ['black', 'red']) {
    prometheus.answer(`requests{side="${side}"}[50ms]`, 100);
    prometheus.answer(`errors{side="${side}"}[50ms]`, 1);
  }
  const rig = await yard.rig({ withoutTls: true, env: metrics.env() });
  const gates = gatesOn(metrics);
  const run = await rig.deploy({
    gates: [PLAIN],
    steps: steps(1_500),
    bakeMs: 1_000,
    pace: FAST,
    by: 'an operator',
    metricGates: [gates.threshold(), gates.compare({ share: 50 })],
  });
  await run.until(({ phase }) => phase === 'holding');
  await then(() => {
    prometheus.answer(ratioOf('black'), 0.2);
    return Promise.resolve();
  });
  await run.end();
  await metrics.close();
  return run.handle;
}

function start(rig: GroupRig, holdMs: number, wish: Partial<DeployRequest> = {}): Promise<GroupDeployment> {
  return rig.deploy({}, { steps: steps(holdMs), gates: [PLAIN], bakeMs: 100, by: 'an operator', ...wish });
}

/** As the client asks for it. */
function undoOf(rig: GroupRig, ended: readonly DeployStatus[]): readonly DeployRequest[] {
  return rig.request().records.map((one) => {
    const of = ended.find(({ record }) => record === one.record);
    if (of?.plan == null) throw new Error(`${one.record} was not deployed`);
    const { before: sets, promotion } = of.plan;
    const undo = { sets, expected: promotion.sets, expectedRevision: of.revision?.number ?? null, toRevision: null };
    return { ...one, undo, acceptIllRed: true, steps: [{ share: 100, holdMs: 0 }], by: 'an operator' };
  });
}

await globalSetup();
const yard = await startYard();
const names = process.argv.slice(2);
for (const [name, take] of Object.entries(ENDS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const handle = await take(yard);
  const { status, type } = await endOf(handle);
  await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(handle));
  process.stdout.write(`${name}: ${status} ${type ?? ''}\n`);
}
await yard.close();
await globalTeardown();
