/** Services that answer nonsense: a value, or a failure with a type; never a fault of ours, and never without an end (A3, S5, D7). */
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { createDeployActivities } from '../../src/activities/deploy-activities.ts';
import { createCloudWatchClients } from '../../src/activities/metrics/cloudwatch-clients.ts';
import { openProvider } from '../../src/activities/metrics/providers.ts';
import { readAlarm } from '../../src/activities/metrics/cloudwatch.ts';
import { graphGate } from '../../src/activities/tasks/graph-gate.ts';
import { createGraph } from '../../src/activities/tasks/graph.ts';
import { fetchDestination } from '../../src/activities/tasks/read-destination.ts';
import { openZone } from '../../src/activities/tasks/zone.ts';
import { createTodoist } from '../../src/activities/tasks/todoist.ts';
import { createAwsClients } from '../../src/clients.ts';
import { loadConfig } from '../../src/config.ts';
import { writeLink, writeMarker } from '../../src/core/tasks/marker.ts';
import type { Provider } from '../../src/core/metrics/metric-gate.ts';
import { FAILURES } from '../../src/policies/failures.ts';
import { ServiceError } from '../../src/policies/service-error.ts';
import { startGraph } from '../../sandbox/graph/stand-in.ts';
import { startMetrics } from '../../sandbox/metrics.ts';
import { startRoute53 } from '../../sandbox/route53/stand-in.ts';
import { startTodoist, TODOIST_TOKEN } from '../../sandbox/todoist/stand-in.ts';
import { clientsFor, environment, TIMEOUT_MS } from '../activities/rig.ts';
import { breakAnswersOf, breakings, type BrokenAnswers } from '../support/broken-answers.ts';
import { fuzzing } from '../support/broken.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

async function brokenly<T extends { readonly url: string; close(): Promise<void> }>(service: T) {
  const answers = await breakAnswersOf(service.url);
  closing.push(
    () => answers.close(),
    () => service.close(),
  );
  return { service, answers };
}

/** Each call ends, one way or the other, in a time that no pagination without end would keep. */
async function soon<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end')), 8_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

interface Sweep {
  readonly answers: BrokenAnswers;
  /** How many answers one call gets at most. */
  readonly many: number;
  readonly json: boolean;
  readonly runs: number;
}

const sweep = ({ answers, many, json, runs }: Sweep, call: () => Promise<void>) =>
  fc.assert(
    fc.asyncProperty(breakings({ answers: many, json }), async ([at, how]) => {
      answers.breakAnswer(at, how);
      await soon(call());
    }),
    fuzzing(runs),
  );

describe('Route 53', () => {
  function mustBeNamed(cause: unknown): void {
    if (!(cause instanceof ApplicationFailure)) throw cause;
    expect(Object.keys(FAILURES).filter((type) => type !== 'Fault')).toContain(cause.type);
    expect(cause.message).not.toMatch(/undefined|\[object/);
  }

  test('a record is read, or the failure is named', async () => {
    const { service, answers } = await brokenly(await startRoute53({ insyncAfterMs: 20 }));
    const zone = service.createZone({ name: 'example.com' });
    for (const [Name, Value] of [
      ['www.example.com', '192.0.2.10'],
      ['app.example.com', '192.0.2.11'],
    ] as const)
      service.put(zone, { Name, Type: 'A', TTL: 60, ResourceRecords: [{ Value }] });
    const config = loadConfig({ AWS_ENDPOINT_URL_ROUTE_53: answers.url, SWITCHYARD_ROUTE53_RATE: '1000' });
    const activities = createDeployActivities({ config, aws: clientsFor(config.aws), askTimeoutMs: TIMEOUT_MS });
    await sweep({ answers, many: 4, json: false, runs: 60 }, () =>
      environment()
        .run(() => activities.readRecord({ record: 'www.example.com', zone: null }))
        .then((snapshot) => expect(snapshot).toHaveProperty('sets'), mustBeNamed),
    );
  });
});

describe('metrics', () => {
  const NOW = Date.now();
  const WINDOWS = [
    { fromMs: NOW, toMs: NOW, stepMs: 60_000 },
    { fromMs: NOW - 240_000, toMs: NOW, stepMs: 60_000 },
  ];

  test('what is no number is no number, and no measure throws (D7)', async () => {
    const metrics = await startMetrics();
    closing.push(() => metrics.close());
    metrics.prometheus.answer('up', 1);
    metrics.json.answer('/stats', { rate: 0.5 });
    metrics.cloudwatch.answer('e / 100', 0.5);
    metrics.cloudwatch.setAlarm('www-5xx', { state: 'OK' });
    const through = async (url: string) => {
      const answers = await breakAnswersOf(url);
      closing.push(() => answers.close());
      return answers;
    };
    const [prom, json, aws] = await Promise.all(
      [metrics.prometheus.url, metrics.json.url, metrics.cloudwatch.url].map(through),
    );
    if (prom === undefined || json === undefined || aws === undefined) throw new Error('no proxies');
    const config = loadConfig({
      ...metrics.env(),
      AWS_ENDPOINT_URL_CLOUDWATCH: aws.url,
      SWITCHYARD_METRIC_HOSTS: '127.0.0.1',
    });
    const clients = createAwsClients(config.aws, { credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const cloudwatch = createCloudWatchClients(clients, config.aws);
    const deps = { ...config, trust: null, cloudwatch };
    const cases: readonly (readonly [Provider, string, BrokenAnswers])[] = [
      [{ kind: 'prometheus', name: 'prom', url: prom.url, secret: null }, 'up', prom],
      [{ kind: 'json', name: 'stats', url: `${json.url}/stats`, secret: null }, '/rate', json],
      [{ kind: 'cloudwatch', name: 'aws', region: null }, 'e / 100', aws],
    ];
    for (const [provider, text, answers] of cases) {
      const opened = await openProvider(deps, provider);
      const url = provider.kind === 'cloudwatch' ? '' : provider.url;
      await sweep({ answers, many: 1, json: provider.kind !== 'cloudwatch', runs: 60 }, async () => {
        for (const window of WINDOWS) {
          const measured = await opened.measure({ text, url, metrics: [] }, window, AbortSignal.timeout(2_000));
          expect(['samples', 'no-data', 'could-not-look']).toContain(measured.kind);
          if (measured.kind === 'samples')
            for (const { at, value } of measured.samples) expect([at, value].every(Number.isFinite)).toBe(true);
        }
      });
    }
    await sweep({ answers: aws, many: 1, json: false, runs: 30 }, async () => {
      const client = cloudwatch.inRole(undefined).client(null);
      const look = await readAlarm(client, 'www-5xx', AbortSignal.timeout(2_000));
      expect(['state', 'could-not-look']).toContain(look.kind);
    });
  });
});

/** As a sync leaves it on a copy. */
const MARKER = {
  ...{ pair: 'tasks', source: '6X', user: 'me', version: 1, hash: '', day: null, occurrence: null },
  ...{ turn: 0, settled: -1, list: '', overruled: null },
};

describe('tasks', () => {
  const TITLE = 'Buy a ring';
  const { signal } = new AbortController();
  const timeouts = { readMs: 2_000, writeMs: 2_000 };

  /** And no word of a task is in it (A1). */
  function mustBeServiceError(cause: unknown): void {
    if (!(cause instanceof ServiceError)) throw cause;
    expect(`${cause.message} ${JSON.stringify(cause.facts)}`).not.toContain(TITLE);
  }
  const ended = (work: Promise<unknown>): Promise<void> => work.then(() => undefined, mustBeServiceError);

  test('Todoist is read, each task or none of it, or the failure is named', async () => {
    const { service, answers } = await brokenly(await startTodoist());
    service.person.add({ content: TITLE });
    service.person.add({ content: TITLE, description: 'x' });
    const client = createTodoist({
      url: answers.url,
      token: () => Promise.resolve(TODOIST_TOKEN),
      count: () => undefined,
      now: Date.now,
      timeouts,
    });
    const from = (scope: Parameters<typeof client.read>[0]['scope']) => ({
      secret: 'todoist',
      scope,
      assignee: 'anyone' as const,
    });
    await sweep({ answers, many: 3, json: true, runs: 60 }, () =>
      ended(client.read(from({ kind: 'everything' }), signal)),
    );
    await sweep({ answers, many: 4, json: true, runs: 40 }, () =>
      ended(client.read(from({ kind: 'filter', filter: '!no due date' }), signal)),
    );
  });

  test('To Do is read, each task or none of it, or the failure is named', async () => {
    const { service, answers } = await brokenly(await startGraph());
    service.person.add({ title: TITLE, extensions: [writeMarker(MARKER)] });
    service.person.add({ title: TITLE, linkedResources: [writeLink('tasks', '6X')] });
    const [list] = service.lists();
    const graph = createGraph({
      url: answers.url,
      mailbox: '/me',
      tokens: { accessToken: () => Promise.resolve('graph-token') },
      gate: graphGate(answers.url),
      count: () => undefined,
      mayWrite: () => true,
      now: Date.now,
      timeouts,
    });
    const path = `/todo/lists/${encodeURIComponent(list?.id ?? '')}/tasks`;
    const step = { method: 'POST', path, body: { title: TITLE }, name: 'POST task' } as const;
    await graph.chain([step, step], signal);
    const zone = openZone('Europe/Berlin');
    if (zone === null) throw new Error('no such zone');
    const reading = Promise.resolve({
      pair: 'tasks',
      userId: 'me',
      active: new Map([['6X', { parentId: null }]]),
      zone,
      zones: openZone,
      mirror: { reminders: true, categories: true },
    });
    await sweep({ answers, many: 3, json: true, runs: 60 }, () => ended(fetchDestination(graph, reading, signal)));
    await sweep({ answers, many: 1, json: true, runs: 40 }, () =>
      ended(
        graph.chain([step, step], signal).then((results) => {
          for (const result of results) if (result.kind === 'failed') mustBeServiceError(result.error);
        }),
      ),
    );
  });
});
