/** Trees of somebody who means harm, built untrusted (P4): each test proves that the effect is not there. */
import { jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { buildTree, makeFolder, makeTree, PACKAGE, SECRET, type Built, type Files } from './typedoc-trees.ts';

jest.setTimeout(240_000); // each build is a process of its own, and many are under way at once

interface Hostile {
  readonly root: string;
  readonly canary: string;
  readonly build: () => Promise<Built>;
}

/** A tree in a folder that has a secret beside it; `canary` is the file that code of the tree would write. */
async function hostile(
  files: (canary: string) => Files,
  options: Parameters<typeof buildTree>[1] = {},
): Promise<Hostile> {
  const folder = await makeFolder();
  await makeTree(folder, { 'secret.txt': SECRET, 'secret.ts': `export const secret = '${SECRET}';\n` });
  const canary = join(folder, 'canary');
  const root = await makeTree(join(folder, 'tree'), { ...PACKAGE, ...files(canary) });
  return { root, canary, build: () => buildTree(root, options) };
}

afterAll(() => {
  delete process.env['SWITCHYARD_SECRET_CANARY'];
});

const writes = (canary: string): string => `require('node:fs').writeFileSync(${JSON.stringify(canary)}, 'ran');`;
const writesEsm = (canary: string): string =>
  `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(canary)}, 'ran');\nexport default {};\n`;

const withOptions = (options: object): Files => ({
  'package.json': JSON.stringify({ name: 'small', version: '1.0.0', type: 'module', typedocOptions: options }),
  'typedoc.json': JSON.stringify(options),
  'tsconfig.json': JSON.stringify({
    ...(JSON.parse(PACKAGE['tsconfig.json'] ?? '') as object),
    typedocOptions: options,
  }),
});

/** Every name that TypeDoc looks for (facts A2). */
const CONFIG_NAMES = ['typedoc.config', 'typedoc', '.config/typedoc.config', '.config/typedoc'].flatMap((name) =>
  ['js', 'cjs', 'mjs'].map((ending) => `${name}.${ending}`),
);

test.concurrent('no plugin runs that package.json, typedoc.json or tsconfig.json name', async () => {
  const { canary, build } = await hostile((path) => ({
    ...withOptions({ plugin: ['./evil.cjs'] }),
    'evil.cjs': writes(path),
  }));
  expect(await build()).toMatchObject({ failure: null });
  expect(existsSync(canary)).toBe(false);
});

test.concurrent('no script runs that a configuration extends, or that has the name of one', async () => {
  const { canary, build } = await hostile((path) => ({
    ...withOptions({ extends: ['./evil.cjs'], options: './evil.cjs' }),
    ...Object.fromEntries(
      CONFIG_NAMES.map((name) => [
        name,
        name.endsWith('.mjs') || name.endsWith('.js') ? writesEsm(path) : writes(path),
      ]),
    ),
    'evil.cjs': writes(path),
  }));
  expect(await build()).toMatchObject({ failure: null });
  expect(existsSync(canary)).toBe(false);
});

test.concurrent('no configuration of a package runs in packages mode', async () => {
  const packaged = Object.fromEntries(Object.entries(PACKAGE).map(([path, text]) => [`packages/a/${path}`, text]));
  const { canary, build } = await hostile(
    (path) => ({
      ...packaged,
      'packages/a/package.json': JSON.stringify({
        name: 'a',
        version: '1.0.0',
        type: 'module',
        typedocOptions: { entryPoints: ['src/index.ts'] },
      }),
      'packages/a/typedoc.config.mjs': writesEsm(path),
    }),
    { options: { strategy: 'packages', entryPoints: ['packages/a'] } },
  );
  const built = await build();
  expect(built.failure).toBeNull();
  expect(built.said).toContain('Adds.');
  expect(existsSync(canary)).toBe(false);
});

test.concurrent('no tsconfig.json climbs out of the tree, and the sentence says why it is not taken', async () => {
  const { build } = await hostile(() => ({
    'tsconfig.json': JSON.stringify({ extends: '../secret-base.json', include: ['src', '..'] }),
  }));
  expect((await build()).failure).toMatch(/^TypeDoc does not take the options of this source/);
});

test.concurrent.each([
  ['{@include ../../secret.txt}'],
  ['{@includeCode ../../secret.txt}'],
  ['{@include /etc/passwd}'],
  ['{@include ../../source.json}'],
  ['[x](../../source.json)'],
  ['![x](../../secret.txt)'],
  ['[x](../../secret.txt)'],
])('nothing outside of the tree is read for %s', async (text) => {
  const { build } = await hostile(() => ({ 'src/index.ts': `/** Adds. ${text} */\nexport const one = 1;\n` }));
  const { said } = await build();
  expect(said).not.toContain(SECRET);
  expect(said).not.toContain('root:');
});

test.concurrent(
  'nothing outside of the tree is read by an import or a reference, nor quoted in what is said of it',
  async () => {
    const { build } = await hostile(() => ({
      'src/index.ts':
        '/// <reference path="../../secret.txt" />\nimport { secret } from "../../secret.ts";\nexport const one = secret;\n',
    }));
    const { said, failure } = await build();
    expect(failure).not.toBeNull();
    expect(said).not.toContain(SECRET);
  },
);

test.concurrent('no file is put into the site, read or written that a configuration names outside of it', async () => {
  const { canary, root, build } = await hostile((path) =>
    withOptions({
      ...{ customCss: '../secret.txt', customJs: '../secret.txt', favicon: '../secret.txt', readme: '../secret.txt' },
      ...{ projectDocuments: ['../secret.txt'], html: path, json: path, out: path, outputs: [{ name: 'html', path }] },
      entryPoints: ['../secret.ts'],
    }),
  );
  expect((await build()).said).not.toContain(SECRET);
  expect(existsSync(canary)).toBe(false);
  expect(existsSync(join(root, 'src/index.ts'))).toBe(true);
});

test.concurrent('an entry point outside of the tree is refused', async () => {
  const { root } = await hostile(() => ({}));
  const { failure, said } = await buildTree(root, { options: { entryPoints: ['../secret.ts'] } });
  expect(failure).toMatch(/^TypeDoc does not take the options/);
  expect(said).not.toContain(SECRET);
});

test.concurrent('a link that leads out of the tree is refused', async () => {
  const { root } = await hostile(() => ({}));
  await symlink('../../secret.txt', join(root, 'src/secret.txt'));
  await expect(buildTree(root)).rejects.toThrow('src/secret.txt is a link that leads out of the source.');
});

test.concurrent('no program runs that the configuration of git names', async () => {
  const { canary, root, build } = await hostile((path) => ({ 'evil.sh': `#!/bin/sh\ntouch ${path}\n` }));
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });
  git('init');
  git('config', 'core.fsmonitor', `sh ${join(root, 'evil.sh')}`);
  expect(await build()).toMatchObject({ failure: null });
  expect(existsSync(canary)).toBe(false);
});

test.concurrent('no HTML out of a comment or a README is live', async () => {
  const evil = '<script>alert("live")</script> <img src=x onerror="live()">';
  const { build } = await hostile(() => ({
    'README.md': `# Small\n\n${evil}\n`,
    'src/index.ts': `/** Adds. ${evil} */\nexport const one = 1;\n`,
  }));
  const { files, failure } = await build();
  expect(failure).toBeNull();
  const pages = [...files].filter(([path]) => path.endsWith('.html')).map(([, text]) => text);
  expect(pages.filter((text) => text.includes('<script>alert(') || text.includes('<img src=x onerror'))).toEqual([]);
  expect(pages.some((text) => text.includes('&lt;script&gt;alert('))).toBe(true);
});

test.concurrent('no file that a comment links to is published in which a browser would run something', async () => {
  const live = '<svg xmlns="http://www.w3.org/2000/svg"><script>live()</script></svg>';
  const { build } = await hostile(() => ({
    ...{ 'evil.html': live, 'evil.svg': live, 'evil.js': live, 'notes.txt': 'only read' },
    'src/index.ts':
      '/** [a](../evil.html) ![b](../evil.svg) [c](../evil.js) [d](../notes.txt) */\nexport const one = 1;\n',
  }));
  const { files, failure, diagnostics } = await build();
  const media = [...files.keys()].filter((path) => path.includes('media/'));
  expect([failure, media, diagnostics?.warnings]).toEqual([null, ['site/media/notes.txt'], 3]);
});

test.concurrent('nothing of the environment of the worker is in what is made (A1)', async () => {
  process.env['SWITCHYARD_SECRET_CANARY'] = SECRET;
  const { build } = await hostile(() => ({}));
  const { said, failure } = await build();
  expect([failure, said.includes(SECRET)]).toEqual([null, false]);
});
