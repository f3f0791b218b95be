import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const made: string[] = [];

afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true }))));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A clone with the launcher, its scripts, a lock file of one package, and an npm that does what `npm ci` does to the record. */
async function clone({ npm = 'true' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard clone '));
  made.push(folder);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await mkdir(join(folder, 'scripts'));
  await cp(join(root, 'scripts/install.mjs'), join(folder, 'scripts/install.mjs'));
  await cp(join(root, 'switchyard'), join(folder, 'switchyard'));
  await lock(folder, '1.0.0');
  const npmPath = join(bin, 'npm');
  await writeFile(
    npmPath,
    `#!/bin/sh
echo "$@" >> npm-calls
rm -f node_modules/.package-lock.json
${npm} || exit
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
`,
  );
  await chmod(npmPath, 0o755);
  return { folder, env: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` } };
}

async function lock(folder: string, version: string): Promise<void> {
  const packages = {
    '': { name: 'it' },
    'node_modules/a': { version, integrity: `sha512-${version}` },
    'node_modules/b-win32-x64': { version: '2.0.0', optional: true, os: ['win32'] },
  };
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
}

function run(command: string, args: readonly string[], options: { cwd?: string; env: Record<string, string> }) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  return new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...texts }));
  });
}

function install({ folder, env }: { folder: string; env: Record<string, string> }, ...flags: readonly string[]) {
  return run(process.execPath, [...flags, join(folder, 'scripts/install.mjs')], { env });
}

async function callsOf(folder: string): Promise<number> {
  const calls = await readFile(join(folder, 'npm-calls'), 'utf8').catch(() => '');
  return calls.split('\n').filter(Boolean).length;
}

describe('installing the dependencies', () => {
  test('installs in a fresh clone, says so on stderr alone, and is silent afterwards', async () => {
    const fresh = await clone({ npm: 'echo "added 1 package"' });

    const first = await install(fresh);
    const second = await install(fresh);

    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toMatch(
      /^Installing the dependencies with npm ci \(about a minute.*added 1 package.*installed\.\n$/s,
    );
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await callsOf(fresh.folder)).toBe(1);
  });

  test('installs again when the lock file has changed, whatever the dates say', async () => {
    const { folder, env } = await clone();
    await install({ folder, env });
    await lock(folder, '1.0.1');
    const record = join(folder, 'node_modules/.package-lock.json');
    await writeFile(record, await readFile(record)); // newer than the lock file, as after a checkout

    await install({ folder, env });

    expect(await callsOf(folder)).toBe(2);
  });

  test('installs again after an installation that was interrupted or failed', async () => {
    const { folder, env } = await clone({ npm: '[ -e node_modules/a ] || { mkdir -p node_modules/a; exit 7; }' });

    const failed = await install({ folder, env });

    expect(failed.code).toBe(70);
    expect(failed.stderr).toContain('npm ci ended with 7; its own words are above.');
    expect((await install({ folder, env })).code).toBe(0);
  });

  test('installs what the tests need under settings that omit it', async () => {
    const { folder, env } = await clone();

    await install({ folder, env: { ...env, NODE_ENV: 'production', npm_config_loglevel: 'silent' } });

    expect(await readFile(join(folder, 'npm-calls'), 'utf8')).toContain('ci --include=dev --include=optional');
    expect(await readFile(join(folder, 'npm-calls'), 'utf8')).toContain('--loglevel=warn');
  });

  test('two at once install once', async () => {
    const { folder, env } = await clone({ npm: 'sleep 0.5' });

    const both = await Promise.all([install({ folder, env }), install({ folder, env })]);

    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await callsOf(folder)).toBe(1);
    expect(await readdir(join(folder, '.cache'))).toEqual([]);
  });

  test('does not wait for an installation whose process is gone', async () => {
    const { folder, env } = await clone();
    const gone = spawn(process.execPath, ['-e', '0']);
    await new Promise((resolve) => gone.once('close', resolve));
    await mkdir(join(folder, '.cache'));
    await writeFile(join(folder, '.cache', `install.${gone.pid ?? 0}`), '');

    expect((await install({ folder, env })).stderr).not.toContain('Waiting');
  });

  test('refuses an old Node in one sentence', async () => {
    const pretend = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.18.9'}})";

    const refused = await install(await clone(), '--import', pretend);

    expect(refused.code).toBe(70);
    expect(refused.stderr).toMatch(/^Switchyard needs Node 20\.19 or newer; this is Node 20\.18\.9 \(.*\)\.\n$/);
  });
});

describe('the launcher', () => {
  test('runs from any folder and through a symbolic link, in the folder of the caller, with its arguments as they are', async () => {
    const { folder, env } = await clone();
    await install({ folder, env });
    await symlink(join(root, 'node_modules/tsx'), join(folder, 'node_modules/tsx'));
    await mkdir(join(folder, 'src/cli'), { recursive: true });
    await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    await writeFile(
      join(folder, 'src/cli/main.ts'),
      'const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify({ args, cwd: process.cwd() }));\nprocess.exitCode = 42;\n',
    );
    const caller = join(folder, 'the caller');
    await mkdir(caller);
    await symlink(join(folder, 'switchyard'), join(caller, 'yard'));
    await writeFile(join(caller, 'tsconfig.json'), 'not for us');

    const ran = await run('./yard', ['deploy', 'a b', '*', '--json'], { cwd: caller, env });

    expect(ran).toMatchObject({ code: 42, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({ args: ['deploy', 'a b', '*', '--json'], cwd: caller });
  });
});
