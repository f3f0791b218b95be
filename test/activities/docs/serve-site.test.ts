import { symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { rollBack } from '../../../src/activities/docs/release-store.ts';
import { serveSite } from '../../../src/activities/docs/serve-site.ts';
import { openScene, type Scene } from './sites.ts';

let scene: Scene;
let release = '';
beforeAll(async () => {
  scene = await openScene();
  await scene.says('one');
  release = (await scene.build()).manifest.release;
  await scene.says('two');
  await scene.build();
  await writeFile(join(scene.folder, 'secret.txt'), 'secret');
});
afterAll(() => scene.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Paths as they are written: `fetch` would tidy them up. */
async function ask(path: string, { consistent = false, headers = {}, method = 'GET' } = {}): Promise<Answer> {
  const server = await serveSite(scene.layout.out, { port: 0, consistent });
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      request({ port, path, headers, method, host: '127.0.0.1' }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      })
        .on('error', reject)
        .end();
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a version is the release that it points at, asked for again each time', async () => {
  const { status, headers, body } = await ask('/versions/latest/');
  expect([status, body.slice(0, 4)]).toEqual([200, 'two.']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as unknown,
  });
  expect((await ask('/versions/latest/search.js')).headers['content-type']).toMatch(/^text\/javascript/);
  expect((await ask('/versions/latest')).headers['location']).toBe('/versions/latest/');
  expect((await ask('/versions/latest/sub')).headers['location']).toBe('/versions/latest/sub/');
});

test('with --consistent a version leads to its release, that never changes (P1)', async () => {
  const { status, headers } = await ask('/versions/latest/a.html?x=1', { consistent: true });
  expect(status).toBe(302);
  expect(headers['location']).toMatch(/^\/releases\/[\dTZ]+-[0-9a-f]{8}\/a\.html\?x=1$/);
  expect(headers['cache-control']).toBe('no-cache');
  expect((await ask(`/releases/${release}/a.html`)).headers['cache-control']).toContain('immutable');
});

test('ranges are answered, and a rollback shows at once', async () => {
  const part = await ask('/versions/latest/a.html', { headers: { range: 'bytes=0-2' } });
  expect([part.status, part.body]).toEqual([206, 'two']);
  await rollBack(scene.layout, { version: 'latest', by: 'me', askedAt: new Date().toISOString(), to: null });
  expect((await ask('/versions/latest/')).body).toMatch(/^one/);
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/versions/latest/../../../secret.txt',
  '/versions/latest/%2e%2e/%2e%2e/%2e%2e/secret.txt',
  '/versions/%2e%2e/secret.txt',
  '/versions/..%2f..%2fsecret.txt/',
  '/versions/out/secret.txt',
  '/.state/latest/00000001.json',
  '/versions/latest/%00',
  '/versions/nothing/',
])('%s leads nowhere', async (path) => {
  await symlink(scene.folder, join(scene.layout.versions, 'out')).catch(() => undefined);
  const { status, body } = await ask(path);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(body).not.toMatch(/^secret|"seq"/);
});

test('nothing but reading is possible', async () => {
  expect((await ask('/versions/latest/', { method: 'POST' })).status).toBe(405);
});
