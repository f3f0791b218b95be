/** The nginx configuration of docs/how-docs-are-published.md, as a real nginx serves a site with it. Needs nginx; `npm run test:long` runs it. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../src/embedded/ports.ts';
import { rollBack } from '../../src/activities/docs/release-store.ts';
import { openScene } from '../activities/docs/sites.ts';

test('nginx follows the pointer, serves the release before at once after a rollback, and nothing that begins with a dot', async () => {
  const scene = await openScene();
  for (const text of ['one', 'two']) {
    await scene.says(text);
    await scene.build();
  }
  const port = await anyFreePort();
  const page = await readFile(new URL('../../docs/how-docs-are-published.md', import.meta.url), 'utf8');
  const server = (/```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? '')
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replace('/srv/docs/handbook', scene.layout.out);
  const folder = join(scene.folder, 'nginx');
  await mkdir(folder);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const config = join(folder, 'nginx.conf');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  await writeFile(
    config,
    `${user} daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
     events {} http { access_log off; types { text/html html; } ${temporary.join(' ')} ${server} }`,
  );
  const nginx = spawn('nginx', ['-c', config, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve, reject) => {
    nginx.once('error', reject);
    nginx.once('exit', () => resolve());
  });
  ended.catch(() => undefined);
  try {
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    while (
      !(await get('/').then(
        () => true,
        () => false,
      ))
    )
      await Promise.race([sleep(50), ended]);
    const latest = await get('/versions/latest/');
    expect(await latest.text()).toContain('two');
    expect(latest.headers.get('cache-control')).toBe('no-cache');
    await rollBack(scene.layout, { version: 'latest', by: 'me', askedAt: new Date().toISOString(), to: null });
    expect(await (await get('/versions/latest/a.html')).text()).toContain('one');
    const manifest = (await (await get('/versions/latest/manifest.json')).json()) as { readonly release: string };
    const release = await get(`/releases/${manifest.release}/a.html`);
    expect(release.headers.get('cache-control')).toContain('immutable');
    expect((await get('/.state/latest/')).status).toBe(404);
    expect((await get('/')).status).toBe(200);
  } finally {
    nginx.kill();
    await ended.catch(() => undefined);
    await scene.close();
  }
}, 60_000);
