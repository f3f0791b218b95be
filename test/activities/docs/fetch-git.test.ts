/** Repositories of somebody who may mean harm, over HTTP from git's own server (P4, A1, A4). */
import { existsSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { fetchCommit, type CommitOrder } from '../../../src/activities/docs/fetch-commit.ts';
import { openRemote } from '../../../src/activities/docs/git-remote.ts';
import { listTags, resolveRef } from '../../../src/activities/docs/resolve-ref.ts';
import { mustHaveSafeGit } from '../../../src/activities/docs/run-git.ts';
import { loadConfig } from '../../../src/config.ts';
import { startGitServer, type GitServer } from '../../../sandbox/git/server.ts';

let server: GitServer;
let folder = '';
beforeEach(async () => {
  server = await startGitServer();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-fetch-')));
});
afterEach(async () => {
  await server.close();
  await removeTree(folder);
});

const TOKEN = 'the-secret-of-the-machine';
const config = (env: Readonly<Record<string, string>> = {}) =>
  loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    SWITCHYARD_DOCS_SOURCES: new URL(server.url).origin,
    SWITCHYARD_SECRET_GIT_TOKEN: TOKEN,
    SWITCHYARD_SECRET_GIT_TOKEN_HOSTS: '127.0.0.1',
    ...env,
  });
const signal = new AbortController().signal;
const remote = (secret: string | null = null, env = {}) => openRemote(config(env), { url: server.url, secret });
const resolve = async (ref: string, secret: string | null = null) =>
  resolveRef(config().docs.programs, { remote: await remote(secret), ref }, signal);

async function fetch(over: Partial<CommitOrder> = {}): Promise<string> {
  const order = { links: false, limits: { files: 1_000, bytes: 1_000_000 }, work: folder, into: join(folder, 'tree') };
  const { commit, name } = over.commit === undefined ? await resolve('main') : { commit: over.commit, name: null };
  await fetchCommit(config().docs.programs, { remote: await remote(), commit, name, ...order, ...over }, signal);
  return order.into;
}

const listed = async (tree: string) => (await readdir(tree, { recursive: true })).sort();

test('resolves branches, tags, annotated tags and HEAD to commits', async () => {
  const first = await server.commit({ 'a.txt': '1' });
  server.git('tag', 'v1');
  server.git('tag', '-a', 'v2', '-m', 'annotated');
  const second = await server.commit({ 'a.txt': '2' });
  expect(await resolve('main')).toEqual({ commit: second, name: 'refs/heads/main' });
  expect(await resolve('HEAD')).toEqual({ commit: second, name: 'HEAD' });
  expect(await resolve('v1')).toEqual({ commit: first, name: 'refs/tags/v1' });
  expect(await resolve('refs/tags/v2')).toEqual({ commit: first, name: 'refs/tags/v2' });
  expect(await resolve(first)).toEqual({ commit: first, name: null });
  expect(await listTags(config().docs.programs, await remote(), signal)).toEqual(['v1', 'v2']);
  server.git('branch', 'v1');
  await expect(resolve('v1')).rejects.toThrow(
    'v1 is a branch and a tag as well. Name one of them: refs/heads/v1 or refs/tags/v1.',
  );
  await expect(resolve('nowhere')).rejects.toThrow('has no branch and no tag nowhere');
});

test.each(['--upload-pack=touch x', '-x', 'a..b', 'a b', '@{u}', 'a.lock', '../x', ''])(
  'a ref that is an option or no name is refused without asking anybody: %j',
  async (ref) => {
    await expect(resolve(ref)).rejects.toThrow('is no name of a branch or a tag');
    expect(server.requests).toEqual([]);
  },
);

test('a branch that moves between resolving and fetching changes nothing: the commit is built', async () => {
  const commit = await server.commit({ 'a.txt': 'old' });
  await server.commit({ 'a.txt': 'new' });
  expect(await readFile(join(await fetch({ commit }), 'a.txt'), 'utf8')).toBe('old');
});

test('a server that gives no commit by its id gives the ref, as long as that is still the same', async () => {
  const commit = await server.commit({ 'a.txt': 'old' });
  server.git('tag', 'v1');
  server.behave({ old: true });
  const order = { commit, name: 'refs/heads/main' };
  expect(await readFile(join(await fetch(order), 'a.txt'), 'utf8')).toBe('old');
  await server.commit({ 'a.txt': 'new' });
  server.git('tag', '-d', 'v1');
  await expect(fetch(order)).rejects.toThrow(/refs\/heads\/main has moved on from/);
});

test('writes plain files without .git: no links, no submodules, and nothing that attributes would leave out or filter', async () => {
  const canary = join(folder, 'canary');
  await server.commit({
    'src/index.ts': 'x',
    link: { linkTo: '/etc/passwd' },
    '.gitattributes': '*.ts export-ignore filter=evil\n',
    '.gitmodules': `[submodule "m"]\n  path = m\n  url = ${server.url}\n`,
    '.lfsconfig': `[filter "evil"]\n  smudge = touch ${canary}\n`,
  });
  server.git('update-index', '--add', '--cacheinfo', `160000,${server.git('rev-parse', 'HEAD')},m`);
  server.git('commit', '--quiet', '-m', 'submodule');
  const tree = await fetch();
  expect(await listed(tree)).toEqual([
    '.gitattributes',
    '.gitmodules',
    '.lfsconfig',
    'link',
    'm',
    'src',
    'src/index.ts',
  ]);
  expect((await lstat(join(tree, 'link'))).isFile()).toBe(true);
  expect(await readFile(join(tree, 'link'), 'utf8')).toBe('/etc/passwd');
  expect(await readdir(join(tree, 'm'))).toEqual([]);
  expect(await listed(folder)).not.toContain('git');
  expect(existsSync(canary)).toBe(false);
});

test("runs nothing of the worker's own git configuration, and none of the environment's", async () => {
  await server.commit({ 'a.txt': 'x' });
  const canary = join(folder, 'canary');
  const home = join(folder, 'home');
  await mkdir(home);
  const touch = `!touch ${canary}`;
  await writeFile(
    join(home, '.gitconfig'),
    `[core]\n  fsmonitor = touch ${canary}\n[credential]\n  helper = ${touch}\n`,
  );
  const before = process.env['HOME'];
  process.env['HOME'] = home;
  try {
    await fetch();
  } finally {
    process.env['HOME'] = before;
  }
  expect(existsSync(canary)).toBe(false);
});

test.each([
  ['more files', { files: 1, bytes: 1_000_000 }, /The source has 2 files, and 1 are allowed/],
  ['more bytes', { files: 10, bytes: 100 }, /bytes.*100 are allowed/],
])('a tree with %s than allowed is refused before it is written out', async (_name, limits, why) => {
  await server.commit({ 'a.txt': 'x'.repeat(200), 'b.txt': 'y' });
  await expect(fetch({ limits })).rejects.toThrow(why);
  expect(await readdir(join(folder, 'tree'))).toEqual([]);
});

test('a token goes to its server in a header, and is in no sentence (A1)', async () => {
  const basic = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
  await server.commit({ 'a.txt': 'x' });
  server.behave({ authorization: basic });
  await expect(resolve('main')).rejects.toMatchObject({ type: 'Unauthorized' });
  await expect(remote('git-token', { SWITCHYARD_SECRET_GIT_TOKEN_HOSTS: 'git.example.com' })).rejects.toThrow(
    /The secret git-token may be sent to git.example.com, not to 127.0.0.1/,
  );
  const programs = config().docs.programs;
  const open = await remote('git-token');
  await expect(resolveRef(programs, { remote: open, ref: 'main' }, signal)).resolves.toMatchObject({
    name: 'refs/heads/main',
  });
  server.behave({ authorization: 'Basic other' });
  const refused = await resolveRef(programs, { remote: open, ref: 'main' }, signal).catch((cause: unknown) => cause);
  expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toContain(TOKEN);
  expect(refused).toMatchObject({ type: 'Unauthorized' });
});

test.each([
  [{ status: 404 }, 'NotFound'],
  [{ status: 503 }, 'Unavailable'],
  [{ redirect: 'http://127.0.0.1:1' }, 'Refused'],
])('a server that answers %j is %s', async (behaviour, type) => {
  await server.commit({ 'a.txt': 'x' });
  server.behave(behaviour);
  await expect(resolve('main')).rejects.toMatchObject({ type });
});

test('a server that does not answer is left when the build is cancelled, with all that was started', async () => {
  await server.commit({ 'a.txt': 'x' });
  server.behave({ hangs: true });
  const cancelled = new AbortController();
  const resolving = resolveRef(config().docs.programs, { remote: await remote(), ref: 'main' }, cancelled.signal);
  while (server.requests.length === 0) await new Promise((done) => setTimeout(done, 10));
  cancelled.abort(new Error('cancelled'));
  await expect(resolving).rejects.toThrow('cancelled');
});

test.each([
  ['http://192.168.0.1/app.git', /is not fetched: only https is/],
  ['ext::sh -c touch% x', /is no address|is not fetched/],
  ['file:///etc', /is not fetched/],
  ['/etc', /is no address/],
  ['https://user:pass@example.com/app.git', /has a user in it/],
  ['https://10.0.0.1/app.git', /in a private network.*Add https:\/\/10.0.0.1 to SWITCHYARD_DOCS_SOURCES/],
  ['https://169.254.169.254/app.git', /is never asked/],
  ['https://[::ffff:a9fe:a9fe]/app.git', /is never asked/],
  ['https://[::1]/app.git', /in a private network/],
  ['https://localhost/app.git', /in a private network/],
])('%s is refused (A4)', async (url, why) => {
  await expect(openRemote(config(), { url, secret: null })).rejects.toThrow(why);
});

test('the git of this machine is one without known faults', async () => {
  await mustHaveSafeGit(config().docs.programs, signal);
});

test('a metadata service is asked for no source, even where the operator names it (A4)', async () => {
  const url = 'http://169.254.169.254/app.git';
  const named = config({ SWITCHYARD_DOCS_SOURCES: 'http://169.254.169.254/' });
  await expect(openRemote(named, { url, secret: null })).rejects.toThrow(/is never asked/);
});

test('a server of the public network is asked only where SWITCHYARD_EGRESS has it (A4)', async () => {
  const inside = config({ SWITCHYARD_EGRESS: '10.0.0.0/8' });
  const url = 'https://198.51.100.7/app.git';
  await expect(openRemote(inside, { url, secret: null })).rejects.toThrow(/SWITCHYARD_EGRESS/);
});
