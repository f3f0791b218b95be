/**
 * Gates on metrics as a real Prometheus answers them, over a service that it scrapes. Needs Debian's package `prometheus`; `npm run test:long` runs it.
 * What the stand-in says in the same places is held against it in test/activities/metrics.test.ts.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../src/embedded/ports.ts';
import { createCloudWatchClients } from '../../src/activities/metrics/cloudwatch-clients.ts';
import { openProvider } from '../../src/activities/metrics/providers.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import type { Measured, Window } from '../../src/core/metrics/metric-gate.ts';
import { gatesOn, RATIO } from '../support/metric-gates.ts';
import { FAST, PLAIN, startYard, type Yard } from '../support/yard.ts';

const PROMETHEUS = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'prometheus'))
  .find(isProgram);

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A service of two sides whose requests are counted, a hundred each time that somebody scrapes it. */
async function startService() {
  const failing = { black: 0, red: 0 };
  const counted = { black: { requests: 0, errors: 0 }, red: { requests: 0, errors: 0 } };
  const server = createHttpServer((_request, response) => {
    const lines = (['black', 'red'] as const).flatMap((side) => {
      counted[side].requests += 100;
      counted[side].errors += 100 * failing[side];
      const { requests, errors } = counted[side];
      return [`requests{side="${side}"} ${requests}`, `errors{side="${side}"} ${errors}`];
    });
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${lines.join('\n')}\n`);
  });
  return { failing, port: await portOf(server), close: () => server.close() };
}

async function startPrometheus(program: string, target: number) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-prometheus-')));
  const port = await anyFreePort();
  const config = join(folder, 'prometheus.yml');
  const targets = `[{ targets: ['127.0.0.1:${target}'] }]`;
  const job = `{ job_name: service, scrape_interval: 1s, static_configs: ${targets} }`;
  await writeFile(config, `scrape_configs: [${job}]\n`);
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${folder}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn(program, flags, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

if (PROMETHEUS === undefined) {
  test('a real Prometheus is left out: no prometheus in PATH (Debian: apt-get install prometheus)', () => {
    expect(PROMETHEUS).toBeUndefined();
  });
} else {
  describe('a real Prometheus', () => {
    against(PROMETHEUS);
  });
}

function against(program: string): void {
  let service: Awaited<ReturnType<typeof startService>>;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  let yard: Yard;
  beforeAll(async () => {
    yard = await startYard();
    service = await startService();
    prometheus = await startPrometheus(program, service.port);
    for (;;) {
      const { kind } = await measure('rate(requests{side="black"}[5s])');
      if (kind === 'samples') return;
      await sleep(200);
    }
  }, 120_000);
  afterAll(async () => {
    service.close();
    await Promise.all([prometheus.close(), yard.close()]);
  });

  const now = (): Window => ({ fromMs: Date.now(), toMs: Date.now(), stepMs: 1_000 });
  const reach = (): string => new URL(prometheus.url).host;

  async function measure(text: string, window = now()): Promise<Measured> {
    const { aws, reach: allowed, secrets } = loadConfig({ SWITCHYARD_METRIC_HOSTS: reach() });
    const clients = createAwsClients(aws, { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const deps = { reach: allowed, secrets, trust: null, cloudwatch: createCloudWatchClients(clients, aws) };
    const { url } = prometheus;
    const provider = await openProvider(deps, { kind: 'prometheus', name: 'prom', url, secret: null });
    return provider.measure({ text, url, metrics: [] }, window, AbortSignal.timeout(5_000));
  }

  test('answers one number for a moment, and one for each step of a span', async () => {
    const moment = await measure('vector(42)');
    expect(moment).toMatchObject({ kind: 'samples', samples: [{ value: 42 }] });
    const span = { fromMs: Date.now() - 4_000, toMs: Date.now(), stepMs: 1_000 };
    const steps = await measure('vector(1)', span);
    expect(steps).toMatchObject({ kind: 'samples', samples: Array.from({ length: 5 }, () => ({ value: 1 })) });
  });

  test.each<[string, string, Measured['kind'], RegExp]>([
    ['0/0', '0 * vector(0) / vector(0)', 'no-data', /NaN/],
    ['a metric that nobody has', 'nobody_has_this', 'no-data', /no series/],
    ['two series', 'requests', 'no-data', /2 series/],
    ['no PromQL', 'sum(', 'could-not-look', /parse error/],
  ])('takes %s for no number, with its own words', async (_name, text, kind, why) => {
    const measured = await measure(text);
    expect(measured).toMatchObject({ kind, why: expect.stringMatching(why) as string });
  });

  test('restores red when the error ratio of black goes up that no probe sees (D3)', async () => {
    const rig = await yard.rig({ withoutTls: true, env: { SWITCHYARD_METRIC_HOSTS: reach() } });
    const gates = gatesOn({ prometheus });
    const ratio = RATIO.replace(/(\w+\{[^}]*\})/g, 'rate($1[5s])');
    const samples = { bad: 2, of: 3, min: 2, afterMs: 0, everyMs: 1_000 };
    const limits = { limitMs: 60_000, limitAtFullMs: 60_000 };
    const run = await rig.deploy({
      gates: [PLAIN],
      pace: { ...FAST, inconclusive: limits },
      bakeMs: 60_000,
      metricGates: [gates.threshold({ query: gates.query(ratio), samples })],
    });
    await run.until(({ phase, metrics }) => phase === 'holding' && metrics?.[0]?.verdict.kind === 'pass');
    service.failing.black = 0.2;
    const { report } = await run.end();
    expect(report).toMatchObject({ outcome: 'rolled-back', failure: { type: 'Unhealthy' } });
    expect(report?.failure?.sentence).toMatch(/errors: 2 of the last 3 samples > 0\.01/);
    expect(rig.observer.now()).toBe('red');
  }, 120_000);
}
