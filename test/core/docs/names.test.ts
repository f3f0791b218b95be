import { buildKey } from '../../../src/core/docs/build-key.ts';
import { isReleaseId, releaseId } from '../../../src/core/docs/release-id.ts';
import { rootFiles } from '../../../src/core/docs/root-files.ts';
import { spaceNeeded } from '../../../src/core/docs/space-needed.ts';
import { readVersionName } from '../../../src/core/docs/version-name.ts';

test.each(['latest', 'stable', 'main', 'v1.2.0', '1', 'feature_x-2', 'a'.repeat(64)])('%s is a version', (name) => {
  expect(readVersionName(name)).toEqual({ kind: 'ok', version: name });
});

test.each([
  '',
  '.',
  '..',
  '../x',
  'a/b',
  'a\\b',
  'V1',
  'releases',
  'versions',
  '_r',
  '-x',
  'x-',
  '.x',
  'x.',
  'a..b',
  'a b',
  'ä',
  'a\n',
  'a'.repeat(65),
])('%j is no version, so that no folder is left and no two names are one', (name) => {
  expect(readVersionName(name).kind).toBe('bad');
});

test('ids of releases sort by time and are told from everything else', () => {
  const id = releaseId('2026-11-25T06:32:08.123Z', 'abcdef0123456789');
  expect(id).toBe('20261125T063208Z-abcdef01');
  expect([id, '.', '..', `${id}/..`, `../${id}`, 'latest'].map(isReleaseId)).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(releaseId('2026-11-25T06:32:09Z', '00000000') > id).toBe(true);
});

test('the build key changes with everything that a build depends on', () => {
  const parts = {
    tree: 't',
    dependencies: null,
    generator: { version: '1' },
    options: { name: null },
    trusted: true,
    nodeMajor: 20,
  };
  const others = [
    { tree: 'u' },
    { dependencies: 'd' },
    { generator: { version: '2' } },
    { options: { name: 'x' } },
    { trusted: false },
    { nodeMajor: 22 },
  ];
  const keys = [parts, ...others.map((other) => ({ ...parts, ...other }))].map(buildKey);
  expect(new Set(keys).size).toBe(keys.length);
  expect(buildKey({ ...parts })).toBe(keys[0]);
});

test.each([
  [[], 64_000_000],
  [[{ bytes: 1_000 }], 64_000_000],
  [[{ bytes: 100_000_000 }, { bytes: 1 }], 200_000_000],
])('a build needs room for two of the largest', (sites, bytes) => {
  expect(spaceNeeded(sites)).toBe(bytes);
});

describe('the files at the root', () => {
  const at = (version: string, time: string) => ({
    schemaVersion: 1 as const,
    seq: 1,
    version,
    release: `release of ${version}`,
    action: 'publish' as const,
    pinnedSince: null,
    askedAt: time,
    at: time,
    by: 'me',
  });

  test.each([
    [['v1', 'latest', 'v2'], 'latest'],
    [['v1', 'v2'], 'v2'],
  ])('of %j lead to %s and keep search engines from the others', (versions, first) => {
    const files = rootFiles(
      versions.map((version, day) => at(version, `2026-01-0${day + 1}T00:00:00.000Z`)),
      null,
    );
    expect(files['index.html']).toContain(`url=versions/${first}/`);
    expect(JSON.parse(files['versions.json'])).toMatchObject({ default: first });
    expect(files['robots.txt']).toContain('Disallow: /releases/');
    expect(files['robots.txt']).toContain('Disallow: /versions/v1/');
    expect(files['robots.txt']).not.toContain(`Disallow: /versions/${first}/`);
    expect(files['sitemap.xml']).toBeUndefined();
  });

  test('map the pages of the default version, where the address of the site is known', () => {
    const shown = { baseUrl: 'https://docs.example.com/a&b', pages: ['index.html', 'x/index.html', 'é <1>.html'] };
    const files = rootFiles([at('latest', '2026-01-01T00:00:00.000Z')], shown);
    expect(files['sitemap.xml']).toContain('<loc>https://docs.example.com/a&amp;b/versions/latest/</loc>');
    expect(files['sitemap.xml']).toContain('/versions/latest/x/</loc>');
    expect(files['sitemap.xml']).toContain('/versions/latest/%C3%A9%20%3C1%3E.html</loc>');
    expect(files['robots.txt']).toContain('Sitemap: https://docs.example.com/a&b/sitemap.xml');
  });
});
