import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { revisionOf } from '../../../src/activities/docs/source-revision.ts';

let folder = '';
beforeEach(async () => void (folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-revision-')))));
afterEach(() => removeTree(folder));

const PATH = process.env['PATH'] ?? '';
const IDENTITY = ['-c', 'user.name=t', '-c', 'user.email=t@example.com'];
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...IDENTITY, ...args], { encoding: 'utf8', env: { PATH, HOME: folder } }).trim();
const revision = (apart: readonly string[] = []) =>
  revisionOf({ root: folder, apart }, { programs: { PATH }, userHome: join(folder, 'nobody') });

async function commit(): Promise<string> {
  git('init', '-q');
  await writeFile(join(folder, 'a.ts'), 'export const a = 1;\n');
  git('add', '.');
  git('commit', '-qm', 'a');
  return git('rev-parse', 'HEAD');
}

test('a tree is at its commit until a file of it changes; what is apart from it does not count', async () => {
  expect(await revision()).toBeNull(); // no repository
  const head = await commit();
  expect(await revision()).toBe(head);
  await writeFile(join(folder, 'site'), 'pages');
  expect(await revision(['site'])).toBe(head);
  expect(await revision()).toBeNull();
});

test('no program that the tree names for git is run', async () => {
  const head = await commit();
  const canary = join(folder, '.git', 'canary');
  git('config', 'core.fsmonitor', `touch ${canary}; false`);
  expect([await revision(), existsSync(canary)]).toEqual([head, false]);
});
