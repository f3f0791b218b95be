/**
 * A1 No secret, no token and no text of a task is ever in an input, a result, a history, a log, a metric or an error.
 *
 * Every credential and every text of somebody else is a canary. Then everything is done that workers, client and gateway do, well and ill,
 * and all that anybody may read of it afterwards is searched.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { anyFreePort } from '../../src/embedded/ports.ts';
import { startGitServer, type GitServer } from '../../sandbox/git/server.ts';
import { startPrometheus, type PrometheusStandIn } from '../../sandbox/metrics/prometheus.ts';
import { startNotify, type NotifyStandIn } from '../../sandbox/notify/stand-in.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { startTasks, type TasksSandbox } from '../../sandbox/tasks.ts';
import { loadConfig } from '../../src/config.ts';
import { DEPLOY_QUEUE } from '../../src/contracts/deploy.ts';
import type { NotifyRequest } from '../../src/contracts/notify.ts';
import type { MetricGate } from '../../src/core/metrics/metric-gate.ts';
import { NOTICE_EVENTS } from '../../src/core/notify/notice.ts';
import { signInByCode } from '../../src/sign-in/sign-in-by-code.ts';
import { rememberSignIn } from '../../src/sign-in/sign-in-file.ts';
import { endChildren, runClient, startGateway, startService, type Child } from '../support/e2e-child.ts';
import { gatesOn, RATIO, ratioOf } from '../support/metric-gates.ts';
import { filesIn, historiesOf, leaksIn, type Haystack } from '../support/haystack.ts';
import { CLI_NAMESPACES, untilKnown } from '../support/namespaces.ts';
import { runCli } from '../support/run-cli.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';
import { connect, temporalAddress, type TestTemporal } from '../support/temporal.ts';
import { HEALTHY, rigOf, type Rig } from '../support/yard.ts';

const namespace = CLI_NAMESPACES.canary;

const canary = (): string => `canary${randomUUID().replaceAll('-', '')}`;
const secrets = {
  awsKeyId: canary(),
  awsSecret: canary(),
  awsSession: canary(),
  todoist: canary(),
  graph: canary(),
  tokenKey: Buffer.from(canary()).subarray(0, 32).toString('hex'),
  clientSecret: canary(),
  probe: canary(),
  prometheus: canary(),
  git: canary(),
  npm: canary(),
  todoistHook: canary(),
  githubHook: canary(),
  gitlabHook: canary(),
  alertmanagerHook: canary(),
  cloudwatchHook: canary(),
  temporalHeader: canary(),
};
/** Of somebody else: of a task, of an answer, of a delivery. */
const texts = {
  title: canary(),
  description: canary(),
  label: canary(),
  project: canary(),
  ownTask: canary(),
  todoistAnswer: canary(),
  graphAnswer: canary(),
  microsoftAnswer: canary(),
  route53Answer: canary(),
  endpointAnswer: canary(),
  delivery: canary(),
};

let temporal: TestTemporal;
let dns: Sandbox;
let tasks: TasksSandbox;
let git: GitServer;
let notify: NotifyStandIn;
let prometheus: PrometheusStandIn;
let worker: Child;
let gateway: Child;
let folder: string;
let env: Record<string, string>;
/** The secret parts of what the stand-in for notices knows. */
let told: Readonly<Record<string, string>>;
/** All that anybody may read. */
const seen = new Map<string, string>();

beforeAll(async () => {
  [temporal, dns, tasks, git, notify, prometheus] = await Promise.all([
    connect(),
    startSandbox({ zone: 'canary.example', insyncAfterMs: 40, seed: 7 }),
    startTasks(),
    startGitServer(),
    startNotify(),
    startPrometheus(),
  ]);
  temporal = { ...temporal, namespace, client: new Client({ connection: temporal.connection, namespace }) };
  folder = await mkdtemp(join(tmpdir(), 'switchyard-canary-'));
  await untilKnown(temporal.connection, namespace);
  env = await plantSecrets();
  await plantTexts();
  await writeFile(join(folder, 'switchyard.yaml'), FILE());
  worker = await startService(env);
  await signIn();
  await Promise.all([runDeployments(), runSyncs(), runBuilds()]);
  await deliver();
  await lookAround();
  await gather();
}, 120_000);
afterAll(async () => {
  await endChildren();
  const standIns = [dns, tasks, git, notify, prometheus];
  await Promise.all([...standIns, temporal].map((one) => one.close()));
  await rm(folder, { recursive: true, force: true });
});

test('no secret and no token is in a history, a log, a metric, an error, what the client prints, or a file (A1)', () => {
  const hook = told['SWITCHYARD_SECRET_HOOK_SECRET'] ?? '';
  const given = { refreshToken: 'secret-refresh-', accessToken: 'secret-access-' };
  expect(leaksIn(seen, { ...secrets, ...given, slackHook: slackPath(), hookSecret: hook })).toEqual([]);
});

test('no text of a task, and nothing that a service answered or a webhook said, is there either (A1)', () => {
  expect(leaksIn(seen, texts)).toEqual([]);
});

test('all of it was searched: each place says what it is there for', () => {
  const places = [...seen.keys()];
  const has = (place: string, word: string): boolean =>
    [...seen].some(([name, text]) => name.startsWith(place) && text.includes(word));
  const { record } = dns;
  expect(has('run deploy:', record)).toBe(true);
  expect(has('run sync:tasks', 'inScope')).toBe(true);
  expect(has('run sync:tasks', 'SignInNeeded')).toBe(true);
  expect(has('run sync:signed-in', 'invalid_grant')).toBe(true);
  expect(tasks.microsoft.faults.seen.filter(({ operation }) => operation === 'token').length).toBeGreaterThan(2);
  expect(has('run deploy:', 'no series for Bearer [secret]')).toBe(true);
  expect(has('run docs:handbook', 'published')).toBe(true);
  expect(has('worker log', '"activity":"')).toBe(true);
  expect(has('worker log', 'sync/tasks: synced')).toBe(true);
  expect(has('gateway log', '"result":"denied"')).toBe(true);
  expect(has('worker metrics', 'switchyard_syncs_total')).toBe(true);
  expect(has('gateway metrics', 'result="taken"')).toBe(true);
  expect(has('client', 'rolled back')).toBe(true);
  expect(places.filter((place) => place.startsWith(folder) && place.endsWith('.canary.example.html'))).toHaveLength(2);
  expect(places.some((place) => place.includes('/published/'))).toBe(true);
  expect(places.some((place) => place.endsWith('signed-in.json'))).toBe(true);
});

test('every line about a run says whose it is, and which attempt', () => {
  const lines = worker
    .out()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofActivities = parsed.filter(
    ({ component, msg }) => component === 'worker' && String(msg).startsWith('Activity'),
  );
  expect(ofActivities.length).toBeGreaterThan(0);
  for (const line of ofActivities) {
    expect(line).toMatchObject({ workflow: expect.any(String) as string, run: expect.any(String) as string });
    expect(line).toMatchObject({ activity: expect.any(String) as string, attempt: expect.any(Number) as number });
  }
  const ofChores = ofActivities.filter(({ workflow }) => /^(deploy|sync|docs):/.test(String(workflow)));
  expect(ofChores.filter((line) => (line['record'] ?? line['pair'] ?? line['site']) === undefined)).toEqual([]);
});

const FILE = () => `version: 1
sync:
  tasks: { from: { secret: todoist-token }, to: { secret: graph-token } }
  signed-in: { from: { secret: todoist-token }, to: { account: me@example.com } }
docs:
  handbook:
    source: { git: '${git.url}', ref: main, secret: git-token }
    generator: { typedoc: { entryPoints: [src/index.ts] } }
hooks:
  todoist: { secret: todoist-hook, pairs: [tasks] }
  github: { secret: github-hook }
  gitlab: { secret: gitlab-hook }
  alertmanager: { secret: alertmanager-hook }
  cloudwatch: { secret: cloudwatch-hook }
records:
  gone.${dns.zone}: { default: 192.0.2.10, onAlarm: { www-5xx: abort, www-down: reset } }
`;

async function plantSecrets(): Promise<Record<string, string>> {
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, `${await readFile(dns.env()['SWITCHYARD_CA_FILE'] ?? '', 'utf8')}\n${tasks.ca}`);
  tasks.todoist.accept(secrets.todoist);
  tasks.graph.accept(secrets.graph, { user: 'other@example.com' }); // of two pairs with one account the second one would be stopped
  git.behave({ authorization: basic(secrets.git) });
  prometheus.demand(secrets.prometheus);
  prometheus.answer(ratioOf('black'), 0.001);
  told = notify.env();
  return {
    ...dns.env(),
    ...tasks.env(),
    ...told,
    SWITCHYARD_CA_FILE: ca,
    AWS_ACCESS_KEY_ID: secrets.awsKeyId,
    AWS_SECRET_ACCESS_KEY: secrets.awsSecret,
    AWS_SESSION_TOKEN: secrets.awsSession,
    SWITCHYARD_SECRET_TODOIST_TOKEN: secrets.todoist,
    SWITCHYARD_SECRET_GRAPH_TOKEN: secrets.graph,
    SWITCHYARD_SECRET_PROBE_TOKEN: secrets.probe,
    SWITCHYARD_SECRET_PROBE_TOKEN_HOSTS: `*.${dns.zone},192.0.2.10,192.0.2.20`,
    SWITCHYARD_SECRET_PROM_TOKEN: secrets.prometheus,
    SWITCHYARD_SECRET_PROM_TOKEN_HOSTS: '127.0.0.1',
    SWITCHYARD_METRIC_HOSTS: new URL(prometheus.url).host,
    SWITCHYARD_SECRET_GIT_TOKEN: secrets.git,
    SWITCHYARD_SECRET_GIT_TOKEN_HOSTS: '127.0.0.1',
    SWITCHYARD_TOKEN_KEY: secrets.tokenKey,
    SWITCHYARD_TOKEN_DIR: join(folder, 'tokens'),
    NPM_TOKEN: secrets.npm,
    NODE_AUTH_TOKEN: secrets.npm,
    GITHUB_TOKEN: secrets.npm,
    npm_config__authToken: secrets.npm,
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_DOCS_SOURCES: new URL(git.url).origin,
    SWITCHYARD_METRICS_ADDRESS: `127.0.0.1:${await anyFreePort()}`,
    SWITCHYARD_LOG_LEVEL: 'trace',
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_GRPC_META_X_CANARY: secrets.temporalHeader,
  };
}

const basic = (token: string): string => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

async function plantTexts(): Promise<void> {
  const { person } = tasks.todoist;
  for (let at = 0; at < 3; at += 1)
    person.add({ content: `${texts.title} ${at}`, description: texts.description, labels: [texts.label] });
  await git.commit({
    'package.json': JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }),
    'tsconfig.json': SMALL_TSCONFIG,
    'src/index.ts': '/** Is one. */\nexport const one = 1;\n',
  });
}

async function signIn(): Promise<void> {
  const { microsoft } = loadConfig(env).tasks;
  const signedIn = await signInByCode({
    microsoft,
    now: Date.now,
    show: ({ code }) => tasks.microsoft.approve(code, { upn: 'me@example.com', oid: randomUUID() }),
    signal: new AbortController().signal,
  });
  await rememberSignIn({ microsoft, pair: 'signed-in' }, signedIn);
}

/**
 * One that is promoted, measured with a token; one whose black sends back what it was asked with, and whose Slack and Prometheus refuse in the words of
 * what they were sent; one that Route 53 denies.
 */
async function runDeployments(): Promise<void> {
  const headers = [
    { name: 'authorization', secret: 'probe-token' },
    { name: 'x-token', secret: 'probe-token' },
  ];
  const gates = [{ ...HEALTHY, headers }];
  const metricGates = [measured()];
  const promoted = await rig('promoted').deploy({ gates, metricGates, notify: notices() });
  await promoted.end();
  notify.faults.add({
    operation: 'slack',
    times: 2,
    fault: {
      kind: 'refuse',
      status: 403,
      code: `no_service ${slackPath()} ${told['SWITCHYARD_SECRET_HOOK_SECRET'] ?? ''}`,
    }, // it is quoted, without what is secret
  });
  for (const side of [dns.red, dns.black]) await side.behave({ kind: 'well', json: { token: 'expected' } });
  const ill = await rig('ill').deploy({
    gates: [{ ...HEALTHY, headers, json: { '/token': 'expected' } }],
    metricGates,
    notify: notices(),
    bakeMs: 30_000,
  });
  await ill.until(({ phase }) => phase === 'holding');
  const message = `no series for Bearer ${secrets.prometheus}`;
  prometheus.faults.add({
    operation: '*',
    times: Infinity,
    fault: { kind: 'refuse', status: 422, code: 'execution', message },
  });
  await ill.until(({ metrics }) => metrics?.some(({ verdict }) => verdict.reason.includes('no series for')) === true);
  await dns.black.behave({ kind: 'well', json: { token: `Bearer ${secrets.probe}`, more: texts.endpointAnswer } });
  await ill.end();
  await dns.red.behave({ kind: 'well' });
  await dns.black.behave({ kind: 'well' });
  dns.route53.faults.add({
    operation: 'ChangeResourceRecordSets',
    fault: { kind: 'refuse', status: 403, code: 'AccessDenied', message: `${texts.route53Answer} ${secrets.awsKeyId}` },
  });
  const denied = await rig('denied').deploy({ gates });
  await denied.end();
}

/** It decides nothing: what it saw is shown all the same. */
function measured(): MetricGate {
  const { threshold, query } = gatesOn({ prometheus });
  return threshold({ weight: 'dry-run', query: query(RATIO, 'prom-token') });
}

function rig(label: string): Rig {
  const record = label === 'ill' ? dns.record : `${label}.${dns.zone}`;
  const ResourceRecords = [{ Value: '192.0.2.10' }];
  if (label !== 'ill') dns.route53.put(dns.zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
  return rigOf({ temporal, taskQueue: DEPLOY_QUEUE, sandbox: { ...dns, record }, ids: [], closed: () => undefined });
}

const slackPath = (): string => new URL(told['SWITCHYARD_SECRET_SLACK_HOOK'] ?? '').pathname;

function notices(): NotifyRequest {
  const on = NOTICE_EVENTS;
  return {
    targets: [
      { name: 'hook', format: 'webhook', on, secret: 'hook-secret', url: `${notify.url}/hook` },
      { name: 'slack', format: 'slack', on, secret: 'slack-hook' },
    ],
    ui: null,
    pace: { remindMs: 1_000, giveUpAfterMs: 1_000, lastWordsMs: 2_000, retry: { firstMs: 50, maxMs: 200 } },
  };
}

/** Done; with a task that is refused in the words of a service; with a token that is renewed; and without one. */
async function runSyncs(): Promise<void> {
  const { graph, todoist } = tasks;
  await client('sync', 'signed-in');
  await renewSignIn();
  await client('sync', 'tasks');
  todoist.person.add({ content: texts.title, description: texts.description });
  const message = `${texts.graphAnswer} ${texts.title} ${secrets.graph}`;
  graph.steps.add({
    operation: '*',
    times: 3,
    fault: { kind: 'refuse', status: 400, code: 'invalidRequest', message },
  });
  await client('sync', 'tasks');
  todoist.faults.add({
    operation: '*',
    times: 2,
    fault: { kind: 'garble', body: `<html>${texts.todoistAnswer} ${texts.title}` },
  });
  graph.faults.add({
    operation: '*',
    times: 2,
    fault: { kind: 'garble', body: `{"value": "${texts.graphAnswer}`, status: 502 },
  });
  await client('sync', 'tasks', '--json');
  await client('sync', 'tasks', '--dry-run');
  todoist.revoke(secrets.todoist);
  await client('sync', 'tasks');
  todoist.accept(secrets.todoist);
}

/** Refused in the words of a service that says what it was sent; then done. */
async function renewSignIn(): Promise<void> {
  const { microsoft } = tasks;
  microsoft.expireAccessTokens();
  microsoft.faults.add({
    operation: 'token',
    fault: { kind: 'refuse', status: 400, code: 'invalid_grant', message: `${texts.microsoftAnswer} secret-refresh-1` },
  });
  await client('sync', 'signed-in');
  await client('sync', 'signed-in');
}

/** Published, and refused by the git server. */
async function runBuilds(): Promise<void> {
  await client('docs', 'publish', 'handbook');
  git.behave({ authorization: 'Basic another' });
  await client('docs', 'publish', 'handbook');
}

/** Each hook once as it should be, and once as it should not. */
async function deliver(): Promise<void> {
  gateway = startGateway(
    { address: temporalAddress() },
    ['--listen', '127.0.0.1:0', '--config', join(folder, 'switchyard.yaml')],
    {
      TEMPORAL_NAMESPACE: namespace,
      SWITCHYARD_LOG: 'json',
      SWITCHYARD_LOG_LEVEL: 'trace',
      SWITCHYARD_SECRET_TODOIST_HOOK: secrets.todoistHook,
      SWITCHYARD_SECRET_GITHUB_HOOK: secrets.githubHook,
      SWITCHYARD_SECRET_GITLAB_HOOK: secrets.gitlabHook,
      SWITCHYARD_SECRET_ALERTMANAGER_HOOK: secrets.alertmanagerHook,
      SWITCHYARD_SECRET_CLOUDWATCH_HOOK: secrets.cloudwatchHook,
    },
  );
  await gateway.says('listening at');
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(gateway.out())?.[0] ?? '';
  for (const { hook, body, headers } of deliveries()) {
    const post = (more: Record<string, string>) =>
      fetch(`${origin}/hooks/${hook}`, { method: 'POST', body, headers: { 'x-canary': texts.delivery, ...more } });
    const [good, bad] = await Promise.all([post(headers), post({ authorization: `Bearer ${texts.delivery}` })]);
    seen.set(`gateway answer ${hook}`, `${good.status} ${await good.text()} ${bad.status} ${await bad.text()}`);
    expect([hook, good.status === 401, bad.status]).toEqual([hook, false, 401]);
  }
  seen.set('gateway metrics', await (await fetch(`${origin}/metrics`)).text());
}

interface Sent {
  readonly hook: string;
  readonly body: string;
  readonly headers: Record<string, string>;
}

function deliveries(): readonly Sent[] {
  const task = JSON.stringify({ event_name: 'item:added', event_data: { content: texts.delivery } });
  const after = 'a'.repeat(40);
  const push = JSON.stringify({
    ref: 'refs/heads/other',
    after,
    checkout_sha: after,
    commits: [{ message: texts.delivery }],
    repository: { clone_url: git.url, full_name: texts.delivery },
    project: { git_http_url: git.url },
  });
  const alert = { status: 'firing', startsAt: new Date().toISOString() };
  const alerts = JSON.stringify({
    version: '4',
    alerts: [texts.delivery, 'www-5xx', 'www-down'].map((alertname) => ({
      ...alert,
      labels: { alertname, pod: texts.delivery },
      annotations: { summary: texts.delivery },
    })),
  });
  const hmac = (key: string, body: string, encoding: 'hex' | 'base64') =>
    createHmac('sha256', key).update(body).digest(encoding);
  return [
    { hook: 'todoist', body: task, headers: { 'x-todoist-hmac-sha256': hmac(secrets.todoistHook, task, 'base64') } },
    {
      hook: 'github',
      body: push,
      headers: { 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${hmac(secrets.githubHook, push, 'hex')}` },
    },
    { hook: 'gitlab', body: push, headers: { 'x-gitlab-event': 'Push Hook', 'x-gitlab-token': secrets.gitlabHook } },
    { hook: 'alertmanager', body: alerts, headers: { authorization: `Bearer ${secrets.alertmanagerHook}` } },
    {
      hook: 'cloudwatch',
      body: JSON.stringify({ source: texts.delivery }),
      headers: { 'x-api-key': secrets.cloudwatchHook },
    },
  ];
}

async function lookAround(): Promise<void> {
  const names = [dns.record, `denied.${dns.zone}`, 'sync/tasks', 'docs/handbook'];
  await Promise.all([
    client('ls'),
    client('ls', '--json'),
    ...['sync/tasks', 'sync/signed-in', dns.record].map((name) => client('doctor', name)),
    ...names.flatMap((name) => [
      client('status', name),
      client('status', name, '--json'),
      client('history', name),
      client('show', name, '--details', '--html', join(folder, `${name.replace('/', '-')}.html`)),
    ]),
  ]);
  const args = ['reset', `promoted.${dns.zone}`, '--to', '192.0.2.10'];
  const { exit, out, err } = await runClient({ sandbox: { env: () => env }, address: temporalAddress() }, args);
  seen.set('client reset', `${exit}\n${out}\n${err}`); // in a process of its own, since the SDK finds credentials there
}

/** The client in this process, with everything that the worker has in its environment. */
async function client(...args: readonly string[]): Promise<void> {
  const { exit, out, err } = await runCli(args, { folder, namespace, env });
  seen.set(`client ${seen.size} ${args.join(' ')}`, `${exit}\n${out}\n${err}`);
}

async function gather(): Promise<void> {
  const address = env['SWITCHYARD_METRICS_ADDRESS'] ?? '';
  seen.set('worker metrics', await (await fetch(`http://${address}/metrics`)).text());
  seen.set('worker log', `${worker.out()}${worker.err()}`);
  seen.set('gateway log', `${gateway.out()}${gateway.err()}`);
  const found: readonly Haystack[] = [await historiesOf(temporal.client), await filesIn(folder)];
  for (const haystack of found) for (const [place, text] of haystack) seen.set(place, text);
}
