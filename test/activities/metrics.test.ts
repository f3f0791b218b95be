import { readFileSync } from 'node:fs';
import { createCloudWatchClients } from '../../src/activities/metrics/cloudwatch-clients.ts';
import { readAlarm } from '../../src/activities/metrics/cloudwatch.ts';
import { checkMetrics } from '../../src/activities/metrics/check-metrics.ts';
import { makeLooks, type MetricLook } from '../../src/activities/metrics/metric-looks.ts';
import type { MetricDeps } from '../../src/activities/metrics/metric-provider.ts';
import { openProvider } from '../../src/activities/metrics/providers.ts';
import { plainPulse } from '../../src/activities/pulse.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import type { RecordSet } from '../../src/core/dns/record-set.ts';
import { startGate, type GateState } from '../../src/core/metrics/gate-state.ts';
import type { Measured, MetricGate, NamedMetric, Provider, Window } from '../../src/core/metrics/metric-gate.ts';
import type { Policy } from '../../sandbox/route53/policy.ts';
import { startMetrics, type MetricsSandbox } from '../../sandbox/metrics.ts';
import { gatesOn } from '../support/metric-gates.ts';
import { failureOf, QUICK } from './rig.ts';

let metrics: MetricsSandbox;
beforeEach(async () => {
  metrics = await startMetrics();
});
afterEach(() => metrics.close());

/** The example, which its documentation sends people to. */
const EXAMPLE = JSON.parse(
  readFileSync(new URL('../../examples/iam-policy-metrics.json', import.meta.url), 'utf8'),
) as Policy;

function depsWith(env: Readonly<Record<string, string>> = {}): MetricDeps {
  const { aws, reach, secrets } = loadConfig({ ...metrics.env(), ...env });
  const clients = createAwsClients(aws, { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  return { reach, secrets, trust: null, cloudwatch: createCloudWatchClients(clients, aws) };
}

const NOW = 1_796_000_000_000;
const AT_NOW: Window = { fromMs: NOW, toMs: NOW, stepMs: 60_000 };
const MINUTES: Window = { fromMs: NOW - 240_000, toMs: NOW, stepMs: 60_000 };

interface Asked {
  readonly text: string;
  readonly window?: Window;
  readonly metrics?: readonly NamedMetric[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
}

async function measure(
  provider: Provider,
  { text, window = AT_NOW, metrics: named = [], env = {}, limitMs = 1_000 }: Asked,
): Promise<Measured> {
  const opened = await openProvider(depsWith(env), provider);
  const url = provider.kind === 'cloudwatch' ? '' : provider.url;
  return opened.measure({ text, url, metrics: named }, window, AbortSignal.timeout(limitMs));
}

const prom = (secret: string | null = null): Provider => ({
  kind: 'prometheus',
  name: 'prom',
  url: `${metrics.prometheus.url}/`,
  secret,
});
const CLOUDWATCH: Provider = { kind: 'cloudwatch', name: 'aws', region: null };

test('CloudWatch is asked with a role only where the worker has bound it (A4)', async () => {
  const asked = measure({ ...CLOUDWATCH, role: 'net' }, { text: 'e / r' });
  expect(await failureOf(asked)).toMatchObject({ type: 'RoleUnknown' });
});

describe('Prometheus', () => {
  test('answers one number for a moment, and one for each step of a span', async () => {
    metrics.prometheus.answer('up', (at) => at / 1_000);
    expect(await measure(prom(), { text: 'up' })).toEqual({
      kind: 'samples',
      samples: [{ at: NOW, value: NOW / 1_000 }],
    });
    const span = await measure(prom(), { text: 'up', window: MINUTES });
    expect(span.kind === 'samples' ? span.samples.length : span).toBe(5);
  });

  test.each<[string, () => void, Measured['kind'], RegExp]>([
    ['a query that finds nothing', () => undefined, 'no-data', /finds no series/],
    ['NaN', () => metrics.prometheus.answer('up', Number.NaN), 'no-data', /NaN, which is no number/],
    ['infinity', () => metrics.prometheus.answer('up', Infinity), 'no-data', /\+Inf, which is no number/],
    [
      'several series',
      () => metrics.prometheus.answer('up', [{ value: 0 }, { value: 0 }]),
      'no-data',
      /2 series, and one is needed/,
    ],
    ['a page of a proxy', () => garble('<html>'), 'could-not-look', /HTTP 200 without an answer of Prometheus/],
    ['half an answer', () => garble('{"status":"succ'), 'could-not-look', /without an answer/],
    ['success without data', () => garble('{"status":"success"}'), 'could-not-look', /holds no number/],
    ['an empty text for a number', () => garble(vector('""')), 'no-data', /no number/],
    ['null for a number', () => garble(vector('null')), 'no-data', /no number/],
    ['no answer', () => strike({ kind: 'hang' }), 'could-not-look', /no answer in time/],
    ['a reset', () => strike({ kind: 'reset' }), 'could-not-look', /connection reset/],
    [
      'HTTP 503',
      () => strike({ kind: 'refuse', status: 503, code: 'unavailable', message: 'down' }),
      'could-not-look',
      /HTTP 503 unavailable: down/,
    ],
    [
      'a part of the answer',
      () => garble(vector('"0"').replace('{', '{"warnings":["store s3 is away"],')),
      'could-not-look',
      /lack a part: store s3 is away/,
    ],
  ])('takes %s for no number (D7)', async (_name, tell, kind, words) => {
    tell();
    const measured = await measure(prom(), { text: 'up' });
    expect(measured.kind).toBe(kind);
    expect('why' in measured ? measured.why : '').toMatch(words);
  });

  test('takes a hint about the query for no gap in the answer', async () => {
    garble(vector('"0"').replace('{', '{"warnings":["PromQL info: metric might not be a counter"],'));
    expect(await measure(prom(), { text: 'up' })).toMatchObject({ kind: 'samples' });
  });

  const vector = (value: string): string =>
    `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[${NOW / 1_000},${value}]}]}}`;
  const garble = (body: string): void => strike({ kind: 'garble', body });
  const strike = (fault: Parameters<MetricsSandbox['prometheus']['faults']['add']>[0]['fault']): void =>
    void metrics.prometheus.faults.add({ operation: '*', fault });

  test('says what Prometheus says of a query that it cannot read', async () => {
    expect(await measure(prom(), { text: 'sum(up' })).toEqual({
      kind: 'could-not-look',
      why: 'HTTP 400 bad_data: invalid parameter "query": parse error: unclosed or unexpected ()',
    });
  });

  test('gets its secret by name, and shows it to nobody, even where it comes back (A1)', async () => {
    const env = { SWITCHYARD_SECRET_T: 'hush-hush-hush', SWITCHYARD_SECRET_T_HOSTS: '127.0.0.1' };
    metrics.prometheus.demand('hush-hush-hush');
    metrics.prometheus.answer('up', 1);
    expect(await measure(prom('t'), { text: 'up', env })).toMatchObject({ kind: 'samples' });
    const body = '{"status":"error","errorType":"x","error":"Bearer hush-hush-hush is wrong"}';
    metrics.prometheus.faults.add({ operation: '*', fault: { kind: 'garble', status: 401, body } });
    expect(await measure(prom('t'), { text: 'up', env })).toMatchObject({
      why: 'HTTP 401 x: Bearer [secret] is wrong',
    });
  });

  test('gets no secret that is not bound to its host (A4)', async () => {
    const failure = await failureOf(
      measure(prom('t'), {
        text: 'up',
        env: { SWITCHYARD_SECRET_T: 'x', SWITCHYARD_SECRET_T_HOSTS: 'other.example.com' },
      }),
    );
    expect(failure).toMatchObject({ type: 'Refused' });
    expect(metrics.prometheus.asked).toEqual([]);
  });

  test.each(['', 'other.example.com', '127.0.0.1:1'])(
    'is not asked where SWITCHYARD_METRIC_HOSTS is %j (A4)',
    async (hosts) => {
      const failure = await failureOf(measure(prom(), { text: 'up', env: { SWITCHYARD_METRIC_HOSTS: hosts } }));
      expect(failure).toMatchObject({ type: 'Refused' });
      expect(failure.message).toMatch(/SWITCHYARD_METRIC_HOSTS=/);
      expect(metrics.prometheus.asked).toEqual([]);
    },
  );

  test.each(['http://169.254.169.254/', 'http://2852039166/', 'http://[::ffff:a9fe:a9fe]/', 'http://[fd00:ec2::254]/'])(
    'is not asked at %s, although SWITCHYARD_METRIC_HOSTS names it (A4)',
    async (url) => {
      const env = { SWITCHYARD_METRIC_HOSTS: new URL(url).hostname };
      const measured = await measure({ kind: 'prometheus', name: 'prom', url, secret: null }, { text: 'up', env });
      expect(measured).toMatchObject({
        kind: 'could-not-look',
        why: expect.stringMatching(/is never asked/) as string,
      });
    },
  );

  test('is not followed to another place (A4)', async () => {
    const body = 'moved';
    metrics.prometheus.faults.add({ operation: '*', fault: { kind: 'garble', status: 302, body } });
    expect(await measure(prom(), { text: 'up' })).toMatchObject({ kind: 'could-not-look' });
  });
});

describe('CloudWatch', () => {
  const named: readonly NamedMetric[] = [
    {
      id: 'e',
      namespace: 'AWS/ApplicationELB',
      metric: 'HTTPCode_Target_5XX_Count',
      dimensions: { TargetGroup: 'tg/black' },
      stat: 'Sum',
    },
  ];

  test('answers the newest value of an expression for a moment, at the time that it is of', async () => {
    metrics.cloudwatch.answer('e / 100', (at) => (at < NOW - 120_000 ? 0.02 : null));
    const measured = await measure(CLOUDWATCH, { text: 'e / 100', metrics: named });
    expect(measured).toMatchObject({ kind: 'samples', samples: [{ value: 0.02 }] });
    expect(measured.kind === 'samples' ? (measured.samples[0]?.at ?? 0) : 0).toBeLessThan(NOW - 120_000);
    expect(metrics.cloudwatch.asked).toMatchObject([
      { Id: 'e', ReturnData: false },
      { Id: 'answer', Expression: 'e / 100' },
    ]);
  });

  test('tells numbers and alarms under the policy of the examples, which allows both and nothing else', async () => {
    const { cloudwatch } = metrics;
    cloudwatch.answer('e', 7);
    cloudwatch.setAlarm('www-5xx', { state: 'OK' });
    const alarm = () =>
      readAlarm(depsWith().cloudwatch.inRole(undefined).client(null), 'www-5xx', AbortSignal.timeout(2_000));
    const number = () => measure(CLOUDWATCH, { text: 'e', metrics: named });
    cloudwatch.grant('test', EXAMPLE);
    expect([(await number()).kind, (await alarm()).kind]).toEqual(['samples', 'state']);
    for (const action of EXAMPLE.Statement.flatMap(({ Action }) => Action)) {
      const Statement = EXAMPLE.Statement.map((one) => ({
        ...one,
        Action: [one.Action].flat().filter((other) => other !== action),
      }));
      cloudwatch.grant('test', { Statement });
      const why = expect.stringContaining(`not authorized to perform: ${action}`) as string;
      expect([await number(), await alarm()]).toContainEqual({ kind: 'could-not-look', why });
    }
  });

  test('does not take a sum that still grows for the sum of its period: errors would pass for ever (D7)', async () => {
    metrics.cloudwatch.answer('e', (at) => Math.min(60, Math.floor((NOW - at) / 1_000)));
    const measured = await measure(CLOUDWATCH, { text: 'e', metrics: named });
    expect(measured).toMatchObject({ kind: 'samples', samples: [{ value: 60 }] });
    expect(measured.kind === 'samples' ? (measured.samples[0]?.at ?? 0) : 0).toBeLessThanOrEqual(NOW - 120_000);
  });

  test('answers no period that still grows', async () => {
    metrics.cloudwatch.answer('SELECT SUM(x) FROM y', 7);
    const window = { ...MINUTES, fromMs: NOW - 600_000 };
    const measured = await measure(CLOUDWATCH, { text: 'SELECT SUM(x) FROM y', window });
    const times = measured.kind === 'samples' ? measured.samples.map(({ at }) => at) : [];
    expect(times.length).toBeGreaterThan(2);
    expect(Math.max(...times) + 120_000).toBeLessThanOrEqual(NOW);
  });

  test.each<[string, () => void, Measured['kind']]>([
    ['an expression that finds nothing', () => undefined, 'no-data'],
    ['no value in the last periods', () => metrics.cloudwatch.answer('e', () => null), 'no-data'],
    [
      'throttling',
      () =>
        void metrics.cloudwatch.faults.add({
          operation: '*',
          fault: { kind: 'refuse', status: 400, code: 'Throttling' },
        }),
      'could-not-look',
    ],
    [
      'no answer',
      () => void metrics.cloudwatch.faults.add({ operation: '*', fault: { kind: 'hang' } }),
      'could-not-look',
    ],
  ])('takes %s for no number (D7)', async (_name, tell, kind) => {
    tell();
    expect((await measure(CLOUDWATCH, { text: 'e', metrics: named })).kind).toBe(kind);
  });
});

describe('a JSON document', () => {
  const json = (path: string): Provider => ({
    kind: 'json',
    name: 'stats',
    url: `${metrics.json.url}${path}`,
    secret: null,
  });

  test.each<[string, unknown, string, Measured['kind']]>([
    ['a number', { rate: { '5xx': 0.5 } }, '/rate/5xx', 'samples'],
    ['nothing', {}, '/rate', 'no-data'],
    ['null', { rate: null }, '/rate', 'no-data'],
    ['a text', { rate: '0' }, '/rate', 'no-data'],
    ['false', { rate: false }, '/rate', 'no-data'],
  ])('with %s at its pointer', async (_name, body, pointer, kind) => {
    metrics.json.answer('/stats', body);
    expect((await measure(json('/stats'), { text: pointer })).kind).toBe(kind);
  });

  test('that is not there could not be looked at', async () => {
    expect(await measure(json('/gone'), { text: '/rate' })).toEqual({ kind: 'could-not-look', why: 'HTTP 404' });
  });
});

const SETS = (...values: readonly string[]): readonly RecordSet[] => [
  {
    name: 'www.example.com.',
    type: 'A',
    ttl: 60,
    values: [...values],
    alias: null,
    setIdentifier: null,
    weight: null,
    healthCheckId: null,
    other: {},
  },
];
const SIDES = [
  { side: 'black', sets: SETS('192.0.2.20') },
  { side: 'red', sets: SETS('192.0.2.10') },
] as const;

describe('a look', () => {
  const looksOf = (...gates: readonly MetricGate[]): Promise<readonly MetricLook[]> =>
    makeLooks(depsWith(), { gates, sides: SIDES, timeoutMs: 200 });
  const started = (gate: MetricGate): GateState => startGate(gate, { baselines: [], before: [] });

  test('asks for black, with its values in the query', async () => {
    const gate = gatesOn(metrics).threshold({
      query: gatesOn(metrics).query('up{side="$side",instance=~"$value.*"}[$tick]'),
    });
    const [look] = await looksOf(gate);
    await look?.look(started(gate), { pulse: plainPulse(), sinceMs: 0 });
    expect(metrics.prometheus.asked).toEqual(['up{side="black",instance=~"192.0.2.20.*"}[50ms]']);
  });

  test('that is late gives no number, and is said to be (D7)', async () => {
    metrics.prometheus.faults.add({ operation: '*', fault: { kind: 'slow', ms: 2_000 } });
    const gate = gatesOn(metrics).threshold();
    const [look] = await looksOf(gate);
    const state = await look?.look(started(gate), { pulse: plainPulse(), sinceMs: 0 });
    expect(state).toMatchObject({
      looks: { counted: 0, newest: [{ value: null, why: expect.stringMatching(/no answer/) as string }] },
    });
  });

  test('of both sides reads the ticks that it missed, once each', async () => {
    const sinceMs = NOW - 500;
    for (const side of ['black', 'red']) {
      metrics.prometheus.answer(`requests{side="${side}"}[50ms]`, 100);
      metrics.prometheus.answer(`errors{side="${side}"}[50ms]`, 1);
    }
    const gate = gatesOn(metrics).compare();
    const [look] = await looksOf(gate);
    const at = (now: number) => ({ pulse: plainPulse(() => now), sinceMs });
    const first = await look?.look(started(gate), at(NOW - 250));
    expect(first).toMatchObject({ comparison: { black: { requests: 500 } }, tickedMs: NOW - 250 });
    const again = await look?.look(first ?? started(gate), at(NOW - 249));
    expect(again).toMatchObject({ comparison: { black: { requests: 500 } } });
    const later = await look?.look(again ?? started(gate), at(NOW));
    expect(later).toMatchObject({
      comparison: { black: { requests: 1_000 }, red: { requests: 1_000 } },
      tickedMs: NOW,
    });
  });

  test('before the first write measures the bursts of red, where its past can be asked for', async () => {
    metrics.prometheus.answer('requests{side="red"}[50ms]', 1_000);
    metrics.prometheus.answer('errors{side="red"}[50ms]', (at) => (Math.round(at / 50) % 2 === 0 ? 5 : 15));
    const input = {
      record: 'www.example.com',
      zone: { id: 'Z', name: 'example.com.', private: false, nameServers: [] },
    };
    const { readings, baselines } = await checkMetrics(
      depsWith(),
      { ...input, gates: [gatesOn(metrics).compare()], sides: SIDES, pace: QUICK, limitMs: 100 },
      plainPulse(),
    );
    expect(readings).toMatchObject([{ gate: 'worse', verdict: { kind: 'pass' } }]);
    expect(baselines).toMatchObject([{ gate: 'worse', dispersion: { ticks: 30, cautious: false } }]);
  });
});
