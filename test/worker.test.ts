import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { anyFreePort } from '../src/embedded/ports.ts';
import { loadConfig } from '../src/config.ts';
import { DOCTOR_WORKFLOW } from '../src/contracts/deploy.ts';
import type { Finding } from '../src/contracts/doctor.ts';
import { installRuntime } from '../src/temporal-runtime.ts';
import { startWorker } from '../src/worker.ts';
import { connect, freshTaskQueue, temporalAddress, workflowBundle, type TestTemporal } from './support/temporal.ts';

const silent = pino({ level: 'silent' });
let temporal: TestTemporal;
beforeAll(async () => {
  installRuntime(silent);
  temporal = await connect();
});
afterAll(() => temporal.close());

const ENV = { TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml', AWS_EC2_METADATA_DISABLED: 'true' };
const configFor = (address: string) =>
  loadConfig({ ...ENV, TEMPORAL_ADDRESS: address, SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath });

test('runs workflows and activities of the deploy queue in this process, and stops when asked', async () => {
  const taskQueue = freshTaskQueue('worker');
  const worker = await startWorker(configFor(temporalAddress()), { logger: silent, taskQueue });
  const findings: unknown = await temporal.client.workflow.execute(DOCTOR_WORKFLOW, {
    workflowId: taskQueue,
    taskQueue,
    args: [{ zone: null, record: null }],
  });
  await worker.stop();
  expect((findings as Finding[]).map(({ check }) => check)).toContain('node');
});

test('waits for Temporal and says so, until it is told to stop', async () => {
  const lines: string[] = [];
  const said = new AbortController();
  const logger = pino({ level: 'warn' }, { write: (line) => said.abort(lines.push(line)) });
  const nobody = `127.0.0.1:${await anyFreePort()}`;
  const worker = await startWorker(configFor(nobody), { logger, signal: said.signal });
  await worker.finished;
  expect(lines[0]).toContain(`Temporal does not answer at ${nobody}; trying until it does`);
});

test('ends with an error when the server is lost for good, so that it is started anew', async () => {
  const line = await startLine(temporalAddress());
  const worker = await startWorker(configFor(line.address), {
    logger: silent,
    taskQueue: freshTaskQueue('worker'),
    lostAfterMs: 1_000,
  });
  line.cut();
  await expect(worker.finished).rejects.toThrow(/Temporal has not answered for 1 s/);
});

test('finishes and ends with 0 on SIGTERM', async () => {
  const worker = runWorker({
    TEMPORAL_ADDRESS: temporalAddress(),
    SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath,
    SWITCHYARD_LOG: 'json',
  });
  await worker.says('polling for work');
  worker.child.kill('SIGTERM');
  expect(await worker.exit).toBe(0);
  expect(worker.output()).toContain('"stopped"');
});

test('ends with 2 and a sentence where somebody else listens at the address of its metrics', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = `127.0.0.1:${(other.address() as AddressInfo).port}`;
  const worker = runWorker({ SWITCHYARD_METRICS_ADDRESS: address });
  expect(await worker.exit).toBe(2);
  expect(worker.output()).toContain(`SWITCHYARD_METRICS_ADDRESS: cannot listen at ${address}: Address already in use`);
  other.close();
});

test('tells a supervisor when it polls, and that it only waits while Temporal is away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-health-'));
  const path = join(folder, 'health.sock');
  const away = runWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${await anyFreePort()}`, SWITCHYARD_HEALTH: path });
  await away.says('does not answer');
  expect([await healthOf(path, '/healthz'), await healthOf(path, '/readyz')]).toEqual([200, 503]);
  expect(await imageSays(path)).toBe(1);
  away.child.kill('SIGKILL'); // its socket stays behind
  await away.exit;

  const env = { TEMPORAL_ADDRESS: temporalAddress(), SWITCHYARD_WORKFLOW_BUNDLE: workflowBundle().codePath };
  const worker = runWorker({ ...env, SWITCHYARD_HEALTH: path }, ['--queues', 'sync']);
  await worker.says('polling for work');
  expect(worker.output()).toContain('switchyard-sync');
  expect(worker.output()).not.toContain('switchyard-deploy');
  expect([await healthOf(path, '/healthz'), await healthOf(path, '/readyz')]).toEqual([200, 200]);
  expect(await imageSays(path)).toBe(0);
  worker.child.kill('SIGTERM');
  expect(await worker.exit).toBe(0);
  await rm(folder, { recursive: true });
});

/** The exit code of the image's own health check. */
async function imageSays(socketPath: string): Promise<number | null> {
  const dockerfile = await readFile(new URL('../Dockerfile', import.meta.url), 'utf8');
  const [, check = '[]'] = /HEALTHCHECK [^[]*CMD (\[.*\])$/m.exec(dockerfile.replaceAll('\\\n', '')) ?? [];
  const [command = '', ...args] = (JSON.parse(check) as string[]).map((word) =>
    word.replace('/tmp/health.sock', socketPath),
  );
  const [code] = (await once(spawn(command, args), 'exit')) as [number | null];
  return code;
}

function healthOf(socketPath: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path }, (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
}

test('ends with 2 and all problems of its environment, without a stack', async () => {
  const worker = runWorker({
    SWITCHYARD_LOG: 'xml',
    SWITCHYARD_QUEUES: 'nope',
    SWITCHYARD_METRICS_ADDRESS: 'here:1',
    SWITCHYARD_WORKER_VERSION: 'a b',
  });
  expect(await worker.exit).toBe(2);
  expect(worker.output()).toMatch(
    /SWITCHYARD_LOG: found "xml".*\n.*SWITCHYARD_QUEUES: found "nope".*\n.*SWITCHYARD_METRICS_ADDRESS: found "here:1", expected an address and a port/,
  );
  expect(worker.output()).toMatch(/SWITCHYARD_WORKER_VERSION: found "a b", expected 1 to 100 letters/);
  expect(worker.output()).not.toMatch(/\n {4}at /);
});

/** A connection to the server that can be cut. */
async function startLine(to: string): Promise<{ readonly address: string; cut(): void }> {
  const [host = '', port = ''] = to.split(':');
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connectSocket(Number(port), host);
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

function runWorker(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const path = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path, 'worker', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...ENV, ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const says = async (what: string): Promise<void> => {
    while (!output.includes(what)) await Promise.race([once(child.stdout, 'data'), exit.then(() => ended(output))]);
  };
  return { child, exit, says, output: () => output };
}

function ended(output: string): never {
  throw new Error(`the worker ended: ${output}`);
}
