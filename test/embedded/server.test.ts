import { readFile, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { findTemporalCli } from '../../src/embedded/find-cli.ts';
import { anyFreePort, choosePort } from '../../src/embedded/ports.ts';
import { isAlive } from '../../src/embedded/process-identity.ts';
import { exitSentence, startEmbedded } from '../../src/embedded/server.ts';
import type { EmbeddedOptions, EmbeddedServer } from '../../src/embedded/server.ts';
import { freshFolder, removeFolders, script } from './fixtures/folder.ts';
import { runFixture } from './fixtures/run-fixture.ts';

const running: EmbeddedServer[] = [];
let cli: string;

beforeAll(async () => {
  const explicit = process.env['SWITCHYARD_TEMPORAL_CLI'];
  ({ path: cli } = await findTemporalCli({ explicit, env: process.env, say: () => undefined }));
});
afterEach(() => Promise.all(running.splice(0).map(endAtOnce)));
afterAll(removeFolders);

async function start(options: Partial<EmbeddedOptions> & { readonly file: string }): Promise<EmbeddedServer> {
  const server = await startEmbedded({ cli, port: 0, uiPort: 'headless', say: () => undefined, ...options });
  running.push(server);
  return server;
}

/** A stop by SIGTERM takes the server a second, and nothing here is kept. */
async function endAtOnce(server: EmbeddedServer): Promise<void> {
  if (isAlive(server.pid)) process.kill(server.pid, 'SIGKILL');
  await server.exited;
}

async function withClient<T>(server: EmbeddedServer, ask: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await ask(new Client({ connection, namespace: server.namespace }));
  } finally {
    await connection.close();
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

function customAttributes(server: EmbeddedServer) {
  return withClient(server, async ({ connection }) => {
    const found = await connection.operatorService.listSearchAttributes({ namespace: server.namespace });
    return Object.keys(found.customAttributes).sort();
  });
}

describe('an embedded server', () => {
  test('is healthy, shows its UI, and takes the search attributes of this project', async () => {
    const server = await start({ file: 'memory', uiPort: 0 });

    expect(await customAttributes(server)).toEqual(['SwitchyardRecord', 'SwitchyardStage']);
    const count = await withClient(server, (client) => client.workflow.count('SwitchyardRecord = "www.example.com"'));
    expect(count.count).toBe(0);
    const page = await fetch(server.uiUrl ?? '');
    expect(page.status).toBe(200);
  });

  test('keeps workflows across a restart, and registers search attributes on a file that exists', async () => {
    const file = join(await freshFolder(), 'not', 'there', 'yet.db');
    const first = await start({ file, searchAttributes: [] });
    await withClient(first, (client) => client.workflow.start('none', { workflowId: 'kept', taskQueue: 'nobody' }));
    await first.stop();

    const second = await start({ file });

    const kept = await withClient(second, (client) => client.workflow.getHandle('kept').describe());
    expect(kept.status.name).toBe('RUNNING');
    expect(await customAttributes(second)).toEqual(['SwitchyardRecord', 'SwitchyardStage']);
  });

  test('writes what it says to the log file', async () => {
    const logFile = join(await freshFolder(), 'logs', 'temporal.log');
    const server = await start({ file: 'memory', logFile });

    expect(await readFile(logFile, 'utf8')).toContain(server.address.split(':')[1]);
  });

  test('is a sentence with its last lines when it cannot start', async () => {
    const broken = await script(join(await freshFolder(), 'temporal'), 'echo "disk image is malformed" >&2; exit 3');

    await expect(start({ file: 'memory', cli: broken })).rejects.toThrow(
      'The Temporal server ended by itself (exit code 3). It wrote:\n  disk image is malformed',
    );
  });

  test('is started again where it panics over a port of its own, however long its trace is', async () => {
    const folder = await freshFolder();
    const frames = Array.from({ length: 40 }, (_, at) => `main.f${at}()\n\t/src/server.go:${at} +0x1b9\n`).join('');
    const trace = `printf 'panic: address already in use\n\ngoroutine 1 [running]:\n${frames}' >&2`;
    const panicked = join(folder, 'panicked');
    const body = `[ -e '${panicked}' ] && exec '${cli}' "$@"\ntouch '${panicked}'; ${trace}; exit 2`;
    const server = await start({ file: 'memory', cli: await script(join(folder, 'temporal'), body) });
    expect(isAlive(server.pid)).toBe(true);
  });

  test('tells that it ended by itself, and gives its file back', async () => {
    const folder = await freshFolder();
    const server = await start({ file: join(folder, 'a.db') });

    process.kill(server.pid, 'SIGKILL');

    const reason = await server.exited;
    expect(exitSentence(reason)).toMatch(/^The Temporal server ended by itself \(SIGKILL\)\. It wrote:\n/);
    expect((await readdir(folder)).filter((name) => name.includes('.lock'))).toEqual([]);
  });

  test('tells a stop from a death, and stopping twice is harmless', async () => {
    const server = await start({ file: 'memory' });

    await Promise.all([server.stop(), server.stop()]);

    expect(await server.exited).toEqual({ kind: 'stopped' });
    expect(isAlive(server.pid)).toBe(false);
  });
});

describe('the file of an embedded server', () => {
  test('is refused to a second server, with the process that has it', async () => {
    const file = join(await freshFolder(), 'a.db');
    const holder = await start({ file });

    await expect(start({ file })).rejects.toMatchObject({
      kind: 'file-in-use',
      message: expect.stringContaining(
        `a.db is held by process ${process.pid} and its server (pid ${holder.pid}): one server at a time.`,
      ) as string,
    });
  });

  test('goes to exactly one of two processes that start at the same moment', async () => {
    const file = join(await freshFolder(), 'a.db');
    const two = [runFixture('hold-server.ts', cli, file), runFixture('hold-server.ts', cli, file)];

    const outcomes = await Promise.allSettled(two.map((one) => one.nextLine()));
    await Promise.all(two.map((one) => one.kill()));

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: expect.objectContaining({ message: expect.stringContaining('is held by process') as string }) as Error,
    });
  });

  test('is free again after its owner was killed, once the orphaned server has ended', async () => {
    const file = join(await freshFolder(), 'a.db');
    const owner = runFixture('hold-server.ts', cli, file);
    const orphan = JSON.parse(await owner.nextLine()) as { pid: number };

    await owner.kill();
    const next = await start({ file });

    expect(isAlive(orphan.pid)).toBe(false);
    expect(next.pid).not.toBe(orphan.pid);
  });
});

test('a server does not outlive an owner that is killed', async () => {
  const owner = runFixture('hold-server.ts', cli, 'memory');
  const server = JSON.parse(await owner.nextLine()) as { pid: number };
  expect(isAlive(server.pid)).toBe(true);

  await owner.kill();

  await until(() => !isAlive(server.pid));
});

describe('the ports of an embedded server', () => {
  test('are others where the usual ones are taken', async () => {
    const taken = await listen();
    const wish = { what: 'port of Temporal', asked: undefined, usual: taken.port };

    expect(await choosePort(wish)).not.toBe(taken.port);
    await taken.close();
    expect(await choosePort(wish)).toBe(taken.port);
  });

  test('are refused with who has them where they were asked for', async () => {
    const taken = await listen();

    await expect(start({ file: 'memory', port: taken.port })).rejects.toMatchObject({
      kind: 'port-in-use',
      message: expect.stringMatching(
        new RegExp(
          `^Port ${taken.port}, asked for as the port of Temporal, is taken by (.+ \\(pid ${process.pid}\\)|another)`,
        ),
      ) as string,
    });
    await taken.close();
  });

  test('are the asked ones where they are free', async () => {
    const [port, uiPort] = [await anyFreePort(), await anyFreePort()];

    const server = await start({ file: 'memory', port, uiPort });

    expect([server.address, server.uiUrl]).toEqual([`127.0.0.1:${port}`, `http://localhost:${uiPort}`]);
  });
});

async function listen() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { port: (server.address() as AddressInfo).port, close };
}
