/**
 * The sandbox of docs/operating.md as it stands there, around a real Sphinx: what conf.py of an untrusted source tries has no effect (P4).
 * Needs bwrap (Debian: bubblewrap), a system Python with venv, and the network; `npm run test:long` runs it.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { runProgram } from '../../src/cli/program.ts';

test('bwrap lets Sphinx build a hostile source, which reads no file of the worker, writes none, and reaches no network', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-sandbox-')));
  let calls = 0;
  const server = createServer((_, answer) => void answer.end(String((calls += 1)))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const page = await readFile(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const sandbox = /SWITCHYARD_DOCS_SANDBOX="([^"]+)"/.exec(page)?.[1] ?? '';
  await mkdir(join(folder, 'source/docs'), { recursive: true });
  await writeFile(join(folder, 'secret'), 'the-canary');
  await writeFile(join(folder, 'source/docs/index.rst'), 'Title\n=====\n\nIt says |said|.\n');
  await writeFile(join(folder, 'source/docs/conf.py'), hostile(folder, (server.address() as AddressInfo).port));

  const text = { out: '', err: '' };
  const streams = {
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
  };
  const home = { SWITCHYARD_HOME: join(folder, 'home'), TEMPORAL_CONFIG_FILE: '/nonexistent' };
  // A Python of the system, since nothing else is there inside.
  const env = { ...process.env, ...home, PATH: '/usr/bin:/bin', SWITCHYARD_DOCS_SANDBOX: sandbox };
  const args = ['docs', 'build', '--untrusted', '--source', 'source', '--sphinx-dir', 'docs', '--out', 'site'];
  const exit = await runProgram(args, { streams, env, cwd: folder });
  try {
    expect([exit, text.out]).toEqual([0, expect.stringMatching(/^published/)]);
    const built = await readFile(join(folder, 'site/versions/latest/index.html'), 'utf8');
    // What it writes beside its own folder goes into a /tmp of its own, and away with it.
    expect(built).toMatch(/It says read FileNotFoundError, wrote \w+, asked URLError\./);
    expect([existsSync(join(folder, 'written')), calls]).toEqual([false, 0]);
  } finally {
    server.close();
    await removeTree(folder);
  }
}, 600_000);

/** Says in the page what came of each try. */
const hostile = (folder: string, port: number): string => `
import urllib.request
def tried(what):
    try:
        return str(what())
    except Exception as error:
        return type(error).__name__
read = tried(lambda: open('${folder}/secret').read())
wrote = tried(lambda: open('${folder}/written', 'w').write('x'))
asked = tried(lambda: urllib.request.urlopen('http://127.0.0.1:${port}', timeout=5).read())
rst_prolog = f'.. |said| replace:: read {read}, wrote {wrote}, asked {asked}'
project = 'hostile'
`;
