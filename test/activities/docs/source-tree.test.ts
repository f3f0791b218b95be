import { mkdir, readFile, readlink, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, dependenciesOf, hashTree, type SourceTree } from '../../../src/activities/docs/source-tree.ts';
import { publishDocs, publishFlat } from '../../../src/activities/docs/publish-docs.ts';
import { fakeTools, openScene, published, quiet, type Scene } from './sites.ts';

let scene: Scene;
let tree: SourceTree;
beforeEach(async () => {
  scene = await openScene();
  await scene.says('export const one = 1;');
  tree = { root: scene.source, apart: [join(scene.source, 'site')] };
});
afterEach(() => scene.close());

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(scene.source, path, '..'), { recursive: true });
  await writeFile(join(scene.source, path), text);
};

test('the hash is that of names and bytes alone', async () => {
  const before = await hashTree(tree);
  await utimes(join(scene.source, 'index.ts'), 1, 1);
  for (const path of [
    '.git/config',
    'node_modules/x/index.d.ts',
    'packages/a/node_modules/y/y.js',
    'site/index.html',
    '.cache/x',
  ])
    await put(path, 'not of the source');
  expect(await hashTree(tree)).toEqual(before);
  await put('b.ts', '');
  expect((await hashTree(tree)).hash).not.toBe(before.hash);
});

test('sites of this program are none of the source, or two in one source would build each other anew for ever', async () => {
  const before = await hashTree(tree);
  for (const name of ['other', 'flat']) {
    const out = join(scene.source, name);
    await (name === 'flat' ? publishFlat : publishDocs)({ ...scene.publication(), out }, quiet());
  }
  expect(await hashTree(tree)).toEqual(before);
});

test('a tree that is too large is refused with the number, hashed or copied', async () => {
  await writeFile(join(scene.source, 'large'), Buffer.alloc(5_000_000)); // read piece by piece
  expect((await hashTree(tree)).bytes).toBeGreaterThan(5_000_000);
  await put('b.ts', '');
  for (const limits of [
    { files: 1, bytes: 1e9 },
    { files: 100, bytes: 4_999_999 },
  ]) {
    const why = limits.files === 1 ? 'more than 1 files' : 'more than 4999999 bytes';
    await expect(hashTree(tree, limits)).rejects.toThrow(`The source has ${why}.`);
    await expect(copyTree(tree, join(scene.folder, `copy-${limits.files}`), limits)).rejects.toThrow(
      `The source has ${why}.`,
    );
  }
});

test('a file whose name is no UTF-8 is named in the refusal', async () => {
  await writeFile(Buffer.concat([Buffer.from(join(scene.source, 'caf')), Buffer.from([0xe9])]), 'x');
  await expect(hashTree(tree)).rejects.toThrow(/^"caf\ufffd" of the source cannot be read \(its name is no UTF-8\)/);
});

test('what is installed counts by what the package manager left', async () => {
  expect(await dependenciesOf(tree)).toBeNull();
  await put('node_modules/.package-lock.json', '{}');
  const before = await dependenciesOf(tree);
  await put('node_modules/.package-lock.json', '{"a":1}');
  expect(await dependenciesOf(tree)).not.toBe(before);
});

test('a link to a folder outside makes a tree one that is always built; a file outside is read', async () => {
  await writeFile(join(scene.folder, 'outside.md'), 'one');
  await symlink(join(scene.folder, 'outside.md'), join(scene.source, 'README.md'));
  const before = await hashTree(tree);
  expect(before.comparable).toBe(true);
  await writeFile(join(scene.folder, 'outside.md'), 'two');
  expect((await hashTree(tree)).hash).not.toBe(before.hash);
  await symlink(scene.folder, join(scene.source, 'outside'));
  expect((await hashTree(tree)).comparable).toBe(false);
});

describe('the copy of a tree of somebody else (P4)', () => {
  const copy = () => join(scene.folder, 'copy');

  test('has no .git, and of the dependencies only what types need', async () => {
    for (const path of [
      '.git/config',
      'node_modules/x/index.d.ts',
      'node_modules/x/package.json',
      'node_modules/x/index.js',
      'site/old.html',
    ])
      await put(path, path);
    await symlink('../index.ts', join(scene.source, 'node_modules', 'linked.ts'));
    await copyTree(tree, copy());
    expect(Object.keys(await published(copy())).sort()).toEqual([
      'index.ts',
      'node_modules/x/index.d.ts',
      'node_modules/x/package.json',
    ]);
    expect(await readlink(join(copy(), 'node_modules/linked.ts'))).toBe('../index.ts');
    await writeFile(join(copy(), 'index.ts'), 'changed');
    expect(await readFile(join(scene.source, 'index.ts'), 'utf8')).toBe('export const one = 1;');
  });

  test('is what is built, and is gone afterwards', async () => {
    const built: string[] = [];
    const { generate } = fakeTools();
    const { ask, ...publication } = scene.publication(
      fakeTools({
        generate: async (task, context) => {
          built.push(task.tree);
          expect([task.trusted, task.revision]).toEqual([false, null]);
          return generate(task, context);
        },
      }),
    );
    const order = { ...publication, ask: { ...ask, trusted: false } };
    expect(await publishDocs(order, quiet())).toMatchObject({ outcome: 'published' });
    const [tree = ''] = built;
    expect(tree.startsWith(scene.source)).toBe(false);
    await expect(readFile(join(tree, 'index.ts'), 'utf8')).rejects.toThrow('ENOENT');
  });

  test.each([
    ['to a file', 'secret.txt', '/etc/passwd'],
    ['to a folder', 'secrets', '/etc'],
    ['relative', 'up', '..'],
    ['in the dependencies', 'node_modules/secret.d.ts', '/etc/passwd'],
  ])('is refused with a link that leads out: %s', async (_, name, to) => {
    await mkdir(join(scene.source, 'node_modules'));
    await symlink(to, join(scene.source, name));
    await expect(copyTree(tree, copy())).rejects.toThrow(/is a link that leads out of the source/);
  });
});
