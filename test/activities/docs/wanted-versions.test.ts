/** Which versions a tick asks for: what has moved or is new, and never more than a worker can build. */
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { preflight } from '../../../src/activities/docs/preflight.ts';
import { wantedVersions } from '../../../src/activities/docs/wanted-versions.ts';
import { loadConfig } from '../../../src/config.ts';
import { NO_GATES } from '../../../src/contracts/docs.ts';
import type { SiteSource } from '../../../src/contracts/docs-runs.ts';
import { startGitServer, type GitServer } from '../../../sandbox/git/server.ts';

let server: GitServer;
let folder = '';
beforeAll(async () => {
  server = await startGitServer();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-wanted-')));
  await server.commit({ 'a.txt': '1' });
});
afterAll(async () => {
  await server.close();
  await removeTree(folder);
});

async function wanted(tags: string | null, source?: SiteSource): Promise<readonly string[]> {
  const config = loadConfig({
    PATH: process.env['PATH'],
    TEMPORAL_CONFIG_FILE: '/nonexistent',
    SWITCHYARD_DOCS_SOURCES: new URL(server.url).origin,
  });
  const layout = await preflight(join(folder, 'site'), { spaceBytes: 0 });
  const keep = { releases: 10, graceMs: 1_000 };
  const fixed = { site: 'guide', generator: null, dependencies: 'none', gates: NO_GATES, baseUrl: null, keep } as const;
  const from = source ?? { kind: 'git', url: server.url, ref: 'main', secret: null };
  const found = await wantedVersions(
    { config, layout },
    { ...fixed, source: from, tags },
    new AbortController().signal,
  );
  for (const { version, ref } of found) expect(ref).toBe(version === 'latest' ? null : `refs/tags/${version}`);
  return found.map(({ version }) => version);
}

test('latest always; of the tags those of the pattern that can be names of folders, the newest first', async () => {
  for (const tag of ['v1.9.0', 'v1.10.0', 'nightly', 'v1/broken']) server.git('tag', tag);
  expect(await wanted('v*')).toEqual(['latest', 'v1.10.0', 'v1.9.0']);
  expect(await wanted(null)).toEqual(['latest']);
  expect(await wanted('v*', { kind: 'folder', path: folder })).toEqual(['latest']);
});

test('of very many new tags the five newest and five others at once, so that some which always fail keep none away', async () => {
  for (let minor = 20; minor < 40; minor += 1) server.git('tag', `v1.${minor}.0`);
  const newest = [39, 38, 37, 36, 35].map((minor) => `v1.${minor}.0`);
  const others = new Set<string>();
  for (let tick = 0; tick < 12; tick += 1) {
    const [latest, ...tags] = await wanted('v*');
    expect([latest, ...tags.slice(0, 5)]).toEqual(['latest', ...newest]);
    expect(new Set(tags).size).toBe(10);
    for (const tag of tags.slice(5)) others.add(tag);
  }
  expect(others.size).toBeGreaterThan(8);
});
