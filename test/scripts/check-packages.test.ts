import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const script = join(root, 'scripts/check-packages.mjs');

interface Scene {
  readonly entry?: object;
  readonly manifest?: object;
  /** What `npm audit --json` prints. */
  readonly audit?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const GOOD = { version: '1.0.0', integrity: 'sha512-AAAA', license: 'MIT' };

function check({ entry = {}, manifest = {}, audit = '{"vulnerabilities":{}}', env: more = {} }: Scene): {
  exit: number | null;
  said: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-packages-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({ packages: { '': {}, 'node_modules/a': { ...GOOD, ...entry } } }),
    );
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\ncat <<'END'\n${audit}\nEND\n`, { mode: 0o755 });
    const path = `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
    const env = { ...process.env, GITHUB_ACTIONS: '', ...more, PATH: path };
    const { status, stdout } = spawnSync(process.execPath, [script], { cwd: folder, env, encoding: 'utf8' });
    return { exit: status, said: stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the packages of this repository are pinned by hash, run no script, and may be used', () => {
  expect(execFileSync(process.execPath, [script, '--offline'], { cwd: root, encoding: 'utf8' })).toMatch(
    /as they should be/,
  );
});

test.each<[string, Scene, RegExp]>([
  ['has no hash', { entry: { integrity: undefined } }, /node_modules\/a has no hash/],
  ['has a weak hash', { entry: { integrity: 'sha1-AAAA' } }, /not trusted any more/],
  ['has an install script', { entry: { hasInstallScript: true } }, /does not deny/],
  ['may run its script', { manifest: { allowScripts: { a: true } } }, /lets a run a script/],
  ['has another licence', { entry: { license: 'AGPL-3.0' } }, /the licence AGPL-3\.0/],
  ['has two licences that count together', { entry: { license: 'MIT AND GPL-3.0' } }, /the licence MIT AND GPL-3\.0/],
  ['has no licence', { entry: { license: undefined } }, /the licence of nobody/],
  [
    'has a known vulnerability',
    { audit: '{"vulnerabilities":{"a":{"name":"a","severity":"critical","range":"<2"}}}' },
    /a <2 has a critical vulnerability/,
  ],
])('a package that %s is a problem', (_, scene, said) => {
  expect(check(scene)).toEqual({ exit: 1, said: expect.stringMatching(said) as string });
});

test('a script that is denied, and a licence among which one may choose, are none', () => {
  const entry = { hasInstallScript: true, license: '(GPL-3.0 OR MIT)' };
  expect(check({ entry, manifest: { allowScripts: { a: false } } }).exit).toBe(0);
});

test.each([
  ['{"error":{"code":"ENOTFOUND","summary":"no such host"}}', 'ENOTFOUND no such host'],
  ['{"message":"405 Method Not Allowed","error":{"summary":"","detail":""}}', '405 Method Not Allowed'],
  ['', 'no answer'],
  ['<html>a proxy</html>', 'an answer that is not JSON'],
  ['{}', 'it said nothing of them'],
])('a registry that answers an audit with %j fails nothing, and is not taken for a clean one', (audit, why) => {
  const { exit, said } = check({ audit });
  expect(exit).toBe(0);
  expect(said).toContain(`Nobody looked for known vulnerabilities (${why}): nothing is known of them now.`);
});

test('GitHub shows above the job that nobody could look for vulnerabilities', () => {
  const { said } = check({ audit: '', env: { GITHUB_ACTIONS: 'true' } });
  expect(said).toMatch(/^::warning title=npm audit::Nobody looked/m);
});

test('CI looks at the packages, and a release lists them', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('npm run --silent packages');
  expect(scripts['sbom']).toMatch(/^npm sbom .*--omit=?\s?dev/);
});
