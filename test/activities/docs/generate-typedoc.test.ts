import { jest } from '@jest/globals';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { buildTree, makeFolder, makeTree, PACKAGE, type BuildOf, type Files } from './typedoc-trees.ts';

jest.setTimeout(240_000); // each build is a process of its own, and many are under way at once

const treeOf = async (files: Files = {}): Promise<string> => makeTree(await makeFolder(), { ...PACKAGE, ...files });
const build = async (files: Files = {}, how: BuildOf = {}) => buildTree(await treeOf(files), how);
const names = ({ files }: { readonly files: ReadonlyMap<string, string> }) => [...files.keys()];

test.concurrent.each([true, false])('makes pages and the model of a small package (trusted: %j)', async (trusted) => {
  const built = await build({}, { trusted });
  expect(built).toMatchObject({ failure: null, diagnostics: { errors: 0 } });
  expect(names(built)).toEqual(expect.arrayContaining(['site/index.html', 'site/functions/add.html', 'api.json']));
  expect(built.files.get('site/functions/add.html')).toContain('Adds.');
  expect(JSON.parse(built.files.get('api.json') ?? '')).toMatchObject({ name: 'small' });
  expect(names(built).filter((path) => path.startsWith('typedoc-'))).toEqual([]); // its own files are gone
});

test.concurrent('gives the same bytes for the same source, wherever it lies', async () => {
  const [one, other] = await Promise.all([build(), build()]);
  expect([...one.files].sort()).toEqual([...other.files].sort());
});

test.concurrent('takes harmless options of the tree, and those of the request before them', async () => {
  const files = {
    'typedoc.json': JSON.stringify({ name: 'Of the tree', excludeInternal: true, entryPoints: ['src/more.ts'] }),
    'src/more.ts': '/** More. */\nexport const more = 1;\n/** Hidden. @internal */\nexport const hidden = 1;\n',
  };
  const own = await build(files, { options: { entryPoints: [] } });
  expect(own.files.get('site/index.html')).toContain('Of the tree');
  expect(names(own)).toContain('site/variables/more.html');
  expect(names(own)).not.toContain('site/variables/hidden.html');
  const asked = await build(files, { options: { name: 'As asked' } });
  expect(asked.files.get('site/index.html')).toContain('As asked');
  expect(names(asked)).toContain('site/functions/add.html');
});

test.concurrent('expands a folder, with names of any language and long comments', async () => {
  const files = {
    'src/größe.ts': `/** ${'Very long. '.repeat(20_000)} */\nexport const größe = 1;\n`,
    'src/日本.ts': '/** ありがとう */\nexport const 日本 = 1;\n',
  };
  const built = await build(files, { options: { strategy: 'expand', entryPoints: ['src'] } });
  expect(built.failure).toBeNull();
  expect(built.said).toContain('ありがとう');
  expect(names(built).filter((path) => path.startsWith('site/modules/'))).toHaveLength(3);
});

test.concurrent('a type error ends the build, and is said with its place and without the line', async () => {
  const { failure, said, files } = await build({
    'src/index.ts': 'export const wrong: number = "a text of the tree";\n',
  });
  expect(failure).toMatch(/^TypeDoc cannot read the source: 1 errors\..*--type-errors report/);
  expect(said).toMatch(/src\/index\.ts:1:14 - error TS2322/);
  expect(said).not.toContain('a text of the tree');
  expect([...files.keys()]).toEqual([]);
});

test.concurrent('missing dependencies are counted where type errors are only reported', async () => {
  const files = {
    'src/index.ts':
      "import { Other } from 'not-installed';\n/** Adds. */\nexport function add(a: Other): Other {\n  return a;\n}\n",
  };
  expect((await build(files)).failure).toContain('install what is missing');
  const built = await build(files, { options: { typeErrors: 'report' } });
  expect(built).toMatchObject({ failure: null, diagnostics: { errors: 1 } });
  expect(built.diagnostics?.shown.join()).toMatch(/src\/index\.ts\(1,23\): error TS2307/);
});

test.concurrent('counts warnings, and keeps the first of them', async () => {
  const { diagnostics } = await build({ 'src/index.ts': '/** Adds. {@link nothing} */\nexport const one = 1;\n' });
  expect(diagnostics).toMatchObject({ errors: 0, warnings: 1 });
  expect(diagnostics?.shown).toEqual([expect.stringMatching(/^warning: .*nothing/) as string]);
});

test.concurrent('a tsconfig.json that is none ends the build, where TypeDoc would go on without it', async () => {
  const { failure, said } = await build({ 'tsconfig.json': '{ "extends": "./not-there.json" }' });
  expect(failure).toMatch(/^TypeDoc does not take the options of this source/);
  expect(said).toContain('not-there.json');
});

test.concurrent('links inside of the tree are followed', async () => {
  const root = await treeOf({ 'real/more.ts': '/** More. */\nexport const more = 1;\n' });
  await symlink('../real', join(root, 'src/linked'));
  const built = await buildTree(root, { options: { entryPoints: ['src/linked/more.ts'] } });
  expect(built.said).toContain('More.');
});

/** Types that take minutes and gigabytes to check. */
const ENDLESS = {
  'src/index.ts': `type Digits = ${Array.from({ length: 10 }, (_, at) => `'${at}'`).join(' | ')};
export type Endless = ${Array.from({ length: 40 }, (_, at) => `{ [K${at} in \`\${Digits}\${Digits}\${Digits}\${Digits}\${'${at}'}\`]: K${at} }`).join(' & ')};
export const keys = <K extends keyof Endless>(key: K): Endless[K] => key as never;
`,
};

test.concurrent('ends a build that takes too long, says so, and leaves no page', async () => {
  const { failure, files } = await build({}, { limits: { timeMs: 50 } });
  expect(failure).toMatch(/^TypeDoc was ended: it took longer than 0\.05 s/);
  expect(names({ files })).toEqual([]);
});

test.concurrent('ends a build that needs too much memory, and says so', async () => {
  const { failure } = await build(ENDLESS, { limits: { memoryMb: 60 } });
  expect(failure).toMatch(/^TypeDoc was ended: it needed more than 60 MB of memory/);
});

test.concurrent('ends a build that fills the disk, and says so', async () => {
  const { failure } = await build(ENDLESS, { limits: { bytes: 1 } });
  expect(failure).toMatch(/^TypeDoc was ended: \d+ bytes were written, and 1 are allowed/);
});

test.concurrent('throws why it was cancelled', async () => {
  const cancel = new AbortController();
  const building = build({}, { signal: cancel.signal });
  const why = new Error('cancelled');
  cancel.abort(why);
  await expect(building).rejects.toBe(why);
});
