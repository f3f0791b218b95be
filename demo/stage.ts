import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { startMetrics, type MetricsSandbox } from '../sandbox/metrics.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { connect, type TemporalClient } from '../src/cli/temporal-client.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import { createAwsClients } from '../src/clients.ts';
import { loadConfig } from '../src/config.ts';
import { DEPLOY_QUEUE } from '../src/contracts/deploy.ts';
import { findTemporalCli } from '../src/embedded/find-cli.ts';
import { startEmbedded, type EmbeddedServer } from '../src/embedded/server.ts';
import { installRuntime } from '../src/temporal-runtime.ts';
import { startWorker, type RunningWorker } from '../src/worker.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { startDocsStage, type DocsStage } from './docs-stage.ts';
import { openShops, type Shop } from './shops.ts';
import type { TakeDown } from './take-down.ts';
import { startTasksStage, type TasksStage } from './tasks-stage.ts';
import { untilPolled } from './until-polled.ts';

/** Where the scenes are played: a sandbox, a Temporal server with its UI, and a worker, all on this machine. */
export interface Stage {
  readonly terminal: Terminal;
  readonly sandbox: Sandbox;
  /** The records of the group, in two zones. */
  readonly shops: readonly Shop[];
  /** What gates on metrics ask. */
  readonly metrics: MetricsSandbox;
  readonly temporal: TemporalClient;
  /** What other terminals need in their environment to reach all of this. */
  readonly env: Readonly<Record<string, string>>;
  /** The full name of a record of the zone, such as `www`; every scene moves one of its own. */
  recordNamed(label: string): string;
  /** The services of a sync, with a worker of their own: started by the first scene that asks, and the same for all. */
  tasks(): Promise<TasksStage>;
  /** A source, its site, and a worker of their own: as above. */
  docs(): Promise<DocsStage>;
}

export interface StageOptions {
  readonly takeDown: TakeDown[];
  /** One scene of many: what takes long is shown in a short form. */
  readonly tour: boolean;
}

const LABELS = ['www', 'shop', 'api', 'pay', 'cart', 'blog'];
/** As long as on the real Route 53, at the demo's pace: 20 s. */
const INSYNC_AFTER_MS = 1_000;

/**
 * Starts everything on free ports, so that demos beside each other do not collide. What it starts it notes in `takeDown` at once,
 * so that half a stage can be taken down as well.
 */
export async function startStage(terminal: Terminal, { takeDown, tour }: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-demo-'));
  takeDown.push(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ insyncAfterMs: INSYNC_AFTER_MS });
  takeDown.push(() => sandbox.close());
  addRecords(sandbox);
  const shops = await openShops(sandbox);
  const metrics = await startMetrics();
  takeDown.push(() => metrics.close());
  const server = await startTemporal(terminal, folder);
  takeDown.push(() => server.stop());
  terminal.out('Temporal is up; starting the worker, which takes some seconds.');
  const bundleFile = await workflowsIn(folder);
  const worker = await startDemoWorker({ sandbox, metrics, server, folder, bundleFile });
  takeDown.push(() => worker.stop());
  const ui = server.uiUrl ?? null;
  const temporal = await connectTo(server, terminal);
  takeDown.push(() => temporal.close());
  await untilPolled(temporal, DEPLOY_QUEUE);
  const place = { client: temporal, address: server.address, bundleFile };
  let tasks: Promise<TasksStage> | null = null;
  let docs: Promise<DocsStage> | null = null;
  const entries = tour ? ['src/core/docs'] : ['src/contracts', 'src/core'];
  return {
    terminal,
    sandbox,
    shops,
    metrics,
    temporal,
    env: { TEMPORAL_ADDRESS: server.address, ...(ui === null ? {} : { TEMPORAL_UI_URL: ui }), ...sandbox.env() },
    recordNamed: (label) => `${label}.${sandbox.zone}`,
    tasks: () => (tasks ??= startTasksStage(place, takeDown)),
    docs: () => (docs ??= startDocsStage(place, { entries, takeDown })),
  };
}

/** Bundled here, unless there is a bundle already, as there is for the processes of one test run. */
async function workflowsIn(folder: string): Promise<string> {
  const { SWITCHYARD_WORKFLOW_BUNDLE: made = '' } = process.env;
  if (made !== '') return made;
  const file = join(folder, 'workflow-bundle.js');
  await bundleWorkflows(file);
  return file;
}

function connectTo(server: EmbeddedServer, terminal: Terminal): Promise<TemporalClient> {
  const { address, namespace, uiUrl: ui = null } = server;
  return connect({ address, namespace, from: 'the demo', ui, connection: {} }, (line) => terminal.err(line));
}

/** The sandbox brings `www`; the others are put there by a foreign hand, before anybody looks. */
function addRecords({ route53, zoneId, zone, red }: Sandbox): void {
  for (const label of LABELS) {
    const values = [{ Value: red.address }];
    route53.put(zoneId, { Name: `${label}.${zone}`, Type: 'A', TTL: 60, ResourceRecords: values });
  }
}

async function startTemporal(terminal: Terminal, folder: string): Promise<EmbeddedServer> {
  const say = (line: string): void => terminal.out(line);
  const explicit = process.env['SWITCHYARD_TEMPORAL_CLI'];
  const { path } = await findTemporalCli({ explicit: explicit === '' ? undefined : explicit, env: process.env, say });
  return startEmbedded({ cli: path, file: 'memory', logFile: join(folder, 'temporal.log'), say });
}

interface WorkerParts {
  readonly sandbox: Sandbox;
  readonly metrics: MetricsSandbox;
  readonly server: EmbeddedServer;
  readonly folder: string;
  readonly bundleFile: string;
}

async function startDemoWorker({ sandbox, metrics, server, folder, bundleFile }: WorkerParts): Promise<RunningWorker> {
  const logger = pino({ level: 'info' }, pino.destination({ dest: join(folder, 'worker.log'), sync: true }));
  installRuntime(logger);
  // Nothing of the caller's own environment: it must not send the demo to somebody's AWS.
  const config = loadConfig({
    ...sandbox.env(),
    ...metrics.env(),
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    SWITCHYARD_WORKFLOW_BUNDLE: bundleFile,
    SWITCHYARD_QUEUES: 'deploy', // syncs have a worker of their own, which can be killed
  });
  const credentials = { accessKeyId: 'demo', secretAccessKey: 'demo' };
  return startWorker(config, { logger, aws: createAwsClients(config.aws, { credentials }) });
}
