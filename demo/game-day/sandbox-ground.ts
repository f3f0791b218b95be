import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { connect, type TemporalClient } from '../../src/cli/temporal-client.ts';
import { findTemporalCli } from '../../src/embedded/find-cli.ts';
import { startEmbedded, type EmbeddedServer } from '../../src/embedded/server.ts';
import { deployId } from '../../src/contracts/deploy.ts';
import { bundleWorkflows } from '../bundle-workflows.ts';
import type { TakeDown } from '../take-down.ts';
import { startWorkerProcess, type WorkerProcess } from '../worker-process.ts';
import type { Say } from './game.ts';
import type { Ground, Part } from './ground.ts';
import { killProgram, runToEnd } from './run-program.ts';

const CLIENT = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TOKEN = 'of-the-game-day';

/** A whole stack of this machine: the sandbox, a Temporal server on a file, two workers of deployments, and the gateway. */
export async function startSandboxGround(say: Say, takeDown: TakeDown[]): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-game-day-'));
  takeDown.push(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ insyncAfterMs: 1_000 });
  takeDown.push(() => sandbox.close());
  const record = addRecord(sandbox);
  const server = await restartable(folder, takeDown);
  const place = { address: server.address, namespace: 'default', from: 'the game day', ui: null, connection: {} };
  const temporal = await connect(place, say);
  takeDown.push(() => temporal.close());
  const env = { ...(await writeFiles(folder, record)), ...sandbox.env(), TEMPORAL_ADDRESS: server.address };
  const bundleFile = join(folder, 'workflow-bundle.js');
  await bundleWorkflows(bundleFile);
  const workers = await startWorkers({ client: temporal, address: server.address, bundleFile }, env, takeDown);
  const gateway = gatewayOf(env, takeDown);
  await gateway.start();
  return groundOf({ record, black: sandbox.black.address, folder, env, temporal, server, workers, gateway });
}

interface Parts {
  readonly record: string;
  readonly black: string;
  readonly folder: string;
  readonly env: Env;
  readonly temporal: TemporalClient;
  readonly server: Awaited<ReturnType<typeof restartable>>;
  readonly workers: Awaited<ReturnType<typeof startWorkers>>;
  readonly gateway: ReturnType<typeof gatewayOf>;
}

function groundOf({ record, black, folder, env, temporal, server, workers, gateway }: Parts): Ground {
  const secret = join(folder, 'secrets/game-day');
  const strikes: Readonly<Record<Part, { break: () => Promise<unknown>; mend?: () => Promise<unknown> }>> = {
    worker: { break: () => workers.killOne(), mend: () => workers.start() },
    database: { break: () => server.kill(), mend: () => server.startAgain() },
    run: { break: () => temporal.client.workflow.getHandle(deployId(record)).terminate('game day') },
    gateway: { break: () => gateway.kill(), mend: () => gateway.start() },
    alarm: { break: () => gateway.sendAlarm() },
    secret: { break: () => rm(secret), mend: () => writeFile(secret, TOKEN) },
  };
  return {
    record,
    black,
    flags: ['--hold', '0s', '--bake', '20s', '--interval', '1s'],
    client: (args) => runToEnd({ command: process.execPath, args: ['--import', 'tsx', CLIENT, ...args], env }),
    knows: () => true,
    strike: async (part) => void (await strikes[part].break()),
    mend: async (part) => void (await strikes[part].mend?.()),
  };
}

/** With a short TTL: nobody waits for caches on a game day. */
function addRecord({ route53, zoneId, zone, red }: Sandbox): string {
  const record = `game-day.${zone}`;
  route53.put(zoneId, { Name: record, Type: 'A', TTL: 1, ResourceRecords: [{ Value: red.address }] });
  return record;
}

/** @returns the variables of the client, the workers and the gateway that say where the files are. */
async function writeFiles(folder: string, record: string): Promise<Env> {
  await mkdir(join(folder, 'secrets'));
  for (const name of ['game-day', 'alertmanager-hook']) await writeFile(join(folder, 'secrets', name), TOKEN);
  const config = join(folder, 'switchyard.yaml');
  const lines = [
    'version: 1',
    'gates: { healthy: { http: { path: /healthz, headers: { authorization: { secret: game-day } } } } }',
    'hooks: { alertmanager: { secret: alertmanager-hook } }',
    `records: { ${record}: { default: 192.0.2.10, gates: [healthy], onAlarm: { GameDay: abort } } }`,
  ];
  await writeFile(config, lines.join('\n'));
  return {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, SWITCHYARD_HOME: folder, SWITCHYARD_CONFIG: config },
    ...{ SWITCHYARD_SECRETS_DIR: join(folder, 'secrets'), SWITCHYARD_SECRET_GAME_DAY_HOSTS: record },
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** Temporal with its database in one process: both are gone with it, and what was written is there again. */
async function restartable(folder: string, takeDown: TakeDown[]) {
  const say = (): void => undefined;
  const explicit = process.env['SWITCHYARD_TEMPORAL_CLI'];
  const { path: cli } = await findTemporalCli({
    explicit: explicit === '' ? undefined : explicit,
    env: process.env,
    say,
  });
  const start = (port: number): Promise<EmbeddedServer> =>
    startEmbedded({ cli, file: join(folder, 'temporal.db'), port, uiPort: 'headless', say });
  let server: EmbeddedServer | null = await start(0);
  const { address } = server;
  const kill = async (): Promise<void> => {
    if (server === null) return;
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    server = null;
  };
  takeDown.push(kill);
  const startAgain = async (): Promise<void> => {
    server ??= await start(Number(address.split(':').at(-1)));
  };
  return { address, kill, startAgain };
}

type Env = Readonly<Record<string, string>>;

async function startWorkers(place: Parameters<typeof startWorkerProcess>[0], env: Env, takeDown: TakeDown[]) {
  const settings = { ...env, SWITCHYARD_QUEUES: 'deploy' };
  const running: WorkerProcess[] = [];
  const start = async (): Promise<void> => {
    while (running.length < 2) running.push(startWorkerProcess(place, settings));
    await Promise.all(running.map((worker) => worker.polls()));
  };
  takeDown.push(async () => void (await Promise.all(running.map((worker) => worker.kill()))));
  await start();
  return { start, killOne: async () => running.shift()?.kill() };
}

function gatewayOf(env: Env, takeDown: TakeDown[]) {
  let at = '';
  let kill = (): Promise<void> => Promise.resolve();
  takeDown.push(() => kill());
  const start = async (): Promise<void> => {
    await kill();
    const args = ['--import', 'tsx', CLIENT, 'gateway', '--listen', '127.0.0.1:0'];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    kill = () => killProgram(child);
    at = await new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          const found = /127\.0\.0\.1:[1-9]\d*/.exec(text)?.[0];
          if (found !== undefined) resolve(found);
        });
    });
  };
  const sendAlarm = async (): Promise<void> => {
    const alert = { status: 'firing', labels: { alertname: 'GameDay' }, startsAt: new Date().toISOString() };
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ version: '4', status: 'firing', alerts: [alert] });
    const { status } = await fetch(`http://${at}/hooks/alertmanager`, { method: 'POST', headers, body });
    if (status >= 300) throw new Error(`the gateway answered ${status}`);
  };
  return { start, kill: () => kill(), sendAlarm };
}
