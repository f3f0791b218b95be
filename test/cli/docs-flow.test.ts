/** The whole way of a site: command line, Temporal, a worker, a git server, TypeDoc. A namespace of its own. */
import { createHmac, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { gatewayOrders } from '../../src/cli/gateway-orders.ts';
import { readSwitchyardFile } from '../../src/cli/read-file.ts';
import { loadConfig } from '../../src/config.ts';
import { docsScheduleId, type DocsReport } from '../../src/contracts/docs-runs.ts';
import { actOnWishes } from '../../src/gateway/act-on-wishes.ts';
import { githubHook } from '../../src/gateway/hooks/github.ts';
import { startWorker, type RunningWorker } from '../../src/worker.ts';
import { startGitServer, type GitServer } from '../../sandbox/git/server.ts';
import { readExample, scriptOf, startJob, type ExampleWorkflow } from '../support/ci-example.ts';
import { outputSchema } from '../support/output-schema.ts';
import { runCli, type Ran } from '../support/run-cli.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';
import { connect, temporalAddress, workflowBundle, type TestTemporal } from '../support/temporal.ts';

const NAMESPACE = `docs-flow-${randomUUID()}`;

const tree = (name: string, more = ''): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }),
  'tsconfig.json': SMALL_TSCONFIG,
  'src/index.ts': `/** Says ${name}. */\nexport function ${name}(): string {\n  return '${name}';\n}\n${more}`,
});

let git: GitServer;
let temporal: TestTemporal;
let client: Client;
let worker: RunningWorker;
let folder = '';
const stopped = new AbortController();

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
    shutdownSignals: [],
  });
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-docs-flow-')));
  [git, temporal] = await Promise.all([startGitServer(), connect()]);
  client = new Client({ connection: temporal.connection, namespace: NAMESPACE });
  const { workflowService } = temporal.connection;
  const { config: namespace } = await workflowService.describeNamespace({ namespace: 'default' });
  const workflowExecutionRetentionPeriod = namespace?.workflowExecutionRetentionTtl ?? null;
  await workflowService.registerNamespace({ namespace: NAMESPACE, workflowExecutionRetentionPeriod });
  await until(async () => (await run('ls')).exit === 0);
  const config = loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: join(folder, 'none'),
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: NAMESPACE,
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_QUEUES: 'docs',
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    SWITCHYARD_DOCS_SOURCES: `${new URL(git.url).origin},${join(folder, 'local')}`,
  });
  worker = await startWorker(config, {
    logger: pino({ level: 'silent' }),
    connection: temporal.nativeConnection,
    workflowBundle: workflowBundle(),
    signal: stopped.signal,
  });
  const text = `version: 1
docs:
  handbook:
    source: { git: ${JSON.stringify(git.url)}, ref: main }
    every: 15m
    generator: { typedoc: { entryPoints: [src/index.ts] } }
    versions: { latest: main, tags: "v*" }
    gates: { links: fail, coverage: { min: 60%, mayFall: true } }
    baseUrl: https://docs.example.com/handbook/
  local: { source: { folder: ${join(folder, 'local')} }, generator: { typedoc: { entryPoints: [src/index.ts] } } }
`;
  await writeFile(join(folder, 'switchyard.yaml'), text);
  await writeFile(join(folder, 'hooked.yaml'), `${text}hooks: { github: { secret: github-hook } }\n`);
}, 60_000);
afterAll(async () => {
  stopped.abort();
  await worker.finished;
  await temporal.close();
  await git.close();
  await removeTree(folder);
});

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli(args, { folder, namespace: NAMESPACE, env: { SWITCHYARD_PUBLISH_ROOT: join(folder, 'published') } });
const page = (name: string, version = 'latest') =>
  readFile(join(folder, 'published/handbook/versions', version, 'functions', `${name}.html`), 'utf8');

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(50);
}

test('doctor of a site asks a worker for docs what a build would need, and looks at the Schedule', async () => {
  await git.commit(tree('one'));
  const { exit, out } = await run('doctor', 'docs/handbook');
  expect(out).toMatch(/PROBLEM +schedule +every 15 min in the file, and Temporal has none +\.\/switchyard apply\n/);
  expect(out).toMatch(/ok +worker: source +main is [0-9a-f]{12} at 127\.0\.0\.1:\d+; not trusted/);
  expect(out).toMatch(/ok +worker: generator +TypeDoc/);
  expect(out).toMatch(/ok +worker: publish root .*handbook can be (made|written to)/);
  expect(exit).toBe(1);
  expect(await run('doctor', 'docs/nowhere')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('there is no site nowhere') as string,
  });
});

test('previews, publishes, refuses by a gate, rolls back and lifts the pin, each with what stands and what to do', async () => {
  await git.commit(tree('one'));
  const preview = await run('docs', 'build', 'handbook', '--by', 'ann');
  expect([preview.exit, preview.out]).toEqual([
    0,
    expect.stringMatching(
      /^building a preview of docs\/handbook, asked for by ann \(not authenticated\)\n[\s\S]*resolve {3}main is [0-9a-f]{12} [\s\S]*fetch[\s\S]*generate[\s\S]*verify[\s\S]*stage[\s\S]*\npreview +docs\/handbook {2}release \S+\n[\s\S]*\nstands +what stood before; a preview moves nothing\nbuilt +https:\/\/docs.example.com\/handbook\/releases\/\S+\/\nlook .*docs publish handbook\n$/,
    ),
  ]);
  await expect(page('one')).rejects.toThrow('ENOENT');

  const published = await run('docs', 'publish', 'handbook');
  expect([published.exit, published.out]).toEqual([
    0,
    expect.stringMatching(
      /\npublished +docs\/handbook {2}release \S+, built before\n[\s\S]*gate +100 % of what[\s\S]*at https:\/\/docs.example.com\/handbook\/versions\/latest\/\n/,
    ),
  ]);
  expect(await page('one')).toContain('Says one.');

  await git.commit(tree('two', 'export const three = 3;\nexport const four = 4;\n'));
  const refused = await run('docs', 'publish', 'handbook');
  expect([refused.exit, refused.out]).toEqual([
    3,
    expect.stringMatching(
      /\ngates failed +docs\/handbook[\s\S]*exports +3 added, 1 removed, 0 changed[\s\S]*GATE FAILED +33.3 %/,
    ),
  ]);
  expect(await page('one')).toContain('Says one.');

  await git.commit(tree('two'));
  expect(await run('docs', 'publish', 'handbook')).toMatchObject({ exit: 0 });
  const back = await run('docs', 'rollback', 'handbook');
  expect([back.exit, back.out]).toEqual([0, expect.stringMatching(/^rolled back[\s\S]*docs unpin handbook\n$/)]);
  expect(await page('one')).toContain('Says one.');
  await git.commit(tree('three'));
  const pinned = await run('docs', 'publish', 'handbook');
  expect([pinned.exit, pinned.out]).toEqual([
    7,
    expect.stringMatching(/built, not published +docs\/handbook[\s\S]*why +pinned since/),
  ]);
  expect(await run('docs', 'unpin', 'handbook')).toMatchObject({ exit: 0 });
  expect(await run('docs', 'publish', 'handbook')).toMatchObject({ exit: 0 });
  expect(await page('three')).toContain('Says three.');

  const list = await run('docs', 'list', 'handbook');
  expect([list.exit, list.out]).toEqual([
    0,
    expect.stringMatching(/^latest .* since [\s\S]*RELEASE[\s\S]* [0-9a-f]{12} +latest/),
  ]);
  expect((await run('docs', 'gc', 'handbook', '--keep', '0', '--grace', '0s')).out).toMatch(/^removed +\S+, \S+/);
}, 60_000);

test('status, watch and abort name a version of a site as docs/SITE', async () => {
  expect((await run('status', 'docs/handbook')).out).toMatch(/^ended .* UTC\n(published|unchanged) +docs\/handbook/);
  expect(await run('status', 'docs/nothing')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/no build is known/) as string,
  });
  expect(await run('abort', 'docs/handbook')).toMatchObject({ exit: 3 });
  expect(await run('watch', 'docs/handbook/v9')).toMatchObject({ exit: 3 });
  const json = await run('docs', 'publish', 'handbook', '--json');
  const lines = json.out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines.filter((line) => !outputSchema.safeParse(line).success)).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ event: 'end', site: 'handbook', outcome: 'unchanged' });
  await until(async () => /unchanged +manual/.test((await run('history', 'docs/handbook')).out));
  expect((await run('history', 'docs/handbook')).out).toMatch(/OUTCOME +TRIGGER +BY[\s\S]*gates failed +manual/);
  expect((await run('ls')).out).toMatch(
    /SITE +STATE[\s\S]*\nhandbook +unchanged +\d{4}-.* missing: .*apply makes it\nlocal +no run known +when asked\n/,
  );
  for (const verb of [['status', 'docs/handbook'], ['history', 'docs/handbook'], ['ls']])
    expect(outputSchema.parse(JSON.parse((await run(...verb, '--json')).out))).toBeTruthy();
});

test('a tag becomes a version of its own, by name or by a tick of the Schedule', async () => {
  await git.commit(tree('tagged'));
  git.git('tag', 'v1.0');
  git.git('tag', 'other');
  await git.commit(tree('later'));
  expect(await run('docs', 'publish', 'handbook', '--version', 'v1.0')).toMatchObject({ exit: 0 });
  expect(await page('tagged', 'v1.0')).toContain('Says tagged.');
  git.git('tag', 'v1.1');
  expect((await run('apply')).out).toMatch(/^\+ docs\/handbook {2}every 15 min\n1 change made\.\n$/);
  const schedule = client.schedule.getHandle(docsScheduleId('handbook'));
  await schedule.trigger();
  await until(async () => (await schedule.describe()).info.recentActions.length > 0);
  const [tick] = (await schedule.describe()).info.recentActions;
  expect(await client.workflow.getHandle(tick?.action.workflow.workflowId ?? '').result()).toEqual({
    built: ['latest', 'v1.1'],
    skipped: [],
  });
  expect(await page('later')).toContain('Says later.');
  expect(await page('later', 'v1.1')).toContain('Says later.');
  expect(await readdir(join(folder, 'published/handbook/versions'))).toEqual(['latest', 'v1.0', 'v1.1']);
  expect((await run('apply')).out).toMatch(/^= docs\/handbook/);
  await schedule.delete();
}, 60_000);

test('a push that the gateway hears of is built, and told twice it is built once', async () => {
  const orders = gatewayOrders(await readSwitchyardFile(join(folder, 'hooked.yaml'), folder));
  const secret = () => Promise.resolve('github-secret');
  const hook = githubHook(secret, orders.declared.sites);
  const after = await git.commit(tree('pushed'));
  const body = Buffer.from(JSON.stringify({ ref: 'refs/heads/main', after, repository: { clone_url: git.url } }));
  const signature = `sha256=${createHmac('sha256', 'github-secret').update(body).digest('hex')}`;
  const headers: Record<string, string> = { 'x-hub-signature-256': signature, 'x-github-event': 'push' };
  const act = actOnWishes(client, orders.orders);
  for (let told = 0; told < 2; told += 1) {
    const reading = await hook.read({ body, header: (name) => headers[name], now: Date.now() });
    await Promise.all((reading.kind === 'wishes' ? reading.wishes : []).map(act));
  }
  const report = (await client.workflow.getHandle('docs:handbook:latest').result()) as DocsReport;
  expect(report).toMatchObject({ outcome: 'published', superseded: 0, wish: { trigger: 'event', commit: after } });
  expect(await page('pushed')).toContain('Says pushed.');
}, 60_000);

test("the job of the GitLab example builds a merge request's commit as a preview", async () => {
  const job = await startJob();
  await job.write('switchyard.yaml', await readFile(join(folder, 'switchyard.yaml'), 'utf8'));
  const example = await readExample<Record<string, { readonly script: readonly string[] }>>('gitlab-ci/.gitlab-ci.yml');
  const built = await job.run(example['docs preview']?.script.join('\n') ?? 'false', {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: NAMESPACE,
    GITHUB_ACTIONS: '',
    SITE: 'handbook',
    CI_COMMIT_SHA: await git.commit(tree('merged')),
    CI_MERGE_REQUEST_IID: '8',
  });
  expect([built.exit, built.out]).toEqual([0, expect.stringMatching(/^preview +docs\/handbook\/mr-8/m)]);
}, 60_000);

test("the job of the GitHub example builds a pull request's commit as a preview, and moves no reader", async () => {
  const latest = await readdir(join(folder, 'published/handbook/versions'));
  const job = await startJob();
  await job.write('switchyard.yaml', await readFile(join(folder, 'switchyard.yaml'), 'utf8'));
  const example = await readExample<ExampleWorkflow>('github-actions/docs-preview.yml');
  const built = await job.run(scriptOf(example, 'preview', 'Preview'), {
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: NAMESPACE,
    SITE: 'handbook',
    REF: await git.commit(tree('asked')),
    VERSION: 'pr-7',
  });
  expect([built.exit, built.out]).toEqual([0, expect.stringMatching(/^preview +docs\/handbook\/pr-7/m)]);
  expect(await job.read('GITHUB_OUTPUT')).toContain('outcome=preview');
  expect(await readdir(join(folder, 'published/handbook/versions'))).toEqual(latest);
}, 60_000);

test.each([
  [['docs', 'publish', 'handbook', '--version', 'pr-12'], 2, /neither latest nor a tag of the site.*--ref/],
  [['docs', 'publish', 'handbook', '--ref', '--upload-pack=x'], 2, /is no name of a branch or a tag/],
  [['docs', 'publish', 'handbook', '--ref', 'a..b'], 2, /is no name of a branch or a tag/],
  [['docs', 'publish', 'nothing'], 2, /there is no site nothing in switchyard.yaml; accepted: handbook, local/],
  [['docs', 'publish', 'local', '--ref', 'main'], 2, /this site is built from a folder/],
])('%j is refused with exit %i', async (args, exit, why) => {
  const ran = await run(...args);
  expect([ran.exit, ran.err]).toEqual([exit, expect.stringMatching(why)]);
});

test('a ref that is not there ends the build with what to check, and the site stays (exit 1, P2)', async () => {
  const before = await run('docs', 'list', 'handbook', '--json');
  const failed = await run('docs', 'publish', 'handbook', '--ref', 'nowhere');
  expect([failed.exit, failed.out]).toEqual([
    1,
    expect.stringMatching(
      /failed +docs\/handbook\nwhy .*no branch and no tag nowhere[\s\S]*\nstands +release \S+ at https:/,
    ),
  ]);
  expect((await run('docs', 'list', 'handbook', '--json')).out).toBe(before.out);
});

test('a folder of the worker is a source where the worker allows it', async () => {
  const source = join(folder, 'local');
  for (const [path, text] of Object.entries(tree('local'))) {
    await mkdir(join(source, path, '..'), { recursive: true });
    await writeFile(join(source, path), text);
  }
  expect(await run('docs', 'publish', 'local')).toMatchObject({ exit: 0 });
  expect(await readdir(join(folder, 'published/local/.tmp'))).toEqual([]);
}, 60_000);
