import { mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree } from '../../src/activities/docs/durable.ts';
import { runProgram } from '../../src/cli/program.ts';
import { outputSchema } from '../support/output-schema.ts';
import { SMALL_TSCONFIG } from '../support/small-source.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'switchyard-docs-cli-')));
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'small', version: '1.0.0', type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), SMALL_TSCONFIG);
  await says('one');
});
afterEach(() => removeTree(folder));

const says = (name: string): Promise<void> =>
  writeFile(
    join(folder, 'src/index.ts'),
    `/** Says ${name}. */\nexport function ${name}(): string {\n  return '${name}';\n}\n`,
  );

/** The program in this process; no Temporal is needed, so none is named. */
async function run(...args: readonly string[]) {
  const text = { out: '', err: '' };
  const streams = {
    stdout: { write: (more: string) => (text.out += more) },
    stderr: { write: (more: string) => (text.err += more) },
  };
  const env = { SWITCHYARD_HOME: '/nonexistent', TEMPORAL_CONFIG_FILE: '/nonexistent', GITHUB_ACTOR: 'octo' };
  return { exit: await runProgram(['docs', ...args], { streams, env, cwd: folder }), ...text };
}

const build = (...more: readonly string[]) => run('build', '--out', 'site', '--entry', 'src/index.ts', ...more);
const page = (name: string) => readFile(join(folder, 'site/versions/latest/functions', `${name}.html`), 'utf8');

test('builds, says what stands, rolls back without a build, holds builds back while pinned, and publishes after unpin', async () => {
  const first = await build();
  expect([first.exit, first.err]).toEqual([
    0,
    expect.stringMatching(
      /^preparing .*\nreading .*\nlooking .*\ngenerating .*\nverifying .* pages.*\nstaging .*\njudging .*\nactivating /,
    ),
  ]);
  expect(first.out).toMatch(
    /^published +latest {2}release \S+\npages .*\nstands .*\/site\/versions\/latest\nlook +\.\/switchyard docs serve --out /,
  );
  expect(await page('one')).toContain('Says one.');

  expect(await build()).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged +latest/) as unknown });
  await says('two');
  expect((await build()).exit).toBe(0);

  const back = await run('rollback', '--out', 'site');
  expect([back.exit, back.out]).toEqual([
    0,
    expect.stringMatching(/^rolled back {5}latest {2}release[\s\S]*docs unpin --out/),
  ]);
  expect(await page('one')).toContain('Says one.');
  await says('three');
  expect(await build()).toMatchObject({
    exit: 7,
    out: expect.stringMatching(/^built, not published \(pinned since .* by octo\)/) as unknown,
  });
  expect((await run('list', '--out', 'site')).out).toMatch(/latest .* pinned since [\s\S]*RELEASE/);

  expect(await run('unpin', '--out', 'site')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^unpinned/) as unknown,
  });
  expect(await build()).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^published .*, built before/) as unknown,
  });
  expect(await page('three')).toContain('Says three.');
  const gone = await run('gc', '--out', 'site', '--keep', '0', '--grace', '0s');
  expect([gone.exit, gone.out]).toEqual([0, expect.stringMatching(/^removed +\S+, \S+\nkept +\S+ {2}it stands\n$/)]);
});

test('a build that fails says what stands, and leaves it (P2)', async () => {
  await build();
  const before = await readdir(join(folder, 'site/releases'));
  await writeFile(join(folder, 'src/index.ts'), "export const wrong: number = 'text';\n");
  const failed = await build();
  expect(failed.exit).toBe(1);
  expect(failed.out).toMatch(new RegExp(`^failed .*\\nstands +release ${before[0] ?? '-'}, as before\\nwhy `));
  expect(await page('one')).toContain('Says one.');
  expect(await readdir(join(folder, 'site/releases'))).toEqual(before);
});

test('a gate that fails keeps the build as a preview and the site as it was (P2); a lower one publishes it without a build', async () => {
  await build();
  await writeFile(
    join(folder, 'src/index.ts'),
    '/** Says two. */\nexport function two(): string {\n  return "two";\n}\nexport const three = 3;\n',
  );
  const refused = await build('--min-coverage', '80', '--coverage-may-not-fall', '--links', 'fail');
  expect([refused.exit, refused.out]).toEqual([
    3,
    expect.stringMatching(
      /^gates failed +latest[\s\S]*exports +2 added, 1 removed, 0 changed\n +removed function one\n[\s\S]*\ngate +0 broken links.*\nGATE FAILED +50 % .* at least 80 %[\s\S]*\nGATE FAILED +50 % .* 100 % in release[\s\S]*\nbuilt +\/.*\/releases\//,
    ),
  ]);
  expect(await page('one')).toContain('Says one.');
  expect(await readdir(join(folder, 'site/releases'))).toHaveLength(2);

  expect(await build('--min-coverage', '50')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^published .*, built before/) as unknown,
  });
  expect(await page('two')).toContain('Says two.');
});

test('--untrusted builds a copy, and --flat a plain folder', async () => {
  expect(await build('--untrusted', '--flat')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^published +flat site/) as unknown,
  });
  expect(await readdir(join(folder, 'site'))).toEqual(
    expect.arrayContaining(['index.html', 'api.json', 'manifest.json']),
  );
  expect(await build('--untrusted', '--flat')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^unchanged/) as unknown,
  });
});

test('--json is one document of the published shape', async () => {
  const { out } = await build('--json');
  expect(outputSchema.safeParse(JSON.parse(out)).success).toBe(true);
  expect(JSON.parse(out)).toMatchObject({
    docs: { outcome: 'published', version: 'latest', manifest: { trusted: true } },
  });
  const list = JSON.parse((await run('list', '--out', 'site', '--json')).out) as unknown;
  expect(list).toMatchObject({
    docs: { versions: [{ version: 'latest' }], releases: [{ facts: { version: 'latest' } }] },
  });
});

test.each([
  [['build'], 2, /neither a site nor --out is given; accepted: a site of switchyard.yaml, or --out FOLDER/],
  [['build', 'handbook', '--out', 'site'], 2, /"handbook" and --out are given/],
  [
    ['build', '--out', 'site', '--ref', 'main', '--wait', '1m'],
    2,
    /--ref goes with a site.*\n.*--wait goes with a site/,
  ],
  [['build', 'handbook', '--untrusted'], 2, /--untrusted is said of a site in switchyard.yaml/],
  [['publish', 'handbook'], 2, /there is no switchyard.yaml/],
  [['build', '--out', 'site', '--max-size', 'big'], 2, /--max-size: "big" is no size/],
  [['build', '--out', 'site', '--min-coverage', '101'], 2, /--min-coverage: "101" is no share/],
  [['build', '--out', 'site', '--version', 'V1'], 2, /--version: "V1" is no name of a version; accepted: lower-case/],
  [['build', '--out', '.'], 2, /--out is the source, or holds it/],
  [['build', '--out', 'site', '--strategy', 'x'], 2, /resolve, expand, packages/],
  [['build', '--out', 'site', '--source', 'nowhere'], 2, /--source: "nowhere" is no folder/],
  [['rollback', '--out', 'site'], 3, /latest: nothing was published under this version yet; \.\/switchyard docs list/],
  [['gc', '--out', 'src'], 3, /no site of this program; Name the folder/],
  [['gc', '--out', 'site', '--keep', 'few'], 2, /--keep: "few" is no number/],
  [['serve', '--out', 'site', '--port', '99999'], 2, /--port: "99999" is no port/],
])('%j is refused with exit %i', async (args, exit, why) => {
  const ran = await run(...args);
  expect([ran.exit, ran.err.replace(/^preparing.*\n/, '')]).toEqual([exit, expect.stringMatching(why)]);
});
