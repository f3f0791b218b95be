/** What `doctor docs/SITE` says of a worker: each thing that a build would stumble over, before one is asked for. */
import { chmod, mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnoseDocs } from '../../../src/activities/docs/diagnose-docs.ts';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { loadConfig } from '../../../src/config.ts';
import { NO_GATES, type Generator } from '../../../src/contracts/docs.ts';
import type { Finding } from '../../../src/contracts/doctor.ts';
import type { SiteSource } from '../../../src/contracts/docs-runs.ts';
import { startGitServer, type GitServer } from '../../../sandbox/git/server.ts';

let server: GitServer;
let folder = '';
beforeAll(async () => {
  server = await startGitServer();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-doctor-docs-')));
  await mkdir(join(folder, 'sources/app'), { recursive: true });
});
afterAll(async () => {
  await server.close();
  await removeTree(folder);
});

const SPHINX: Generator = { kind: 'sphinx', options: { dir: 'docs' } };
const git = (ref = 'main'): SiteSource => ({ kind: 'git', url: server.url, ref, secret: null });

interface Asked {
  readonly source?: SiteSource;
  readonly generator?: Generator | null;
  readonly env?: Readonly<Record<string, string>>;
}

async function ask({ source = git(), generator = null, env = {} }: Asked = {}): Promise<Record<string, Finding>> {
  const config = loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    SWITCHYARD_DOCS_SOURCES: `${new URL(server.url).origin},${join(folder, 'sources')}`,
    SWITCHYARD_PUBLISH_ROOT: join(folder, 'published'),
    ...env,
  });
  const keep = { releases: 10, graceMs: 1_000 };
  const fixed = { dependencies: 'none', tags: null, gates: NO_GATES, baseUrl: null, keep } as const;
  const deps = { config, signal: new AbortController().signal };
  const findings = await diagnoseDocs(deps, { site: 'guide', source, generator, ...fixed });
  return Object.fromEntries(findings.map((one) => [one.check, one]));
}

test('says which commit the source stands at, whether it is trusted, what makes the pages, and where they go; makes nothing', async () => {
  const commit = await server.commit({ 'a.txt': '1' });
  const found = await ask();
  expect(Object.values(found).map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(found['source']?.sentence).toBe(
    `main is ${commit.slice(0, 12)} at ${new URL(server.url).host}; not trusted: none of its code and configuration runs.`,
  );
  expect(found['generator']?.sentence).toMatch(/^As the source shows: TypeDoc \d/);
  expect(found['publish root']?.sentence).toMatch(/published\/guide can be made in .*, \d+ MB free\.$/);
  const trusting = { SWITCHYARD_DOCS_TRUSTED: `${server.url},${join(folder, 'sources')}` };
  expect((await ask({ env: trusting }))['source']?.sentence).toMatch(/; trusted\.$/);
  const local: SiteSource = { kind: 'folder', path: join(folder, 'sources/app') };
  expect((await ask({ source: local, env: trusting }))['source']?.sentence).toMatch(
    /sources\/app is there; trusted\.$/,
  );
  expect(await readdir(folder)).toEqual(['sources']);
});

test.each<[string, Asked, RegExp]>([
  [
    'a ref that is not there',
    { source: { kind: 'git', url: '', ref: 'gone', secret: null } },
    /no branch and no tag gone/,
  ],
  ['a folder that this worker does not allow', { source: { kind: 'folder', path: '/etc' } }, /\/etc is no folder that/],
  [
    'a server that this worker may not ask',
    { env: { SWITCHYARD_DOCS_SOURCES: '/srv' } },
    /only https is\. Correct source: git/,
  ],
])('%s is a problem of the source, and keeps nothing else from being looked at', async (_, { source, env }, why) => {
  const asked = source?.kind === 'git' ? git(source.ref) : source;
  const found = await ask({ ...(asked === undefined ? {} : { source: asked }), ...(env === undefined ? {} : { env }) });
  expect(found['source']?.ok).toBe(false);
  expect(`${found['source']?.sentence} ${found['source']?.next}`).toMatch(why);
  expect(found['publish root']?.ok).toBe(true);
});

test('Sphinx on a source that is not trusted needs a sandbox, and the program of it (P4)', async () => {
  const bare = (await ask({ generator: SPHINX }))['generator'];
  expect(bare).toMatchObject({ ok: false, next: expect.stringContaining('SWITCHYARD_DOCS_SANDBOX') as string });
  const env = { SWITCHYARD_DOCS_SANDBOX: '/no/such-fence --' };
  const missing = (await ask({ generator: SPHINX, env }))['generator'];
  expect(missing).toMatchObject({ ok: false, next: expect.stringContaining('SWITCHYARD_DOCS_SANDBOX') as string });
  expect(missing?.sentence).toMatch(/is \/no\/such-fence, and there is no such program/);
});

test('Sphinx without a Python is a problem, and with one says which', async () => {
  const bin = join(folder, 'sources', 'bin');
  await mkdir(bin);
  const python = (says: string) => writeFile(join(bin, 'python3'), `#!/bin/sh\n${says}\n`);
  const env = { PATH: `${bin}:/usr/bin:/bin`, SWITCHYARD_DOCS_SANDBOX: join(bin, 'python3') };
  await python('exit 1');
  await chmod(join(bin, 'python3'), 0o755);
  const none = (await ask({ generator: SPHINX, env }))['generator'];
  expect(none).toMatchObject({ ok: false, next: expect.stringContaining('Python 3.11') as string });
  await python('echo 3.13.1');
  const found = (await ask({ generator: SPHINX, env }))['generator'];
  expect(found).toMatchObject({ ok: true, sentence: expect.stringContaining('Python 3.13.1, fenced by') as string });
});

test('a publish root below something that is no folder is a problem', async () => {
  await writeFile(join(folder, 'sources', 'file'), '');
  const env = { SWITCHYARD_PUBLISH_ROOT: join(folder, 'sources', 'file', 'published') };
  expect((await ask({ env }))['publish root']).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('is no folder') as string,
  });
});
