/** The example is run: its step builds a folder that GitHub Pages can serve as it is, and a pull request's tree runs no code. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

const steps = async (): Promise<readonly Step[]> => {
  const example = parse(await readFile(join(REPOSITORY, 'examples/github-pages.yml'), 'utf8')) as {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
  };
  return Object.values(example.jobs).flatMap((job) => job.steps);
};

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-pages-')));
  await mkdir(join(folder, 'source/src'), { recursive: true });
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/npm'), '#!/bin/sh\n'); // what it would install is there
  await chmod(join(folder, 'bin/npm'), 0o755);
  await symlink(REPOSITORY, join(folder, 'switchyard'));
  const manifest = { name: 'small', version: '1.0.0', type: 'module', exports: './src/index.ts' };
  await writeFile(join(folder, 'source/package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'source/tsconfig.json'), SMALL_TSCONFIG);
  await writeFile(join(folder, 'source/src/index.ts'), '/** Says it. */\nexport const it = 1;\n');
});
afterEach(() => removeTree(folder));

async function runBuild(event: 'push' | 'pull_request'): Promise<string> {
  const build = (await steps()).find(({ name }) => name === 'Build')?.run ?? '';
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    GITHUB_EVENT_NAME: event,
    GITHUB_ACTIONS: '',
  };
  const { stdout } = await promisify(execFile)('bash', ['-e', '-c', build], { cwd: folder, env });
  return stdout;
}

test('every action is pinned to a commit', async () => {
  const used = (await steps()).flatMap(({ uses }) => uses ?? []);
  expect(used.length).toBeGreaterThan(3);
  expect(used.filter((one) => !/@[0-9a-f]{40}$/.test(one))).toEqual([]);
});

test('a push builds a plain folder: no links, nothing beside pages', async () => {
  expect(await runBuild('push')).toMatch(/^published +flat site/m);
  const entries = await readdir(join(folder, 'public'), { recursive: true });
  expect(entries).toContain('index.html');
  const kinds = await Promise.all(entries.map((path) => lstat(join(folder, 'public', path))));
  expect(kinds.every((entry) => entry.isFile() || entry.isDirectory())).toBe(true);
}, 60_000);

test('a pull request runs no plugin of its tree (P4)', async () => {
  const canary = join(folder, 'canary');
  await writeFile(join(folder, 'source/plugin.cjs'), `require('fs').writeFileSync(${JSON.stringify(canary)}, '');`);
  await writeFile(join(folder, 'source/typedoc.json'), JSON.stringify({ plugin: ['./plugin.cjs'] }));
  expect(await runBuild('pull_request')).toMatch(/^published +flat site/m);
  expect(existsSync(canary)).toBe(false);
  await runBuild('push').catch(() => undefined); // a branch of one's own is trusted, so there it does
  expect(existsSync(canary)).toBe(true);
}, 60_000);
