/**
 * Records a history of every end that a deployment can have into test/histories, from runs on a real server against the sandbox:
 * `node --import tsx scripts/record-histories.ts [NAME...]`. The tests replay them: a change of the workflows that would strand running
 * deployments turns them red. Record anew only when such a change is wanted, and say so in the changelog.
 */
import { writeFile } from 'node:fs/promises';
import type { DeployRequest } from '../src/contracts/deploy.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { PLAIN, startYard, type Deployment, type Rig } from '../test/support/yard.ts';

const STEPS = [
  { share: 50, holdMs: 100 },
  { share: 100, holdMs: 100 },
];
const LONG = [
  { share: 50, holdMs: 60_000 },
  { share: 100, holdMs: 100 },
];
const SOMEBODY = { by: ['*@example.com'], withinMs: 60_000, remindMs: null };
const BLACK_IS_ILL = { kind: 'status', status: 503 } as const;

/** Takes a run to one end. */
const ENDS: Readonly<Record<string, (rig: Rig) => Promise<Deployment>>> = {
  promoted: (rig) => start(rig, STEPS),
  /** The answer of the first write is lost: it is read back, and the fence is renewed to have a change to wait for. */
  unanswered: (rig) => {
    rig.sandbox.route53.faults.add({ operation: 'ChangeResourceRecordSets', fault: { kind: 'apply-then-reset' } });
    return start(rig, STEPS);
  },
  /** Its TTL is lowered first, and the old one waited for. */
  'lowered-ttl': (rig) => {
    const { route53, zoneId } = rig.sandbox;
    route53.put(zoneId, { Name: rig.record, Type: 'A', TTL: 3, ResourceRecords: [{ Value: '192.0.2.10' }] });
    return start(rig, STEPS, { preLowerTtl: 1 });
  },
  unchanged: (rig) => start(rig, STEPS, { to: { kind: 'values', values: ['192.0.2.10'] } }),
  refused: async (rig) => {
    await rig.sandbox.black.behave(BLACK_IS_ILL);
    return start(rig, STEPS);
  },
  'rolled-back': async (rig) => {
    const run = await startAtHalf(rig);
    await rig.sandbox.black.behave(BLACK_IS_ILL);
    return run;
  },
  aborted: async (rig) => {
    const run = await startAtHalf(rig);
    await run.abort();
    return run;
  },
  cancelled: async (rig) => {
    const run = await startAtHalf(rig);
    await run.handle.cancel();
    return run;
  },
  paused: async (rig) => {
    const run = await startAtHalf(rig);
    await run.handle.executeUpdate('pause', { args: [{ by: 'an operator', reason: 'lunch' }] });
    await run.until(({ phase }) => phase === 'paused');
    await run.handle.executeUpdate('resume', { args: [{ by: 'an operator', reason: '' }] });
    await run.until(({ phase }) => phase === 'holding');
    await run.handle.executeUpdate('promote', { args: [{ by: 'an operator', full: true }] });
    return run;
  },
  /** Asked before the first write and before the promotion. */
  approved: async (rig) => {
    const run = await start(rig, STEPS, { approve: { cutover: SOMEBODY, promotion: SOMEBODY } });
    for (const number of [1, 2]) {
      await run.until(({ phase, approval }) => phase === 'awaiting-approval' && approval?.number === number);
      await run.handle.executeUpdate('approve', { args: [{ by: 'ann@example.com', reason: 'change 4711', number }] });
    }
    return run;
  },
  rejected: async (rig) => {
    const run = await start(rig, STEPS, { approve: { promotion: { ...SOMEBODY, remindMs: 300 } } });
    await run.until(({ phase, notices }) => phase === 'awaiting-approval' && notices.length > 0);
    await run.handle.executeUpdate('reject', { args: [{ by: 'ann@example.com', reason: 'not today' }] });
    return run;
  },
  confirmed: async (rig) => {
    const run = await start(rig, STEPS, { confirmByMs: 60_000, bakeMs: 60_000 });
    await run.until(({ phase, approval }) => phase === 'holding' && approval != null);
    await run.handle.executeUpdate('approve', { args: [{ by: 'ann@example.com', reason: 'looks well' }] });
    return run;
  },
  unconfirmed: (rig) => start(rig, STEPS, { confirmByMs: 500, gates: [], unchecked: true }),
  'blocked-and-resolved': async (rig) => {
    const run = await startAtHalf(rig);
    rig.sandbox.route53.put(rig.sandbox.zoneId, ...foreign(rig));
    await run.until(({ phase }) => phase === 'blocked');
    const decision = { by: 'an operator', decision: 'leave', reason: 'moved elsewhere' };
    await run.handle.executeUpdate('resolve', { args: [decision] });
    return run;
  },
  /** Black was promoted, and what stood before is put back. */
  undone: async (rig) => {
    const { report } = await (await start(rig, STEPS)).end();
    const { before: sets, promotion } = report?.plan ?? { before: [], promotion: { sets: [] } };
    const undo = {
      sets,
      expected: promotion.sets,
      expectedRevision: report?.revision?.number ?? null,
      toRevision: null,
    };
    return rig.deploy({
      undo,
      gates: [PLAIN],
      steps: [{ share: 100, holdMs: 0 }],
      acceptIllRed: true,
      by: 'an operator',
    });
  },
  superseded: async (rig) => {
    const run = await startAtHalf(rig);
    const { zoneId, route53 } = rig.sandbox;
    const [fence] = route53.recordSets(zoneId, `_switchyard.${rig.record}`);
    const reset = JSON.stringify(fence).replace(/stage=\w+/, 'stage=reset');
    route53.put(zoneId, JSON.parse(reset) as NonNullable<typeof fence>);
    return run;
  },
};

async function record(): Promise<void> {
  await globalSetup();
  const yard = await startYard();
  const names = process.argv.slice(2);
  for (const [name, take] of Object.entries(ENDS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const rig = await yard.rig();
    const run = await take(rig);
    const { type, report, status } = await run.end();
    await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(run.handle));
    process.stdout.write(`${name}: ${status} ${type ?? ''} ${report?.outcome ?? ''}\n`);
  }
  await yard.close();
  await globalTeardown();
}

function start(rig: Rig, steps: typeof STEPS, wish: Partial<DeployRequest> = {}): Promise<Deployment> {
  return rig.deploy({ steps, gates: [PLAIN], bakeMs: 100, by: 'an operator', ...wish });
}

async function startAtHalf(rig: Rig): Promise<Deployment> {
  const run = await start(rig, LONG);
  await run.until(({ phase, share }) => phase === 'holding' && share === 50);
  return run;
}

function foreign({ sandbox, record: name }: Rig): Parameters<Rig['sandbox']['route53']['put']>[1][] {
  const [first, ...others] = sandbox.route53.recordSets(sandbox.zoneId, name);
  for (const { Name, Type, SetIdentifier } of others) {
    sandbox.route53.remove(sandbox.zoneId, {
      name: Name ?? '',
      type: Type ?? '',
      ...(SetIdentifier === undefined ? {} : { setIdentifier: SetIdentifier }),
    });
  }
  return first === undefined ? [] : [{ ...first, ResourceRecords: [{ Value: '198.51.100.7' }] }];
}

await record();
