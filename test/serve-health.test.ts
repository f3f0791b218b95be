import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../src/config.ts';
import { serveHealth } from '../src/serve-health.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-health-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ready = () => Promise.resolve(true);
const refused = async (path: string): Promise<ConfigError> => {
  const cause: unknown = await serveHealth({ path }, ready).then(
    (health) => health.close(),
    (thrown: unknown) => thrown,
  );
  if (cause instanceof ConfigError) return cause;
  throw new Error(`it listens at ${path}: ${String(cause)}`);
};

test('a file that SWITCHYARD_HEALTH names by mistake is not deleted', async () => {
  const path = join(folder, 'switchyard.yaml');
  await writeFile(path, 'version: 1\n');
  expect((await refused(path)).problems).toEqual([
    `SWITCHYARD_HEALTH: cannot listen at ${path}: something else is there, which is no socket; each process needs one of its own`,
  ]);
  expect(await readFile(path, 'utf8')).toBe('version: 1\n');
});

test('a second worker with the same environment does not take the socket from the first', async () => {
  const path = join(folder, 'health.sock');
  const first = await serveHealth({ path }, ready);
  expect((await refused(path)).message).toContain('another process answers there');
  await first.close();
  await (await serveHealth({ path }, ready)).close();
});
