import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';
import { whatSyncsMiss } from '../../src/sign-in/what-syncs-miss.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-misses-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const CLIENT = { SWITCHYARD_MICROSOFT_CLIENT_ID: '11111111-2222-3333-4444-555555555555' };
const SECRET = { SWITCHYARD_SECRET_TODOIST_TOKEN: 'a-token' };

const miss = (env: Readonly<Record<string, string>>): Promise<string | null> =>
  whatSyncsMiss(loadConfig({ SWITCHYARD_TOKEN_DIR: folder, ...env }));

test('a worker for deployments alone says in one line all that syncs will miss', async () => {
  expect(await miss({})).toBe(
    'syncs will miss: no secret is set, so no pair has a Todoist token; ' +
      'SWITCHYARD_MICROSOFT_CLIENT_ID is not set, so only pairs with a ready token reach Microsoft To Do',
  );
});

test('a worker where nobody is signed in names the folder and the command', async () => {
  expect(await miss({ ...SECRET, ...CLIENT })).toBe(
    `syncs will miss: nobody is signed in (no sign-in in ${folder}: ./switchyard login PAIR)`,
  );
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['its own secret', { SWITCHYARD_MICROSOFT_CLIENT_SECRET: 'a-secret' }],
  ['a federated token', { AZURE_FEDERATED_TOKEN_FILE: '/var/run/token' }],
])('a worker with %s misses nothing', async (_what, env) => {
  expect(await miss({ ...SECRET, ...CLIENT, ...env })).toBeNull();
});

test('a worker with a kept sign-in misses nothing, and no line tells a secret (A1)', async () => {
  await writeFile(join(folder, 'tasks.json'), '{}');
  expect(await miss({ ...SECRET, ...CLIENT })).toBeNull();
  expect(await miss(SECRET)).not.toContain('a-token');
});
