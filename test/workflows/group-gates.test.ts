import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import type { GroupStatus } from '../../src/contracts/deploy-group.ts';
import type { DeployRequest, MessageAnswer } from '../../src/contracts/deploy.ts';
import { CALM, groupRig, type GroupRig } from '../support/group-yard.ts';
import { gatesOn, SLOW, withSlowLooks } from '../support/metric-gates.ts';
import { PLAIN, startYard, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(async () => {
  await yard.close();
  await Promise.all(opened.map((metrics) => metrics.close()));
});

const opened: MetricsSandbox[] = [];
const PATIENT = { ...CALM, inconclusive: { limitMs: 60_000, limitAtFullMs: 60_000 } };
const HELD = {
  pace: PATIENT,
  steps: [
    { share: 50, holdMs: 30_000 },
    { share: 100, holdMs: 150 },
  ],
};
const ANYBODY = { by: ['*'], withinMs: 60_000, remindMs: null };
const QUICK = { pace: PATIENT, steps: [50, 100].map((share) => ({ share, holdMs: 150 })) };

/** A group of one record in each of two zones; `special` is what the second one asks for beside the others. */
async function measuredGroup(special: (gates: ReturnType<typeof gatesOn>) => Partial<DeployRequest>) {
  const metrics = await startMetrics();
  opened.push(metrics);
  const rig = await groupRig(yard, { zones: 2, each: 1, env: metrics.env() });
  const own = special(gatesOn(metrics));
  const deploy = (shared: Partial<DeployRequest>) => {
    const { records } = rig.request({}, shared);
    return rig.deploy({ records: records.map((one, index) => (index === 1 ? { ...one, ...own } : one)) });
  };
  return { rig, metrics, deploy, second: rig.records[1]!.record };
}

const good = ({ prometheus }: MetricsSandbox, value = 0.001): void => prometheus.answer('errors{side="black"}', value);
const errors = (gates: ReturnType<typeof gatesOn>, wish: Parameters<typeof gates.threshold>[0] = {}) => ({
  metricGates: [gates.threshold({ query: gates.query('errors{side="$side"}'), ...wish })],
});
const measures = ({ phase, records }: GroupStatus): boolean =>
  phase === 'holding' && records[1]?.metrics?.[0]?.verdict.kind === 'pass' && records[1].metrics[0].values.length > 0;
const cameBack = ({ records }: GroupRig): void => {
  for (const { observer } of records) expect(observer.everyState()).toEqual(['red', '50 %', 'red']);
};

describe('a gate on a metric of one record', () => {
  test.concurrent('takes all records of all zones back when it goes bad, and says whose it was (G2, D3)', async () => {
    const { rig, metrics, deploy, second } = await measuredGroup(errors);
    good(metrics);
    const run = await deploy(HELD);
    const held = await run.until(measures);
    expect(held.metrics).toMatchObject([{ gate: `${second}: errors`, verdict: { kind: 'pass' } }]);
    expect(held.records[0]?.metrics).toEqual([]);
    good(metrics, 0.2);
    const end = await run.end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(`${second}: errors: 2 of the last 3 samples > 0.01: 0.2 at `);
    cameBack(rig);
  });

  test.concurrent('passes also where each look takes longer than two probes: a stretch never cuts it off', async () => {
    const samples = { bad: 1, of: 1, min: 1, afterMs: 0, everyMs: 50 };
    const { metrics, deploy } = await measuredGroup((gates) => errors(gates, { samples }));
    good(metrics);
    metrics.prometheus.faults.add({ operation: '*', fault: SLOW, times: Infinity });
    const end = await (await deploy({ steps: [{ share: 100, holdMs: 100 }], pace: withSlowLooks(PATIENT) })).end();
    expect(end.report).toMatchObject({ outcome: 'promoted', metrics: [{ verdict: { kind: 'pass' } }] });
  });

  test.concurrent('is no look at a black without traffic: without a probe beside it all are refused (D7)', async () => {
    const { rig, metrics, deploy, second } = await measuredGroup((gates) => ({ ...errors(gates), gates: [] }));
    good(metrics);
    const end = await (await deploy(QUICK)).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).toMatch(`no probe of ${second} is in force at the first step`);
    expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0]);
  });

  test.concurrent('promotes all when it stays good, without a probe where that was accepted (D7)', async () => {
    const only = { gates: [], unchecked: true };
    const { metrics, deploy } = await measuredGroup((gates) => ({ ...errors(gates), ...only }));
    good(metrics);
    const end = await (await deploy(QUICK)).end();
    expect(end.report).toMatchObject({ outcome: 'promoted', metrics: [{ verdict: { kind: 'pass' } }] });
  });

  test.concurrent(
    'writes nowhere where an alarm fires before, and names the alarm that could be accepted (G2)',
    async () => {
      const { rig, metrics, deploy, second } = await measuredGroup((gates) => ({ metricGates: [gates.alarm()] }));
      metrics.cloudwatch.setAlarm('www-5xx', { state: 'ALARM', reason: 'Threshold Crossed' });
      const end = await (await deploy(QUICK)).end();
      expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'refused' } });
      expect(end.message).toMatch(`${second}: alarm: alarm www-5xx fires`);
      expect(end.report?.failure?.next).toMatch(/--accept-alarm alarm\./);
      expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0]);
    },
  );

  test.concurrent('keeps a promotion from ending the hold early while it has not passed (D7)', async () => {
    const samples = { bad: 2, of: 3, min: 500, afterMs: 0, everyMs: 50 };
    const { metrics, deploy, second } = await measuredGroup((gates) => errors(gates, { samples }));
    good(metrics);
    const run = await deploy(HELD);
    await run.until(({ phase, records }) => phase === 'holding' && records[1]?.metrics !== undefined);
    const promoted = run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: false }] });
    await expect(promoted).rejects.toMatchObject({
      cause: { message: expect.stringMatching(`${second}: .*of the 500 samples`) as string },
    });
    await run.handle.executeUpdate('abort', { args: [{ by: 'a test', reason: 'seen' }] });
  });

  test.concurrent(
    'is asked about under the name of its record while it says nothing, and the group goes on when somebody says so',
    async () => {
      const { metrics, deploy, second } = await measuredGroup((gates) => ({
        ...errors(gates, { waitMs: 300, then: 'approve' }),
        approve: { inconclusive: ANYBODY }, // as the client asks it: of no record without such a gate
      }));
      good(metrics, Number.NaN);
      const run = await deploy({ ...QUICK, steps: [{ share: 100, holdMs: 300 }] });
      const waiting = await run.until(({ approval }) => approval?.of === 'inconclusive');
      expect(waiting.approval?.gates).toEqual([`${second}: errors`]);
      await run.handle.executeUpdate<MessageAnswer, [object]>('approve', {
        args: [{ by: 'ann', reason: 'the scrape is down' }],
      });
      expect((await run.end()).report).toMatchObject({ outcome: 'promoted', metrics: [{ waived: true }] });
    },
  );
});

test.concurrent('a gate that nobody may be asked about is refused, and not looked at for ever (D7)', async () => {
  const { rig, metrics, deploy } = await measuredGroup((gates) => errors(gates, { waitMs: 300, then: 'approve' }));
  good(metrics);
  const end = await (await deploy(QUICK)).end();
  expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
  expect(end.message).toMatch(/the request does not say whom/);
  expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0]);
});

test.concurrent('gates that ask different people are refused, since one answer is for all records', async () => {
  const { rig, metrics, deploy } = await measuredGroup((gates) => ({
    ...errors(gates, { then: 'approve' }),
    approve: { inconclusive: { ...ANYBODY, by: ['ann@example.com'] } },
    confirmByMs: 60_000, // and a rule of one record that would be passed over is no rule
  }));
  good(metrics);
  const shared = { ...errors(gatesOn(metrics), { then: 'approve' }), approve: { inconclusive: ANYBODY } };
  const { type, message } = await (await deploy({ ...QUICK, ...shared })).end();
  expect(type).toBe('Refused');
  expect(message).toMatch(/different approvals of going on .*asks \*, .* asks ann@example\.com, /);
  expect(message).toMatch(/asks for no confirmation; \S+ is to be confirmed within 60 s/);
  expect(rig.records.map(({ observer }) => observer.writes())).toEqual([0, 0]);
});

describe('probes of a single step', () => {
  test.concurrent('are in force at that step alone, and take all records back there (G2, D3)', async () => {
    const deep = { ...PLAIN, name: 'deep', contains: 'the word of red' };
    const { rig, deploy, second } = await measuredGroup(() => ({ stepGates: [{ share: 100, gates: [deep] }] }));
    const red = rig.sandbox.endpoints.all.find(({ address }) => address === rig.records[1]?.red);
    await red?.behave({ kind: 'well', body: 'the word of red' });
    const end = await (await deploy(QUICK)).end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(new RegExp(`${second}: black failed .*the word of red`));
    for (const { observer } of rig.records) expect(observer.everyState()).toEqual(['red', '50 %', 'black', 'red']);
  });
});
