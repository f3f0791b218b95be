import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../scripts/jest.mjs', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-jest-'));
  const config = { rootDir: folder, testMatch: ['**/*.test.mjs'], transform: {}, testEnvironment: 'node' };
  await writeFile(join(folder, 'jest.config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'passes.test.mjs'), "import 'node:fs'; test('passes', () => {});");
  await writeFile(join(folder, 'fails.test.mjs'), "test('fails', () => { throw new Error('no'); });");
  await writeFile(
    join(folder, 'hangs.test.mjs'),
    "import { writeSync } from 'node:fs'; test('hangs', async () => { writeSync(2, 'hanging'); await new Promise((r) => setTimeout(r, 60_000)); }, 90_000);",
  );
});
afterAll(() => rm(folder, { recursive: true }));

function jest(...args: readonly string[]) {
  const child = spawn(process.execPath, [script, '--config', join(folder, 'jest.config.json'), '-i', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  return { child, ended };
}

test('runs tests that are ES modules and ends as jest does', async () => {
  expect(await jest('passes').ended).toBe(0);
  expect(await jest('fails').ended).toBe(1);
});

test('hands a signal on to jest, so that nothing keeps running', async () => {
  const { child, ended } = jest('hangs');
  await new Promise<void>((resolve) =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => text.includes('hanging') && resolve()),
  );

  child.kill('SIGTERM');

  expect(await ended).not.toBe(0);
});
