/** Whom a source belongs to is decided by where it really lies, not by how it is called (A4, P4). */
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { fetchSource } from '../../../src/activities/docs/fetch-source.ts';
import { loadConfig } from '../../../src/config.ts';
import { DEFAULT_BUILD_LIMITS, DEFAULT_TYPEDOC, NO_GATES } from '../../../src/contracts/docs.ts';
import type { ResolvedSource } from '../../../src/contracts/docs-runs.ts';
import { startGitServer } from '../../../sandbox/git/server.ts';
import { fakeTools } from './sites.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-fetch-')));
  for (const name of ['sources/trusted/app', 'sources/evil', 'work'])
    await mkdir(join(folder, name), { recursive: true });
  for (const name of ['trusted/app', 'evil']) await writeFile(join(folder, 'sources', name, 'index.ts'), name);
});
afterEach(() => removeTree(folder));

const fetch = (path: string) =>
  fetchAny(
    { kind: 'folder', path: `${folder}/sources/${path}` },
    join(folder, 'sources'),
    join(folder, 'sources/trusted'),
  );

const fetchGit = (url: string, at: { readonly commit: string; readonly name: string | null }) =>
  fetchAny(
    { kind: 'git', url, ref: at.name ?? at.commit, secret: null, ...at },
    new URL(url).origin,
    new URL(url).origin,
  );

function fetchAny(source: ResolvedSource, sources: string, trusted: string) {
  const config = loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    SWITCHYARD_HOME: join(folder, 'home'),
    SWITCHYARD_DOCS_SOURCES: sources,
    SWITCHYARD_DOCS_TRUSTED: trusted,
  });
  const deps = { config, tools: fakeTools(), limits: DEFAULT_BUILD_LIMITS, signal: new AbortController().signal };
  const spec = {
    ...{ site: 's', source, dependencies: 'none' as const, tags: null, gates: NO_GATES, baseUrl: null },
    generator: { kind: 'typedoc' as const, options: DEFAULT_TYPEDOC },
    keep: { releases: 1, graceMs: 0 },
  };
  return fetchSource(deps, { spec, source, work: join(folder, 'work') });
}

test('a folder that is trusted is built where it stands, and any other from a copy', async () => {
  expect(await fetch('trusted/app')).toMatchObject({ trusted: true, inPlace: true });
  expect(await fetch('evil')).toMatchObject({ trusted: false, inPlace: false });
});

test('nothing becomes trusted by a name that climbs, or by a link from a folder that is', async () => {
  await expect(fetch('trusted/../evil')).rejects.toMatchObject({ type: 'Refused' });
  await symlink('../evil', join(folder, 'sources/trusted/link'));
  expect(await fetch('trusted/link')).toMatchObject({ trusted: false, inPlace: false });
});

test.each([
  ['refs/heads/main', true],
  ['refs/tags/v1', true],
  ['HEAD', true],
  ['refs/pull/7/head', false],
  [null, false], // a commit by its id: a server gives those of forks as well
])('of a repository that is trusted %j is trusted: %s', async (name, trusted) => {
  const git = await startGitServer();
  try {
    const commit = await git.commit({ 'index.ts': 'one' });
    git.git('update-ref', 'refs/pull/7/head', commit);
    expect(await fetchGit(git.url, { commit, name })).toMatchObject({ trusted });
  } finally {
    await git.close();
  }
});

test('a link out of the folders that may be sources leads nowhere', async () => {
  await symlink('/etc', join(folder, 'sources/link'));
  await expect(fetch('link')).rejects.toMatchObject({ type: 'Refused' });
});
