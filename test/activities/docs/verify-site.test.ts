import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { verifySite } from '../../../src/activities/docs/verify-site.ts';
import { DEFAULT_BUILD_LIMITS } from '../../../src/contracts/docs.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-verify-'));
});
afterEach(() => removeTree(folder));

async function siteOf(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

const factsOf = async (files: Readonly<Record<string, string>>) =>
  (await verifySite(await siteOf(files), DEFAULT_BUILD_LIMITS)).facts;

test('counts pages, what can be reached, files and bytes, and hashes each file', async () => {
  const site = await siteOf({
    'index.html': '<a href="a.html">a</a> <img src="x.png">',
    'a.html': '<a href="sub/">sub</a>',
    'sub/index.html': '<a href="../index.html#top">up</a>',
    'lost.html': '<a href="index.html">home</a>',
    'x.png': 'x',
  });
  const { facts, files } = await verifySite(site, DEFAULT_BUILD_LIMITS);
  expect(facts).toMatchObject({ pages: 4, reachable: 3, files: 5, brokenLinks: [], brokenLinkCount: 0 });
  expect(files.find(({ path }) => path === 'x.png')).toEqual({
    path: 'x.png',
    bytes: 1,
    sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
  });
  expect(facts.bytes).toBe(files.reduce((sum, { bytes }) => sum + bytes, 0));
});

test.each([
  ['a page that is not there', '<a href="none.html">x</a>', 'none.html'],
  ['a fragment that is not there', '<a href="b.html#none">x</a>', 'b.html#none'],
  ['a script that is not there', '<script src="none.js"></script>', 'none.js'],
  ['out of the site (P4)', '<a href="../../secret.html">x</a>', '../../secret.html'],
  ['to a file of the machine (P4)', '<img src="file:///etc/passwd">', 'file:///etc/passwd'],
  ['past its base', '<base href="sub/"><a href="b.html">x</a>', 'b.html'],
])('a link that leads to %s is broken', async (_, html, to) => {
  const facts = await factsOf({ 'index.html': html, 'b.html': '<p id="there">' });
  expect(facts).toMatchObject({ brokenLinks: [{ from: 'index.html', to }], brokenLinkCount: 1 });
});

test('finds ids however they are written, and folders with and without their slash', async () => {
  const facts = await factsOf({
    'index.html':
      '<a href="b.html#x">1</a><a href="b.html#%C3%BC">2</a><a href="sub">3</a><a href="sub/">4</a><a href="#">5</a>',
    'b.html': '<a name=x></a><P ID="ü">',
    'sub/index.html': '',
  });
  expect(facts).toMatchObject({ brokenLinkCount: 0, reachable: 3 });
});

test('names a hundred broken links, and counts all', async () => {
  const links = Array.from({ length: 150 }, (_, at) => `<a href="none-${at}.html">x</a>`).join('');
  const facts = await factsOf({ 'index.html': links });
  expect([facts.brokenLinks.length, facts.brokenLinkCount]).toEqual([100, 150]);
});

test('refuses what is no site, is too much, or holds a link of the file system (P4)', async () => {
  await expect(factsOf({ 'page.html': '' })).rejects.toThrow('The generator left no index.html.');
  const site = await siteOf({ 'index.html': 'four' });
  await expect(verifySite(site, { ...DEFAULT_BUILD_LIMITS, files: 1 })).rejects.toThrow(
    'The site has 2 files, and 1 are',
  );
  await expect(verifySite(site, { ...DEFAULT_BUILD_LIMITS, bytes: 3 })).rejects.toThrow('4 bytes, and 3 are allowed');
  await symlink('/etc/passwd', join(site, 'passwd'));
  await expect(verifySite(site, DEFAULT_BUILD_LIMITS)).rejects.toThrow('The generator left passwd, which is neither');
});

test('a manifest.json of the generator is refused, where every release has the list of its files', async () => {
  const files = { 'index.html': '', 'manifest.json': '{}' };
  await expect(factsOf(files)).rejects.toThrow(/^The generator left a manifest\.json/);
});
