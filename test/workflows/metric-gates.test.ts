import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import type { DeployRequest, DeployStatus, MessageAnswer } from '../../src/contracts/deploy.ts';
import type { ApprovalRule } from '../../src/core/dns/approval.ts';
import { gatesOn, ratioOf, SLOW, withSlowLooks } from '../support/metric-gates.ts';
import { FAST, PLAIN, startYard, type Deployment, type Rig, type RigOptions, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(async () => {
  await yard.close();
  await Promise.all(opened.map((metrics) => metrics.close()));
});

const opened: MetricsSandbox[] = [];

/** A rig whose worker may ask metrics of its own. */
async function measuredRig(options: RigOptions = {}) {
  const metrics = await startMetrics();
  opened.push(metrics);
  const { env, ...others } = options;
  const rig = await yard.rig({ withoutTls: true, ...others, env: { ...metrics.env(), ...env } });
  const gates = gatesOn(metrics);
  const deploy = (overrides: Partial<DeployRequest>): Promise<Deployment> =>
    rig.deploy({ gates: [PLAIN], pace: PATIENT, ...overrides });
  return { rig, metrics, gates, deploy };
}

/** A busy machine must not look like a silent provider: tests of silence say themselves how long it may last. */
const PATIENT = { ...FAST, inconclusive: { limitMs: 60_000, limitAtFullMs: 60_000 } };
const steps = (...shares: readonly number[]) => shares.map((share) => ({ share, holdMs: null }));
/** Whether a hold has numbers of this gate: what is shown before the first write is no sample. */
const measures = ({ phase, metrics }: DeployStatus): boolean =>
  phase === 'holding' && metrics?.[0]?.verdict.kind === 'pass' && metrics[0].values.length > 0;
const says = (metrics: DeployStatus['metrics'], words: string): boolean =>
  metrics?.[0]?.verdict.reason.includes(words) === true;
const neverWrote = ({ observer }: Rig): void => expect(observer.everyState()).toEqual(['red']);
const calm = ({ prometheus }: MetricsSandbox, value = 0.001): void => prometheus.answer(ratioOf('black'), value);

/** Every text of a history, payloads decoded. */
const inClear = (history: unknown): string =>
  JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );

describe('a gate on a metric', () => {
  test.concurrent('promotes a black whose numbers stay good', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    const end = await (await deploy({ steps: steps(50, 100), metricGates: [gates.threshold()] })).end();
    expect(end.report).toMatchObject({
      outcome: 'promoted',
      metrics: [{ gate: 'errors', verdict: { kind: 'pass' }, late: false }],
    });
  });

  test.concurrent('passes also where each look takes longer than two probes: a stretch never cuts it off', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    metrics.prometheus.faults.add({ operation: '*', fault: SLOW, times: Infinity });
    const one = gates.threshold({ samples: { bad: 1, of: 1, min: 1, afterMs: 0, everyMs: 50 } });
    const end = await (await deploy({ bakeMs: 100, metricGates: [one], pace: withSlowLooks(PATIENT) })).end();
    expect(end.report).toMatchObject({ outcome: 'promoted', metrics: [{ gate: 'errors', verdict: { kind: 'pass' } }] });
  });

  test.concurrent('restores red when a metric goes bad that no probe sees (D3)', async () => {
    const { rig, metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    const run = await deploy({ steps: steps(50, 100), holdMs: 20_000, metricGates: [gates.threshold()] });
    await run.until(measures);
    metrics.prometheus.answer(ratioOf('black'), 0.2);
    const end = await run.end();
    expect(end.report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Unhealthy' } });
    expect(end.report?.failure?.sentence).toMatch(/errors: 2 of the last 3 samples > 0\.01: 0\.2 at /);
    expect(rig.observer.now()).toBe('red');
  });

  test.concurrent('takes NaN for no data, and no data for no pass (D7)', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics, Number.NaN);
    const end = await (await deploy({ metricGates: [gates.threshold({ waitMs: 1_000 })] })).end();
    expect(end.report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Inconclusive' } });
    expect(end.report?.failure?.sentence).toMatch(/NaN, which is no number|nothing has been measured/);
  });

  test.concurrent('is refused before anything starts where its host is not allowed (A4)', async () => {
    const { rig, gates, deploy } = await measuredRig({ env: { SWITCHYARD_METRIC_HOSTS: 'other.example.com' } });
    const end = await (await deploy({ metricGates: [gates.threshold()] })).end();
    expect(end.report).toMatchObject({ outcome: 'refused', failure: { type: 'Refused' } });
    expect(end.report?.failure?.sentence).toMatch(
      /is at 127\.0\.0\.1:\d+, and this worker asks other\.example\.com for metrics/,
    );
    neverWrote(rig);
  });

  test.concurrent('alone is refused: nothing would look at black before the first write', async () => {
    const { rig, metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    const metricGates = [gates.threshold()];
    const later = [{ share: 100, gates: [PLAIN] }]; // too late: the first step is at 50 %
    const end = await (await deploy({ gates: [], stepGates: later, steps: steps(50, 100), metricGates })).end();
    expect(end.report).toMatchObject({ outcome: 'refused', failure: { type: 'Refused' } });
    expect(end.report?.failure?.sentence).toMatch(/no probe is in force at the first step/);
    neverWrote(rig);
    const accepted = await (await deploy({ gates: [], unchecked: true, metricGates })).end();
    expect(accepted.report).toMatchObject({ outcome: 'promoted', metrics: [{ verdict: { kind: 'pass' } }] });
  });

  test.concurrent('sends a secret by its name, and leaves it nowhere in the history (A1)', async () => {
    const token = 'a-token-that-nobody-may-see';
    const env = { SWITCHYARD_SECRET_PROM_TOKEN: token, SWITCHYARD_SECRET_PROM_TOKEN_HOSTS: '127.0.0.1' };
    const { metrics, gates, deploy } = await measuredRig({ env });
    metrics.prometheus.demand(token);
    metrics.prometheus.answer(ratioOf('black'), 0);
    metrics.prometheus.faults.add({ operation: '*', fault: { kind: 'garble', status: 500, body: `no ${token} here` } });
    const run = await deploy({
      metricGates: [
        gates.threshold({ query: gates.query('errors{side="$side"} / requests{side="$side"}', 'prom-token') }),
      ],
    });
    expect((await run.end()).report).toMatchObject({ outcome: 'promoted' });
    const history = inClear(JSON.parse(historyToJSON(await run.handle.fetchHistory())));
    expect(history).toContain('prom-token');
    expect(history).not.toContain(token);
  });

  test.concurrent('never decides in a dry run, and shows what it would have said', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics, 0.9);
    const samples = { bad: 1, of: 1, min: 1, afterMs: 0, everyMs: 50 };
    const dryRun = gates.threshold({ weight: 'dry-run', samples });
    const end = await (await deploy({ bakeMs: 3_000, metricGates: [dryRun] })).end();
    expect(end.report).toMatchObject({
      outcome: 'promoted',
      metrics: [{ weight: 'dry-run', verdict: { kind: 'fail' } }],
    });
  });

  test.concurrent('counts two failing gates together, and restores red', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    const counted = ['one', 'two'].map((name) =>
      gates.threshold({ name, weight: 'counted', query: gates.query(`${name}{side="$side"}`) }),
    );
    for (const name of ['one', 'two']) metrics.prometheus.answer(`${name}{side="black"}`, 0.9);
    const end = await (await deploy({ metricGates: counted })).end();
    expect(end.report?.outcome).toBe('rolled-back');
    expect(end.report?.failure?.sentence).toMatch(/one: .*; two: /);
  });

  test.concurrent('is in force at its own step alone', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics, 0.9);
    const run = await deploy({ steps: steps(50, 100), metricGates: [gates.threshold({ share: 100 })] });
    const end = await run.end();
    expect(end.report?.outcome).toBe('rolled-back');
    expect(end.report?.stages.map(({ label }) => label)).toContain('100 %');
  });

  test.concurrent('is asked before a hold ends early, too', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    const samples = { bad: 2, of: 3, min: 500, afterMs: 0, everyMs: 50 };
    const run = await deploy({ bakeMs: 30_000, metricGates: [gates.threshold({ samples })] });
    await run.until(({ phase, metrics: seen }) => phase === 'holding' && seen !== undefined);
    const promoted = run.handle.executeUpdate('promote', { args: [{ by: 'a test', full: false }] });
    await expect(promoted).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/of the 500 samples/) as string },
    });
    await run.abort();
  });
});

describe('a gate that somebody is asked about while it says nothing', () => {
  const RULE: ApprovalRule = { by: ['*@example.com'], withinMs: 60_000, remindMs: null };
  const ANN = { by: 'ann@example.com', reason: 'the scrape is down, black is well' };
  const asks = ({ approval }: DeployStatus): boolean => approval?.of === 'inconclusive';
  const decide = (run: Deployment, verb: 'approve' | 'reject') =>
    run.handle.executeUpdate<MessageAnswer, [object]>(verb, { args: [ANN] });

  /** A run whose gate says nothing, and which has asked. */
  async function asked(wish: Partial<DeployRequest> = {}, rule: ApprovalRule = RULE) {
    const measured = await measuredRig();
    const { metrics, gates, deploy } = measured;
    calm(metrics, Number.NaN);
    const gate = gates.threshold({ waitMs: 300, then: 'approve' });
    const run = await deploy({ metricGates: [gate], bakeMs: 300, approve: { inconclusive: rule }, ...wish });
    return { ...measured, gate, run, waiting: await run.until(asks) };
  }

  test.concurrent('holds the step open until somebody approves, and says who and why (D7)', async () => {
    const { run, waiting } = await asked();
    expect(waiting).toMatchObject({ phase: 'awaiting-approval', share: 100, deadlineAt: null });
    expect(waiting.approval).toMatchObject({ number: 1, gates: ['errors'], by: ['*@example.com'] });
    expect(waiting.verdict?.reason).toMatch(/errors: .*\(inconclusive since .*, more than 300 ms\)/);
    expect((await decide(run, 'approve')).sentence).toBe('going on without the gate errors is approved');
    const { report } = await run.end();
    expect(report).toMatchObject({
      outcome: 'promoted',
      metrics: [{ verdict: { kind: 'inconclusive' }, waived: true }],
    });
    expect(report?.decisions).toMatchObject([{ of: 'inconclusive', gates: ['errors'], decision: 'approved', ...ANN }]);
  });

  test.concurrent('refuses to begin where the request does not say whom to ask (D7)', async () => {
    const { rig, metrics, gates, deploy } = await measuredRig();
    calm(metrics);
    const end = await (await deploy({ metricGates: [gates.threshold({ then: 'approve' })] })).end();
    expect(end).toMatchObject({ type: 'Refused', report: { outcome: 'refused' } });
    expect(end.message).toMatch(/the request does not say whom/);
    expect(rig.observer.writes()).toBe(0);
  });

  test.concurrent('restores red after a no (D3)', async () => {
    const { rig, run } = await asked();
    await decide(run, 'reject');
    const end = await run.end();
    expect(end).toMatchObject({ type: 'Rejected', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(
      /going on without the gate errors was rejected by ann@example\.com: the scrape is down/,
    );
    expect(rig.observer.everyState()).toEqual(['red', 'black', 'red']);
  });

  test.concurrent('restores red when nobody answers in time, by a clock of its own (D3)', async () => {
    const { run } = await asked({}, { ...RULE, withinMs: 500 });
    const end = await run.end();
    expect(end).toMatchObject({ type: 'NotApproved', report: { outcome: 'rolled-back' } });
    expect(end.message).toMatch(/nobody of \*@example\.com approved going on without the gate errors within 500 ms/);
  });

  test.concurrent('keeps the teeth of all other gates while it waits (D3)', async () => {
    const [probed, measured] = await Promise.all([asked(), asked()]);
    await probed.rig.sandbox.black.behave({ kind: 'status', status: 503 });
    measured.metrics.prometheus.answer(ratioOf('black'), 0.9); // its own, when it says something after all
    expect(await probed.run.end()).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
    const end = await measured.run.end();
    expect(end).toMatchObject({ type: 'Unhealthy', report: { outcome: 'rolled-back' } });
    expect(end.report?.failure?.sentence).toMatch(/errors: 2 of the last/);
  });

  test.concurrent('asks nobody any more once it passes, and a decision comes too late', async () => {
    const { metrics, run } = await asked({ bakeMs: 60_000 });
    calm(metrics);
    const on = await run.until(({ phase, approval }) => phase === 'holding' && approval === null);
    expect(on.notices).toContain('errors: nobody needs to decide any more');
    await expect(decide(run, 'approve')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/waits for no approval now/) as string },
    });
    await run.abort();
  });

  test.concurrent('that was approved to be done without still restores red by what it says (D3)', async () => {
    const { metrics, run } = await asked({ bakeMs: 60_000 });
    await decide(run, 'approve');
    await run.until(({ phase }) => phase === 'holding');
    metrics.prometheus.answer(ratioOf('black'), 0.9);
    expect((await run.end()).report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Unhealthy' } });
  });

  test.concurrent('is not asked about twice when the promotion waits for somebody too', async () => {
    const { run } = await asked({ approve: { inconclusive: RULE, promotion: RULE } });
    await decide(run, 'approve');
    await run.until(({ approval }) => approval?.of === 'promotion');
    await decide(run, 'approve');
    expect((await run.end()).report?.decisions).toMatchObject([{ of: 'inconclusive' }, { of: 'promotion' }]);
  });
});

describe('an alarm', () => {
  test.concurrent('that fires at the start refuses the deployment', async () => {
    const { rig, metrics, gates, deploy } = await measuredRig();
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'ALARM', reason: 'Threshold Crossed' });
    const end = await (await deploy({ metricGates: [gates.alarm()] })).end();
    expect(end.report).toMatchObject({ outcome: 'refused', failure: { type: 'Unhealthy' } });
    expect(end.report?.failure?.sentence).toMatch(/alarm www-5xx fires: Threshold Crossed/);
    expect(end.report?.failure?.next).toMatch(/--accept-alarm/);
    neverWrote(rig);
  });

  test.concurrent.each<[string, (metrics: MetricsSandbox) => void]>([
    [
      'may not be read',
      ({ cloudwatch }) =>
        void cloudwatch.faults.add({
          operation: '*',
          times: Infinity,
          fault: { kind: 'refuse', status: 403, code: 'AccessDenied' },
        }),
    ],
  ])('that %s refuses the deployment: it fails closed (D7)', async (_name, tell) => {
    const { rig, metrics, gates, deploy } = await measuredRig();
    tell(metrics);
    const end = await (await deploy({ metricGates: [gates.alarm()] })).end();
    expect(end.report).toMatchObject({ outcome: 'refused', failure: { type: 'Inconclusive' } });
    neverWrote(rig);
  });

  test.concurrent('that begins to fire during a hold restores red, whatever its kind (D3)', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'OK', kind: 'CompositeAlarm' });
    const run = await deploy({ bakeMs: 20_000, metricGates: [gates.alarm()] });
    await run.until(({ phase, metrics: seen }) => phase === 'holding' && says(seen, 'is OK'));
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'ALARM', kind: 'CompositeAlarm', reason: 'children fire' });
    const end = await run.end();
    expect(end.report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Unhealthy' } });
    expect(end.report?.failure?.sentence).toMatch(/alarm www-5xx fires: children fire/);
  });

  test.concurrent('that was accepted may fire until it has been OK, and then no more', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'ALARM' });
    const run = await deploy({ bakeMs: 20_000, metricGates: [gates.alarm({ accepted: true })] });
    await run.until(({ phase, metrics: seen }) => phase === 'holding' && says(seen, 'was accepted'));
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'OK' });
    await run.until(({ metrics: seen }) => says(seen, 'is OK'));
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'ALARM' });
    expect((await run.end()).report?.outcome).toBe('rolled-back');
  });
});

describe('a comparison of black with red', () => {
  const serve = ({ prometheus }: MetricsSandbox, side: 'black' | 'red', errors: number): void => {
    prometheus.answer(`requests{side="${side}"}[50ms]`, 100);
    prometheus.answer(`errors{side="${side}"}[50ms]`, errors);
  };

  test.concurrent('restores red when black fails more often at the same time (D3)', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    serve(metrics, 'red', 1);
    serve(metrics, 'black', 20);
    const run = await deploy({ steps: steps(50, 100), holdMs: 20_000, metricGates: [gates.compare()] });
    const end = await run.end();
    expect(end.report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Unhealthy' } });
    expect(end.report?.failure?.sentence).toMatch(/worse: black failed .* times as often: evidence/);
  });

  test.concurrent('ends no hold early, and is not in force at 100 %', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    serve(metrics, 'red', 1);
    serve(metrics, 'black', 1);
    const run = await deploy({ steps: steps(50, 100), holdMs: 1_500, metricGates: [gates.compare()] });
    const end = await run.end();
    expect(end.report).toMatchObject({ outcome: 'promoted', metrics: [{ gate: 'worse', verdict: { kind: 'pass' } }] });
    const held = end.report?.stages.find(({ label }) => label === 'watching 50 %');
    expect((held?.endedAt ?? 0) - (held?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_400);
  });

  test.concurrent('is no pass while black has served too little (D7)', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    serve(metrics, 'red', 1);
    serve(metrics, 'black', 0);
    const compare = gates.compare({ minRequests: 1_000_000, waitMs: 300 });
    const end = await (await deploy({ steps: steps(50, 100), metricGates: [compare] })).end();
    expect(end.report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Inconclusive' } });
    expect(end.report?.failure?.sentence).toMatch(/black served \d+ of the 1000000 requests/);
  });
});

describe('the observed share', () => {
  test.concurrent('keeps a step waiting until black gets what its weight says', async () => {
    const { metrics, gates, deploy } = await measuredRig();
    metrics.prometheus.answer('requests{side="red"}[50ms]', 1_000);
    metrics.prometheus.answer('requests{side="black"}[50ms]', 0);
    const run = await deploy({ steps: steps(10, 100), metricGates: [gates.share()] });
    const waiting = await run.until(({ metrics: seen }) => seen?.[0]?.verdict.kind === 'inconclusive');
    expect(waiting.metrics?.[0]?.verdict.reason).toMatch(
      /black gets 0 % of the requests, and 5 to 15 % is near its 10 %/,
    );
    metrics.prometheus.answer('requests{side="black"}[50ms]', 100);
    expect((await run.end()).report?.outcome).toBe('promoted');
  });
});
