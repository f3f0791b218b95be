/** What can be scraped from a worker after real runs: that it is there, that it is true, and that it is true again after a kill -9. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { anyFreePort } from '../../src/embedded/ports.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { DEPLOY_QUEUE, DEPLOY_WORKFLOW, deployId } from '../../src/contracts/deploy.ts';
import { DEFAULT_TYPEDOC, NO_GATES } from '../../src/contracts/docs.ts';
import {
  DEFAULT_DOCS_PACE,
  DOCS_MESSAGES,
  DOCS_QUEUE,
  DOCS_WORKFLOW,
  docsId,
  docsScheduleId,
} from '../../src/contracts/docs-runs.ts';
import type { DocsRequest, DocsWish, SiteSpec } from '../../src/contracts/docs-runs.ts';
import { GUARD_WORKFLOW } from '../../src/contracts/guard.ts';
import { SYNC_QUEUE, SYNC_WORKFLOW, scheduleId } from '../../src/contracts/sync.ts';
import { gatewayMetrics } from '../../src/gateway/metrics.ts';
import { endChildren, startService, type Child } from '../support/e2e-child.ts';
import { alertRules, dashboardQueries, metricsIn } from '../support/monitoring.ts';
import { FAST_GUARD } from '../support/guard-yard.ts';
import { CLI_NAMESPACES, untilKnown } from '../support/namespaces.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';
import { closeServices, openRig, specOf, syncEnv, type SyncRig } from '../support/sync-yard.ts';
import { connect, temporalAddress, type TestTemporal } from '../support/temporal.ts';
import { until } from '../support/until.ts';
import { PLAIN, requestFor, rigOf, type Rig } from '../support/yard.ts';

const namespace = CLI_NAMESPACES.observed;
const SITE = 'handbook';

let temporal: TestTemporal;
let sandbox: Sandbox;
let sync: SyncRig;
let folder: string;
let env: Record<string, string>;
let worker: Child;
let scraped: () => Promise<string>;
/** What the first worker showed before it was killed. */
let first: string;

beforeAll(async () => {
  const [to, stands, at] = await Promise.all([connect(), startSandbox({ insyncAfterMs: 40, seed: 7 }), anyFreePort()]);
  temporal = { ...to, namespace, client: new Client({ connection: to.connection, namespace }) };
  sandbox = stands;
  folder = await mkdtemp(join(tmpdir(), 'switchyard-metrics-'));
  sync = await openRig({ temporal, taskQueue: SYNC_QUEUE, ids: [] });
  env = {
    ...sandbox.env(),
    ...syncEnv(sync),
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: namespace,
    SWITCHYARD_METRICS_ADDRESS: `127.0.0.1:${at}`,
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    SWITCHYARD_DOCS_SOURCES: join(folder, 'source'),
    SWITCHYARD_TOKEN_DIR: join(folder, 'tokens'),
  };
  scraped = async () => (await fetch(`http://127.0.0.1:${at}/metrics`)).text();
  await mkdir(join(folder, 'tokens'));
  await writeFile(join(folder, 'tokens', 'tasks.json'), '{}');
  await untilKnown(to.connection, namespace);
  worker = await startService(env);
  await runEverything();
  first = await scraped();
}, 60_000);
afterAll(async () => {
  await endChildren();
  await Promise.all([closeServices(sync), sandbox.close(), temporal.close()]);
  await rm(folder, { recursive: true, force: true });
});

test('counts what has ended, by outcome, with names and units as Prometheus has them', () => {
  const text = first;
  expect(valueOf(text, 'switchyard_deployments_total', { outcome: 'promoted' })).toBe(1);
  expect(
    valueOf(text, 'switchyard_deployments_total', { outcome: 'rolled-back', workflowType: 'deployRedBlack' }),
  ).toBe(1);
  expect(valueOf(text, 'switchyard_rollback_duration_seconds_count', {})).toBe(1);
  expect(valueOf(text, 'switchyard_rollbacks_blocked_total', {})).toBe(1);
  expect(valueOf(text, 'switchyard_syncs_total', { pair: sync.pair, outcome: 'synced' })).toBe(1);
  expect(valueOf(text, 'switchyard_sync_tasks_total', { pair: sync.pair, result: 'create' })).toBe(2);
  expect(valueOf(text, 'switchyard_docs_builds_total', { site: SITE, outcome: 'published' })).toBe(1);
  expect(valueOf(text, 'switchyard_guard_runs_total', { outcome: 'quiet' })).toBe(1);
  expect(text).toMatch(/^temporal_activity_execution_latency_seconds_bucket\{/m);
  expect(text).toMatch(/^temporal_workflow_task_schedule_to_start_latency_seconds_bucket\{.*le="30"/m); // an alert is about 5 s
});

test('shows rare ends as 0 from the start, under the labels that they will have, so that the first one is a rise', () => {
  const text = first;
  const all = text.split('\n').filter((line) => isOf(line, 'switchyard_deployments_total'));
  const rolledBack = all.filter((line) => line.includes('outcome="rolled-back"') && line.includes('"deployRedBlack"'));
  expect(rolledBack).toHaveLength(1); // what was counted went on from that 0
  expect(valueOf(text, 'switchyard_deployments_total', { outcome: 'not-restored' })).toBe(0);
  expect(valueOf(text, 'switchyard_resets_total', { outcome: 'failed' })).toBe(0);
});

test('says which rollback is blocked, and which deployment nobody answers for, also after the worker was killed and another one has done nothing yet', async () => {
  const blocked = { record: `blocked.${sandbox.zone}`, state: 'blocked' };
  worker.kill('SIGKILL');
  await worker.exit;
  worker = await startService(env);
  await until(
    'the rollback is seen to be blocked',
    async () => valueOf(await scraped(), 'switchyard_record_state', blocked) === 1,
  );
  expect(
    valueOf(await scraped(), 'switchyard_record_state', { record: `lost-11.${sandbox.zone}`, state: 'unanswered' }),
  ).toBe(1);
  expect(valueOf(await scraped(), 'switchyard_deployments_total', { outcome: 'promoted' })).toBeUndefined(); // a history that replays counts nothing
});

test('says when each chore last ended well, and until when a sign-in is good', async () => {
  for (const what of ['syncs', 'tokens', 'docs', 'sites'])
    await until(
      `${what} are looked at`,
      async () => valueOf(await scraped(), 'switchyard_state_seen_timestamp_seconds', { what }) !== undefined,
    );
  const text = await scraped();
  const now = Date.now() / 1_000;
  const ago = (name: string, labels: Record<string, string>) => now - (valueOf(text, name, labels) ?? Number.NaN);
  expect(ago('switchyard_sync_last_success_timestamp_seconds', { pair: sync.pair })).toBeLessThan(60);
  expect(ago('switchyard_docs_last_success_timestamp_seconds', { site: SITE })).toBeLessThan(60);
  expect(ago('switchyard_docs_published_timestamp_seconds', { site: SITE, version: 'latest' })).toBeLessThan(60);
  expect(ago('switchyard_guard_last_run_timestamp_seconds', {})).toBeLessThan(60);
  const days = -ago('switchyard_token_expiry_timestamp_seconds', { kind: 'sign-in', name: 'tasks' }) / 86_400;
  expect(days).toBeGreaterThan(89.9);
  expect(days).toBeLessThanOrEqual(90);
});

test('has every metric that an alert or the dashboard asks for', async () => {
  const asked = [...(await alertRules()).map(({ expr }) => expr), ...(await dashboardQueries())].flatMap(metricsIn);
  const lines = [first, await scraped(), await gatewayText()].join('\n').split('\n');
  expect([...new Set(asked)].filter((name) => !lines.some((line) => isOf(line, name)))).toEqual([]);
});

/** One run of each kind and each end that alerts are about. */
async function runEverything(): Promise<void> {
  const { person } = sync.todoist;
  for (const content of ['one', 'two']) person.add({ content });
  await Promise.all([
    rig('promoted')
      .deploy({ gates: [PLAIN] })
      .then((run) => run.end()),
    rollBack(rig('rolled-back')),
    block(rig('blocked')),
    sync.sync({ spec: specOf(sync.pair) }),
    buildSite(),
    temporal.client.workflow.execute(GUARD_WORKFLOW, {
      workflowId: 'guard',
      taskQueue: DEPLOY_QUEUE,
      args: [{ records: [], act: 'report', pace: FAST_GUARD }],
    }),
    failWorkflowTask(),
    ...Array.from({ length: 12 }, (_, at) => startForNobody(`lost-${at}`)),
    schedule(scheduleId(sync.pair)),
    schedule(docsScheduleId(SITE)),
  ]);
}

function rig(label: string): Rig {
  const record = `${label}.${sandbox.zone}`;
  const ResourceRecords = [{ Value: '192.0.2.10' }];
  sandbox.route53.put(sandbox.zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords });
  return rigOf({
    temporal,
    taskQueue: DEPLOY_QUEUE,
    sandbox: { ...sandbox, record },
    ids: [],
    closed: () => undefined,
  });
}

async function rollBack(one: Rig): Promise<void> {
  const run = await one.deploy({ gates: [PLAIN], bakeMs: 60_000 });
  await run.until(({ phase }) => phase === 'holding');
  await run.abort();
  await run.end();
}

async function block(one: Rig): Promise<void> {
  const run = await one.deploy({ gates: [PLAIN], bakeMs: 60_000 });
  await run.until(({ phase }) => phase === 'holding');
  sandbox.route53.put(sandbox.zoneId, {
    ...{ Name: one.record, Type: 'A', TTL: 60 },
    ResourceRecords: [{ Value: '198.51.100.7' }],
  });
  await run.until(({ phase }) => phase === 'blocked');
}

async function buildSite(): Promise<void> {
  const source = join(folder, 'source');
  await mkdir(join(source, 'src'), { recursive: true });
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }));
  await writeFile(join(source, 'tsconfig.json'), SMALL_TSCONFIG);
  await writeFile(join(source, 'src', 'index.ts'), '/** Is one. */\nexport const one = 1;\n');
  const spec: SiteSpec = {
    site: SITE,
    source: { kind: 'folder', path: source },
    generator: { kind: 'typedoc', options: { ...DEFAULT_TYPEDOC, entryPoints: ['src/index.ts'] } },
    dependencies: 'none',
    tags: null,
    gates: NO_GATES,
    baseUrl: null,
    keep: { releases: 5, graceMs: 3_600_000 },
  };
  const wish: DocsWish = { ref: null, commit: null, trigger: 'manual', by: 'a test' };
  const pace = { ...DEFAULT_DOCS_PACE, debounceMs: 50 };
  const request: DocsRequest = { spec, version: 'latest', publish: true, pace, wish: null, carried: null };
  const run = await temporal.client.workflow.signalWithStart(DOCS_WORKFLOW, {
    workflowId: docsId({ site: SITE, version: 'latest', publish: true }),
    taskQueue: DOCS_QUEUE,
    args: [request],
    signal: DOCS_MESSAGES.buildRequested,
    signalArgs: [wish, spec],
  });
  await run.result();
}

/** As one whose workers were taken away before it ended. */
async function startForNobody(label: string): Promise<void> {
  const record = `${label}.${sandbox.zone}`;
  const workflowId = deployId(record);
  await temporal.client.workflow.start(DEPLOY_WORKFLOW, {
    workflowId,
    taskQueue: 'nobody',
    args: [requestFor(record)],
  });
}

/** As a worker of another version would: no such workflow is here. */
async function failWorkflowTask(): Promise<void> {
  const run = await temporal.client.workflow.start('nobodyKnows', { workflowId: 'unknown', taskQueue: DEPLOY_QUEUE });
  const failed = async (): Promise<boolean> => /^temporal_workflow_task_execution_failed_total/m.test(await scraped());
  await until('a workflow task fails, and is counted', failed);
  await run.terminate();
}

/** Of a gateway that has taken one webhook. */
async function gatewayText(): Promise<string> {
  const metrics = gatewayMetrics();
  metrics.expect('todoist');
  metrics.observe(0.01);
  return metrics.text();
}

/** One that starts nothing while this file runs. */
async function schedule(id: string): Promise<void> {
  await temporal.client.schedule.create({
    scheduleId: id,
    spec: { intervals: [{ every: '1000 days' }] },
    action: { type: 'startWorkflow', workflowType: SYNC_WORKFLOW, taskQueue: SYNC_QUEUE, args: [] },
  });
}

/** Of the first series that has these labels, whatever others it has. */
function valueOf(text: string, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = text.split('\n').find((one) => isOf(one, name) && wanted.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

const isOf = (line: string, name: string): boolean => line.startsWith(`${name}{`) || line.startsWith(`${name} `);
