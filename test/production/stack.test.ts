/**
 * The production stack, run for real: PostgreSQL, the Temporal server, and several workers of each role out of the built image, as
 * docker-compose.yml describes them. `npm run test:production`; docs/operating.md says what it needs.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeAll } from '../../sandbox/close-all.ts';
import { addExampleTasks } from '../../sandbox/example-tasks.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { startTasks, type TasksSandbox } from '../../sandbox/tasks.ts';
import { ROOT } from '../support/read-compose.ts';
import { observe, type Observer } from '../support/observer.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';
import { keepRunning, runOnce, until, type Ran, type Service } from './keep-running.ts';
import { freePort, sharedFolder, shown, startStack, type Stack } from './start-stack.ts';

let stack: Stack;
let sandbox: Sandbox;
let tasks: TasksSandbox;
let env: Record<string, string>;
let source: string;
const started: (() => Promise<void>)[] = [];
const workers: Record<string, Service[]> = {};

beforeAll(async () => {
  stack = await startStack();
  started.push(() => stack.close());
  sandbox = await startSandbox({ insyncAfterMs: 200 });
  started.push(() => sandbox.close());
  tasks = await startTasks();
  started.push(() => tasks.close());
  addExampleTasks(tasks);
  await sharedFolder(stack, 'home');
  env = await environment();
  for (const [name, count] of [
    ['worker-deploy', 2],
    ['worker-sync', 2],
    ['worker-docs', 2],
  ] as const)
    workers[name] = await startWorkers(name, count);
}, 1_800_000);
afterAll(() => closeAll(started));

/** What the operator of this stack would write into ./compose/*.env and switchyard.yaml. */
async function environment(): Promise<Record<string, string>> {
  const ca = await shown(stack, sandbox.env()['SWITCHYARD_CA_FILE'] ?? '', 'ca.pem');
  await appendFile(ca, tasks.ca);
  source = await sharedFolder(stack, 'source');
  await mkdir(join(source, 'src'));
  await writeFile(join(source, 'package.json'), '{ "name": "small", "version": "1.0.0", "type": "module" }');
  await writeFile(join(source, 'tsconfig.json'), SMALL_TSCONFIG);
  await document('one');
  const config = join(stack.folder, 'switchyard.yaml');
  const site = `{ source: { folder: ${source} }, generator: { typedoc: { entryPoints: [src/index.ts] } } }`;
  const pairs = (await readFile(tasks.configFile, 'utf8')).replace('  signed-in:', '  signed-in:\n    every: 1m');
  await writeFile(config, `${pairs}docs:\n  handbook: ${site}\n`);
  return {
    ...tasks.env(),
    ...sandbox.env(),
    SWITCHYARD_CA_FILE: ca,
    SWITCHYARD_TOKEN_DIR: await sharedFolder(stack, 'tokens'),
    SWITCHYARD_DOCS_SOURCES: source,
    SWITCHYARD_PUBLISH_ROOT: await sharedFolder(stack, 'published'),
    SWITCHYARD_CONFIG: config,
  };
}

/** A change of the source: an export of that name. */
const document = (name: string): Promise<void> =>
  writeFile(join(source, 'src/index.ts'), `/** Says ${name}. */\nexport const ${name} = true;\n`);

/** Those of one role, with what that role may know and no more. */
async function startWorkers(
  name: string,
  count: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Service[]> {
  const running = Array.from({ length: count }, () => keepRunning(stack.program(name, { ...knownTo(name), ...more })));
  for (const worker of running)
    await until(`${name} polls`, () => Promise.resolve(worker.output().includes('polling for work')), worker);
  return running;
}

const KNOWN: Readonly<Record<string, RegExp>> = {
  'worker-deploy': /^AWS_|NAME_SERVERS|CONNECT_TO|CA_FILE|ROUTE53/,
  'worker-sync': /TODOIST|GRAPH|MICROSOFT|TOKEN_DIR|CA_FILE/,
  'worker-docs': /DOCS|PUBLISH/,
};

function knownTo(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([variable]) => KNOWN[name]?.test(variable)));
}

/** `docker compose run --rm worker …`: the client has no credentials of AWS. */
const client = (...command: readonly string[]): Promise<Ran> =>
  runOnce(stack.program('worker', { SWITCHYARD_CONFIG: env['SWITCHYARD_CONFIG'] ?? '' }, command));

const TO_BLACK = ['--to', '192.0.2.20', '--check', '/', '--hold', '0s'];
const FAST = ['--interval', '1s'];

function recordOf(label: string): { readonly record: string; readonly observer: Observer } {
  const record = `${label}.${sandbox.zone}`;
  const { route53, zoneId } = sandbox;
  route53.put(zoneId, { Name: record, Type: 'A', TTL: 1, ResourceRecords: [{ Value: '192.0.2.10' }] });
  return { record, observer: observe(sandbox, record, { red: ['192.0.2.10'], black: ['192.0.2.20'] }) };
}

const holding = (record: string): Promise<void> =>
  until(`${record} is held at 100 %`, async () => (await client('status', record)).said.includes('100 %'));

const copies = (): number => tasks.graph.tasks().length;
const page = (name: string): Promise<string> =>
  readFile(join(env['SWITCHYARD_PUBLISH_ROOT'] ?? '', 'handbook/versions/latest/variables', `${name}.html`), 'utf8');

test('somebody signs in with the client of the stack, and doctor finds that the worker of syncs has that sign-in', async () => {
  const login = keepRunning(stack.program('worker', signingIn(), ['login', 'signed-in']));
  let code: string | undefined;
  await until(
    'a code is shown',
    () => Promise.resolve((code = /^code {2}(\w+)$/m.exec(login.output())?.[1]) !== undefined),
    login,
  );
  tasks.microsoft.approve(code ?? '', ME);
  await until('the sign-in is kept', () => Promise.resolve(login.output().includes('[ended: 0]')), login);
  await login.stop();
  expect((await client('doctor', 'sync/signed-in')).said).toContain('me@example.com');
});

const ME = { upn: 'me@example.com', oid: '00000000-0000-4000-8000-000000000001' };
const signingIn = (): Record<string, string> => ({
  ...knownTo('worker-sync'),
  SWITCHYARD_CONFIG: env['SWITCHYARD_CONFIG'] ?? '',
});

test('a deployment, a sync and a documentation build go through the stack', async () => {
  const { record, observer } = recordOf('plain');
  const before = copies();
  const [deployed, synced, published] = await Promise.all([
    client('deploy', record, ...TO_BLACK, ...FAST, '--bake', '2s'),
    client('sync', 'signed-in'),
    client('docs', 'publish', 'handbook'),
  ]);
  expect(deployed).toMatchObject({ exit: 0, said: expect.stringContaining('promoted') as string });
  expect(observer.everyState()).toEqual(['red', 'black']);
  expect(synced).toMatchObject({ exit: 0, said: expect.stringContaining('synced') as string });
  expect(copies()).toBeGreaterThan(before);
  expect(published).toMatchObject({ exit: 0 });
  expect(await page('one')).toContain('Says one.');
});

test('the gateway of the stack listens with the file and the token that come with it', async () => {
  const port = await freePort();
  const settings = {
    SWITCHYARD_CONFIG: `${ROOT}compose/switchyard.yaml`,
    SWITCHYARD_SECRETS_DIR: join(stack.folder, 'secrets/roles/gateway'),
  };
  const gateway = keepRunning(stack.program('gateway', settings, ['gateway', '--listen', `127.0.0.1:${port}`]));
  const at = `http://127.0.0.1:${port}`;
  await until('the gateway is ready', async () => (await fetch(`${at}/readyz`)).ok, gateway);
  const token = await readFile(join(settings.SWITCHYARD_SECRETS_DIR, 'alertmanager-hook'), 'utf8');
  const tell = async (bearer: string): Promise<number> => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ version: '4', status: 'firing', alerts: [] });
    return (await fetch(`${at}/hooks/alertmanager`, { method: 'POST', headers, body })).status;
  };
  expect(await tell('another')).toBe(401);
  expect(await tell(token)).toBeLessThan(300);
  expect(await gateway.stop()).toBe(0);
});

test('kill -9 of server, database and workers in turn, in the middle of a bake: nothing is lost, nothing is done twice, black is promoted (D3, S1)', async () => {
  const { record, observer } = recordOf('killed');
  const [deploy = [], sync = [], docs = []] = [
    workers['worker-deploy'],
    workers['worker-sync'],
    workers['worker-docs'],
  ];
  const accepted = await client('deploy', record, ...TO_BLACK, ...FAST, '--bake', '90s', '--detach');
  expect(accepted).toMatchObject({ exit: 0 });
  await holding(record);
  const done = copies();
  const strikes: Readonly<Record<string, () => Promise<unknown>>> = {
    server: () => stack.temporal().kill(3_000),
    database: () => stack.postgres().kill(3_000),
    workers: () => Promise.all([deploy, sync, docs].map(async ([first]) => first?.kill(60_000))), // the second of each goes on
  };
  for (const [what, strike] of Object.entries(strikes)) {
    tasks.todoist.person.add({ content: `added before the ${what} was killed` });
    await document(what);
    const runs = [client('sync', 'signed-in'), client('docs', 'publish', 'handbook')];
    await strike();
    // A client that has not begun when Temporal is away ends with 6 and has started nothing: trying again is safe.
    const ended = await Promise.all(runs);
    if (ended[0]?.exit !== 0)
      await until(`a sync after the ${what}`, async () => (await client('sync', 'signed-in')).exit === 0);
    if (ended[1]?.exit !== 0)
      await until(`a build after the ${what}`, async () => (await client('docs', 'publish', 'handbook')).exit === 0);
    expect(await page(what)).toContain(`Says ${what}.`);
  }
  expect(copies()).toBe(done + 3);
  const watched = await client('watch', record);
  expect(watched).toMatchObject({ exit: 0, said: expect.stringContaining('promoted') as string });
  expect(observer.everyState()).toEqual(['red', 'black']);
  expect(observer.fenceStage()).toBe('idle');
});

test('an old backup is restored where the database was lost: what ran then goes on, what began since is found, and nothing is written or copied twice (D3, D6, S1)', async () => {
  const commands = await documentedCommands();
  const [baking, ended, begun] = [recordOf('baking-on'), recordOf('ended-since'), recordOf('begun-since')];
  expect(await client('apply')).toMatchObject({ exit: 0 }); // the Schedule of a sync, once a minute
  await bake(baking.record, '150s');
  await bake(ended.record, '20s');

  const backup = await stack.inPostgres(commands.backUp, 'temporal.tar');
  expect(await client('watch', ended.record)).toMatchObject({ exit: 0 });
  await bake(begun.record, '60m');
  tasks.todoist.person.add({ content: 'copied after the backup was made' });
  expect(await client('sync', 'signed-in')).toMatchObject({ exit: 0 });
  const copied = copies();
  await stack.loseDatabase();
  for (const running of Object.values(workers).flat()) await running.stop();
  await stack.startOver(commands.restore, backup);
  for (const [name, running] of Object.entries(workers)) workers[name] = await startWorkers(name, running.length);

  tasks.todoist.person.add({ content: 'copied by the Schedule of the backup' });
  const guarded = byHand('guard', '--once', '--restore', begun.record);
  expect(await client('watch', ended.record)).toMatchObject({ exit: 0 });
  expect(await client('watch', baking.record)).toMatchObject({ exit: 0 });
  expect(await guarded).toMatchObject({ exit: 0, said: expect.stringContaining('restored') as string });
  await until('the Schedule goes on', () => Promise.resolve(copies() > copied));
  expect(await client('sync', 'signed-in')).toMatchObject({ exit: 0 });
  expect(copies()).toBe(copied + 1);
  for (const { observer } of [baking, ended]) expect(observer.everyState()).toEqual(['red', 'black']);
  expect(begun.observer.everyState()).toEqual(['red', 'black', 'red']);
});

async function bake(record: string, forTime: string): Promise<void> {
  expect(await client('deploy', record, ...TO_BLACK, ...FAST, '--bake', forTime, '--detach')).toMatchObject({
    exit: 0,
  });
  await holding(record);
}

/** What docs/operating.md has people type, without `docker compose`. */
async function documentedCommands(): Promise<{ readonly backUp: string; readonly restore: string }> {
  const chapter = await readFile(`${ROOT}docs/operating.md`, 'utf8');
  const backUp = /^docker compose exec -T postgres (.+) > temporal\.tar$/m.exec(chapter)?.[1];
  const restore = /^docker compose run .* --entrypoint (\S+) postgres (.+) < temporal\.tar$/m.exec(chapter);
  if (backUp === undefined || restore === null) throw new Error('docs/operating.md says no longer how to back up');
  return { backUp, restore: restore.slice(1).join(' ') };
}

/** With credentials of AWS, as an operator has them. */
const byHand = (...command: readonly string[]): Promise<Ran> =>
  runOnce(
    stack.program(
      'worker',
      { ...knownTo('worker-deploy'), SWITCHYARD_CONFIG: env['SWITCHYARD_CONFIG'] ?? '' },
      command,
    ),
  );

test('a rolling change of versions in the middle of a bake: the bake ends on the version that it began on, whose workers may not end before (D3)', async () => {
  const version = (of: string, count = 2) => startWorkers('worker-deploy', count, { SWITCHYARD_WORKER_VERSION: of });
  const one = await version('one');
  await promote('one');
  const { record, observer } = recordOf('baking');
  expect(await client('deploy', record, ...TO_BLACK, ...FAST, '--bake', '60s', '--detach')).toMatchObject({ exit: 0 });
  await holding(record);

  await version('two');
  await promote('two');
  const refused = await client('versions', 'drain', 'one');
  expect(refused).toMatchObject({ exit: 3, said: expect.stringContaining(`deploy:${record}`) as string });
  await one[0]?.kill(600_000); // the other one of the same version goes on with the bake
  const newer = recordOf('newer');
  expect(await client('deploy', newer.record, ...TO_BLACK, ...FAST, '--bake', '1s')).toMatchObject({ exit: 0 });

  const drained = await client('versions', 'drain', 'one', '--wait', '5m');
  expect(drained).toMatchObject({ exit: 0, said: expect.stringContaining('its workers may be stopped') as string });
  expect(observer.everyState()).toEqual(['red', 'black']);
  expect(await client('status', record)).toMatchObject({ said: expect.stringContaining('promoted') as string });
  expect(await Promise.all(one.slice(1).map((worker) => worker.stop()))).toEqual([0]);
});

async function promote(version: string): Promise<void> {
  await until(`${version} is promoted`, async () => (await client('versions', 'promote', version)).exit === 0);
}
