import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flatSite } from '../../../src/activities/docs/flat-site.ts';
import type { DocsTools } from '../../../src/activities/docs/make-pages.ts';
import { publishFlat } from '../../../src/activities/docs/publish-docs.ts';
import { fakeTools, openScene, published, quiet, type Scene } from './sites.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
  await scene.says('one');
});
afterEach(() => scene.close());

const build = (tools = fakeTools()) => publishFlat(scene.publication(tools), quiet());
const never = fakeTools({ generate: () => Promise.reject(new Error('no')) });
/** Whose first page says this. */
function saying(text: string): DocsTools {
  const tools = fakeTools();
  const generate: DocsTools['generate'] = async (task, watch) => {
    const made = await tools.generate(task, watch);
    await writeFile(join(task.out, 'index.html'), text);
    return made;
  };
  return { ...tools, generate };
}
const index = () => readFile(join(scene.layout.out, 'index.html'), 'utf8');

test('is one plain folder without links, and an unchanged source costs a look', async () => {
  expect(await build()).toMatchObject({ outcome: 'published' });
  for (const entry of await readdir(scene.layout.out, { recursive: true, withFileTypes: true }))
    expect(entry.isFile() || entry.isDirectory()).toBe(true);
  expect((await lstat(scene.layout.out)).mode & 0o200).toBe(0o200);
  expect(await build(never)).toMatchObject({ outcome: 'unchanged' });
  await scene.says('two');
  expect(await build()).toMatchObject({ outcome: 'published' });
  expect(await index()).toMatch(/^two/);
  expect(await readdir(flatSite(scene.layout.out).beside)).toEqual(['work']);
});

test('stays as it was when a build fails (P2)', async () => {
  await build();
  const before = await published(scene.layout.out);
  await scene.says('two');
  await expect(build(never)).rejects.toThrow('no');
  expect(await published(scene.layout.out)).toEqual(before);
});

test('is put back where a process was killed between the two renames', async () => {
  await build();
  const site = flatSite(scene.layout.out);
  await rename(site.out, site.before);
  expect(await build(never)).toMatchObject({ outcome: 'unchanged' });
  expect(await index()).toMatch(/^one/);
});

test('builds at once end in one whole site: the others are refused, or publish theirs after it', async () => {
  const ends = await Promise.allSettled(['two', 'three', 'four', 'five'].map((page) => build(saying(page))));
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  expect(refused.length).toBeLessThan(ends.length);
  expect(refused.filter((why) => !why.includes('Another build'))).toEqual([]);
  expect(await index()).toMatch(/^(two|three|four|five)/);
  expect(await build(never)).toMatchObject({ outcome: 'unchanged' });
  expect(await readdir(flatSite(scene.layout.out).beside)).toEqual(['work']);
});

test('never replaces what somebody else put there, nor a site with releases', async () => {
  await mkdir(scene.layout.out);
  await writeFile(join(scene.layout.out, 'thesis.txt'), 'mine');
  await expect(build()).rejects.toThrow(/holds things that this program did not put there/);
  await rename(scene.layout.out, join(scene.folder, 'away'));
  await scene.build();
  await expect(build()).rejects.toThrow(/is a site with releases/);
});
