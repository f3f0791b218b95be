import type { DeployRequest } from '../../src/contracts/deploy.ts';
import type { Undo } from '../../src/core/dns/plan.ts';
import { PLAIN, startYard, type Rig, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const ILL = { kind: 'status', status: 503 } as const;

/** Promotes black, and asks for what an undo of that asks for. */
async function promoted(rig: Rig, over: Partial<Undo> = {}): Promise<Partial<DeployRequest>> {
  const { report } = await (await rig.deploy({ gates: [PLAIN], ttl: 5 })).end();
  const { plan, revision } = report ?? {};
  if (plan == null || revision === undefined) throw new Error(JSON.stringify(report));
  const expected = plan.promotion.sets;
  const undo = { sets: plan.before, expected, expectedRevision: revision.number, toRevision: null, ...over };
  const to = { kind: 'values', values: ['192.0.2.10'] } as const;
  return { undo, to, gates: [PLAIN], acceptIllRed: true, slowRollbackOk: true, steps: [{ share: 100, holdMs: 0 }] };
}

test.concurrent(
  'an undo restores red with its TTL while the side that serves is ill, and leaves the fence at rest',
  async () => {
    const rig = await yard.rig({ withoutTls: true });
    const asked = await promoted(rig);
    await rig.sandbox.black.behave(ILL);
    const end = await (await rig.deploy(asked)).end();
    expect(end.report).toMatchObject({
      outcome: 'promoted',
      revision: { before: 2, from: '192.0.2.20', to: '192.0.2.10' },
    });
    expect(end.report?.stages[1]?.label).toBe('checking what is to come back');
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
    expect(rig.observer.fenceStage()).toBe('idle');
    expect(rig.sandbox.route53.recordSets(rig.sandbox.zoneId, rig.record)).toMatchObject([{ TTL: 60 }]);
  },
);

test.concurrent('an undo is not held up by a name server that is silent, and says that it was not seen', async () => {
  const rig = await yard.rig({ withoutTls: true, askTimeoutMs: 100 });
  const asked = await promoted(rig);
  rig.sandbox.nameServers.servers[2]!.silence();
  const { report } = await (await rig.deploy(asked)).end();
  expect(report?.outcome).toBe('promoted');
  expect(report?.serving?.servers.map(({ kind }) => kind)).toContain('not-seen');
});

test.concurrent('an undo that is aborted puts back what stood before it (D3)', async () => {
  const rig = await yard.rig({ withoutTls: true, insyncAfterMs: 400 });
  const run = await rig.deploy(await promoted(rig));
  await run.until(({ phase }) => phase === 'settling');
  await run.abort();
  expect((await run.end()).report?.outcome).toBe('rolled-back');
  expect(rig.observer.everyState()).toEqual(['red', 'black', 'red', 'black']);
  expect(rig.observer.fenceStage()).toBe('idle');
});

test.concurrent('an undo whose target falls ill after the write stays where more answers come from (D3)', async () => {
  const rig = await yard.rig({ withoutTls: true, insyncAfterMs: 400 });
  const run = await rig.deploy(await promoted(rig));
  await run.until(({ phase }) => phase === 'settling');
  await rig.sandbox.red.behave(ILL);
  expect((await run.end()).report?.outcome).toBe('rolled-back');
  expect(rig.observer.everyState().at(-1)).toBe('black');
});

test.concurrent(
  'an undo finds a value that came between the reading of histories and its own, and leaves it (D4)',
  async () => {
    const rig = await yard.rig({ withoutTls: true });
    const asked = await promoted(rig);
    const { route53, zoneId } = rig.sandbox;
    const foreign = { Name: rig.record, Type: 'A', TTL: 5, ResourceRecords: [{ Value: '198.51.100.7' }] } as const;
    route53.put(zoneId, { ...foreign, ResourceRecords: [...foreign.ResourceRecords] });
    const end = await (await rig.deploy(asked)).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused', refused: [{ code: 'foreign' }] } });
    expect(route53.recordSets(zoneId, rig.record)).toMatchObject([{ ResourceRecords: [{ Value: '198.51.100.7' }] }]);
  },
);
