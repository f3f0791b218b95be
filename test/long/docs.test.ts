/**
 * Real packages out of the real registries, pinned: two with TypeDoc, untrusted, and two with Sphinx; and a tree of 2,000 files. Needs the network;
 * `npm run test:long` runs it.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { runProgram } from '../../src/cli/program.ts';

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-real-')));
});
afterAll(() => removeTree(folder));

async function build(...args: readonly string[]) {
  const text = { out: '', err: '' };
  const streams = {
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
  };
  const env = { ...process.env, SWITCHYARD_HOME: join(folder, 'home'), TEMPORAL_CONFIG_FILE: '/nonexistent' };
  return { exit: await runProgram(['docs', 'build', ...args], { streams, env, cwd: folder }), ...text };
}

function unpack(archive: string): string {
  execFileSync('tar', ['-xzf', archive, '-C', folder], { cwd: folder });
  return folder;
}

test.each([
  ['zod', '4.6.7', 'src/index.ts', 1_000],
  ['yaml', '2.9.1', 'dist/index.d.ts', 100],
])(
  'TypeDoc builds %s %s without running any of it, and a second build is a look',
  async (name, version, entry, pages) => {
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', `${name}@${version}`], { cwd: folder });
    const source = join(unpack(`${name}-${version}.tgz`), 'package');
    const args = [
      '--untrusted',
      '--type-errors',
      'report',
      '--source',
      source,
      '--entry',
      entry,
      '--out',
      name,
    ] as const;
    const first = await build(...args);
    expect([first.exit, first.out]).toEqual([0, expect.stringMatching(/^published/)]);
    const release = (await readdir(join(folder, name, 'releases')))[0] ?? '';
    const manifest = JSON.parse(await readFile(join(folder, name, 'releases', release, 'manifest.json'), 'utf8')) as {
      site: { pages: number };
      trusted: boolean;
    };
    expect(manifest.trusted).toBe(false);
    expect(manifest.site.pages).toBeGreaterThan(pages);
    expect(await build(...args)).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged/) as string });
    await removeTree(source);
  },
  600_000,
);

test.each([
  ['alabaster', '1.0.0', 5],
  ['babel', '2.18.0', 25],
])(
  'Sphinx builds %s %s in an environment of its own, and a second build is a look',
  async (name, version, pages) => {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', `${name}==${version}`];
    execFileSync('python3', pip, { cwd: folder });
    const source = join(unpack(`${name}-${version}.tar.gz`), `${name}-${version}`);
    const first = await build('--source', source, '--sphinx-dir', 'docs', '--out', name);
    expect([first.exit, first.out]).toEqual([0, expect.stringMatching(/^published/)]);
    expect(Number(/(\d+) pages/.exec(first.out)?.[1])).toBeGreaterThan(pages);
    const again = await build('--source', source, '--sphinx-dir', 'docs', '--out', name);
    expect(again).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged/) as string });
  },
  600_000,
);

test('TypeDoc builds a tree of 2,000 files with a page each, and a second build is a look', async () => {
  const source = join(folder, 'many');
  await mkdir(join(source, 'src'), { recursive: true });
  await writeFile(join(source, 'package.json'), JSON.stringify({ name: 'many', version: '1.0.0', type: 'module' }));
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, noEmit: true, types: [] };
  await writeFile(join(source, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  for (let at = 0; at < 2_000; at++)
    await writeFile(join(source, 'src', `m${at}.ts`), `/** The ${at}th. */\nexport const value${at} = ${at};\n`);
  const args = ['--untrusted', '--source', source, '--strategy', 'expand', '--entry', 'src', '--out', 'pages'] as const;
  const first = await build(...args);
  expect([first.exit, first.out]).toEqual([0, expect.stringMatching(/^published/)]);
  expect(Number(/(\d+) pages/.exec(first.out)?.[1])).toBeGreaterThan(4_000);
  expect(await build(...args)).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged/) as string });
}, 600_000);
