/** Sphinx as a process: fenced, limited, and cleaned of what is not the tree's. A program stands in for it; test/long builds with the real one. */
import { chmod, mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../../src/activities/docs/durable.ts';
import { generateSphinx } from '../../../src/activities/docs/generate-sphinx.ts';
import { SPHINX_REQUIREMENTS } from '../../../src/activities/docs/sphinx-requirements.ts';
import { DEFAULT_BUILD_LIMITS } from '../../../src/contracts/docs.ts';
import { sha256 } from '../../../src/core/sha256.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-sphinx-')));
  for (const path of ['tree/docs', 'out', 'tools']) await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'tree/docs/conf.py'), '');
});
afterEach(() => removeTree(folder));

/** A virtual environment as the worker keeps it, whose Python runs a script of ours; `$W` is the file for warnings, `$OUT` that for pages. */
async function python(script: string, extra = ''): Promise<void> {
  const bin = join(folder, 'tools', `sphinx-${sha256(`${SPHINX_REQUIREMENTS}\n${extra}`).slice(0, 16)}`, 'bin');
  await mkdir(bin, { recursive: true });
  const named = 'while [ $# -gt 2 ]; do [ "$1" = -w ] && W=$2; shift; done; SRC=$1 OUT=$2';
  await writeFile(join(bin, 'python'), `#!/bin/sh\n${named}\n${script}\n`);
  await chmod(join(bin, 'python'), 0o755);
}

interface Build {
  readonly trusted?: boolean;
  readonly dir?: string;
  readonly sandbox?: readonly string[];
  readonly timeMs?: number;
  readonly signal?: AbortSignal;
}

const build = ({
  trusted = true,
  dir = 'docs',
  sandbox = [],
  timeMs = 60_000,
  signal = new AbortController().signal,
}: Build = {}) =>
  generateSphinx(
    {
      tree: join(folder, 'tree'),
      out: join(folder, 'out'),
      json: join(folder, 'api.json'),
      trusted,
      revision: null,
      limits: { ...DEFAULT_BUILD_LIMITS, timeMs },
      options: { dir },
    },
    {
      place: {
        tools: join(folder, 'tools'),
        programs: { PATH: process.env['PATH'] ?? '', PIP_TOKEN: 'secret' },
        sandbox,
      },
      signal,
    },
  );

test('makes pages, counts warnings without what they quote, and knows them again when lines move', async () => {
  await python(
    'echo page > "$OUT/index.html"; printf "%s/index.rst:12: WARNING: Title too short.\\n\\nQuoted\\n====\\n%s/a.rst:3: ERROR: Unknown.\\n" "$SRC" "$SRC" > "$W"',
  );
  const { diagnostics, generator } = await build();
  expect(diagnostics).toMatchObject({
    warnings: 2,
    shown: ['docs/index.rst:12: WARNING: Title too short.', 'docs/a.rst:3: ERROR: Unknown.'],
  });
  expect(generator).toMatchObject({ name: 'sphinx', python: expect.stringMatching(/^3\./) as unknown });
  await python('printf "%s/index.rst:99: WARNING: Title too short.\\n" "$SRC" > "$W"');
  expect((await build()).diagnostics.warningKeys[0]).toBe(diagnostics.warningKeys[0]);
});

test('an untrusted source is refused, because conf.py is code (P4)', async () => {
  await python(`touch ${join(folder, 'canary')}`);
  await expect(build({ trusted: false })).rejects.toThrow(
    /conf.py of the source, which is code, and this source is not trusted\. Name it in SWITCHYARD_DOCS_TRUSTED.*SWITCHYARD_DOCS_SANDBOX/,
  );
  await expect(readFile(join(folder, 'canary'))).rejects.toThrow('ENOENT');
});

test('an untrusted source is built behind the sandbox that the operator has configured', async () => {
  await python('echo "$BEHIND" > "$OUT/index.html"');
  const sandbox = join(folder, 'sandbox');
  await writeFile(sandbox, '#!/bin/sh\nBEHIND=fence exec "$@"\n');
  await chmod(sandbox, 0o755);
  await build({ trusted: false, sandbox: [sandbox] });
  expect(await readFile(join(folder, 'out/index.html'), 'utf8')).toBe('fence\n');
});

test('nothing of the environment of the worker reaches it (A1)', async () => {
  process.env['SWITCHYARD_SECRET_CANARY'] = 'secret';
  try {
    await python('env > "$OUT/index.html"');
    await build();
  } finally {
    delete process.env['SWITCHYARD_SECRET_CANARY'];
  }
  expect(await readFile(join(folder, 'out/index.html'), 'utf8')).not.toContain('secret');
});

test.each<[string, string, Build, RegExp]>([
  ['fails', 'echo "Configuration error" >&2; exit 2', {}, /^Sphinx ended with 2\./],
  ['never ends', 'sleep 1000', { timeMs: 300 }, /it took longer than 0.3 s/],
  ['needs too much memory', 'echo MemoryError >&2; exit 1', {}, /more than 4096 MB of memory/],
])('a build that %s says so', async (_name, script, how, why) => {
  await python(script);
  await expect(build(how)).rejects.toThrow(why);
});

test('a build that is cancelled is ended at once', async () => {
  await python(`touch ${join(folder, 'began')}; sleep 1000`);
  const cancelled = new AbortController();
  const building = build({ signal: cancelled.signal });
  while ((await readFile(join(folder, 'began')).catch(() => null)) === null)
    await new Promise((resolve) => setTimeout(resolve, 10));
  cancelled.abort(new Error('cancelled'));
  await expect(building).rejects.toThrow('cancelled');
});

test('a source without conf.py is refused with the folder that was looked at', async () => {
  await removeTree(join(folder, 'tree/docs'));
  await expect(build()).rejects.toThrow('The source has no docs/conf.py. Name the folder that has it');
});

test('a folder outside of the source is refused, by its name or by a link (P4)', async () => {
  await mkdir(join(folder, 'hostile'));
  await writeFile(join(folder, 'hostile/conf.py'), '');
  await symlink('../hostile', join(folder, 'tree/link'));
  for (const dir of ['../hostile', 'link']) await expect(build({ dir })).rejects.toThrow(/is outside of the source/);
});
