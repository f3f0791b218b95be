import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { readUpFile } from '../../src/cli/up-file.ts';
import { isAlive } from '../../src/embedded/process-identity.ts';
import { endChildren, startUp } from '../support/e2e-child.ts';

let sandbox: Sandbox;
let home: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  home = await mkdtemp(join(tmpdir(), 'switchyard-up-'));
});
afterEach(async () => {
  await endChildren();
  await sandbox.close();
  await rm(home, { recursive: true, force: true });
});

test('SIGTERM ends up together with its server, and leaves no address behind', async () => {
  const up = await startUp(sandbox, home);
  expect(await readUpFile(home)).toMatchObject({ schemaVersion: 1, namespace: 'default' });
  const server = serverOf(home);
  up.kill('SIGTERM');
  expect(await up.exit).toBe(0);
  expect(isAlive(server)).toBe(false);
  expect(existsSync(join(home, 'up.json'))).toBe(false);
  expect(existsSync(join(home, 'temporal.db'))).toBe(true);
});

test('up ends with a sentence when its server dies first, and starts again on the same file', async () => {
  const up = await startUp(sandbox, home);
  process.kill(serverOf(home), 'SIGKILL');
  expect(await up.exit).toBe(6);
  expect(up.err()).toMatch(/The Temporal server ended by itself/);
  expect(existsSync(join(home, 'up.json'))).toBe(false);
  const again = await startUp(sandbox, home);
  again.kill('SIGINT');
  expect(await again.exit).toBe(0);
});

/** The process that serves the file in this folder. */
function serverOf(folder: string): number {
  const list = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' });
  const line = list
    .split('\n')
    .find((each) => each.includes('start-dev') && each.includes(join(folder, 'temporal.db')));
  return Number(line?.trim().split(' ')[0]);
}
