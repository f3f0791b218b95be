import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import { groupId } from '../../src/contracts/deploy-group.ts';
import { deployId, MESSAGES } from '../../src/contracts/deploy.ts';
import { groupRig } from '../support/group-yard.ts';
import { gatesOn, ratioOf } from '../support/metric-gates.ts';
import { FAST, startYard, type Yard } from '../support/yard.ts';

/** Runs that a worker of before began, and which go on when it is updated: named here until then. */
const older = new Set<string>();
let yard: Yard;
beforeAll(async () => {
  yard = await startYard(undefined, { knowsPatches: ({ workflowInfo: { workflowId } }) => !older.has(workflowId) });
});
afterAll(async () => {
  await yard.close();
  await Promise.all(opened.map((metrics) => metrics.close()));
});

const opened: MetricsSandbox[] = [];

const RULE = { by: ['*'], withinMs: 60_000, remindMs: null };
const BY = { by: 'ann@example.com', reason: 'change 4711' };

test.concurrent('gates on metrics alone, enough when it began, are enough after its approval too', async () => {
  const metrics = await startMetrics();
  opened.push(metrics);
  metrics.prometheus.answer(ratioOf('black'), 0.001);
  const rig = await yard.rig({ withoutTls: true, env: metrics.env() });
  const pace = { ...FAST, inconclusive: { limitMs: 60_000, limitAtFullMs: 60_000 } };
  older.add(deployId(rig.record));
  const metricGates = [gatesOn(metrics).threshold()];
  const run = await rig.deploy({ gates: [], metricGates, approve: { cutover: RULE }, pace });
  await run.until(({ phase }) => phase === 'awaiting-approval');
  older.delete(deployId(rig.record));
  await run.handle.executeUpdate(MESSAGES.approve, { args: [BY] });
  expect((await run.end()).report).toMatchObject({ outcome: 'promoted', failure: null });
});

test.concurrent(
  'a group that stopped where red answers less than black, after a no, stays until somebody decides (D3)',
  async () => {
    const rig = await groupRig(yard, { zones: 1 });
    const id = groupId(rig.group);
    older.add(id);
    const run = await rig.deploy({}, { approve: { promotion: RULE }, ifRedIsIll: 'hold' });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    const red = rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[0]!.red);
    await red!.behave({ kind: 'status', status: 503 });
    await run.until(({ records: [first] }) =>
      first!.windows.some(
        ({ side, observations }) => side === 'red' && observations.filter(({ ok }) => !ok).length > 3,
      ),
    );
    await run.handle.executeUpdate(MESSAGES.reject, { args: [BY] });
    await run.until(({ phase }) => phase === 'blocked');
    older.delete(id);
    expect(await run.status()).toMatchObject({ phase: 'blocked', failure: { type: 'Rejected' } });
    await run.handle.signal(MESSAGES.abort, BY);
    expect((await run.end()).report?.outcome).toBe('rolled-back');
    expect(rig.now()).toEqual(['red', 'red']);
  },
);
