/**
 * Looks at what is installed from elsewhere: `npm run packages`, in the folder of a package-lock.json.
 *
 * The lock file pins every package by its hash, no install script may run, every licence is one that this project can live with, and no
 * vulnerability of a package that is shipped is known. The last needs the registry: where that cannot be asked it says so and fails nothing,
 * because a build must not depend on the weather.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Their licences ask for nothing but that they are named: https://spdx.org/licenses/ */
const LICENCES = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);

/** Packages with install scripts: some mirrors leave these out, and then change the hash. All are pinned by version, and no script runs. */
const UNHASHED = /(^|\/)node_modules\/(protobufjs|@parcel\/watcher|@swc\/core|esbuild|unrs-resolver)$/;

/** Looked up by hand, since their package.json says nothing: the one is an alias of @doist/todoist-sdk, the other has a file LICENSE. */
const LOOKED_UP = { '@doist/todoist-api-typescript': 'MIT', unionfs: 'Unlicense' };

const AUDIT_WITHIN_MS = 60_000;

/** One sentence a problem. */
export function problemsOf(lock, manifest, licenceOf) {
  const entries = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.link);
  return [
    ...entries
      .filter(([path, { integrity, optional }]) => !integrity && !optional && !UNHASHED.test(path))
      .map(([path]) => `${path} has no hash in package-lock.json`),
    ...entries
      .filter(([, { integrity }]) => integrity && !/^sha(512|384|256)-/.test(integrity))
      .map(([path]) => `${path} has a hash of a kind that is not trusted any more`),
    ...entries
      .filter(([path, { hasInstallScript }]) => hasInstallScript && manifest.allowScripts?.[nameOf(path)] !== false)
      .map(([path]) => `${path} has an install script that allowScripts of package.json does not deny`),
    ...Object.entries(manifest.allowScripts ?? {})
      .filter(([, allowed]) => allowed !== false)
      .map(([name]) => `allowScripts of package.json lets ${name} run a script`),
    ...entries
      .filter(([path, entry]) => !isAccepted(entry.license ?? licenceOf(path)))
      .map(([path, entry]) => `${path} has the licence ${entry.license ?? licenceOf(path) ?? 'of nobody'}`),
  ];
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** `(MIT OR CC0-1.0)`: one is enough; `Apache-2.0 AND MIT`: all have to be. */
function isAccepted(licence) {
  const words = String(licence ?? '').replace(/^\((.*)\)$/, '$1');
  return words.split(' OR ').some((choice) => choice.split(' AND ').every((one) => LICENCES.has(one)));
}

/** What `npm audit --json` said: the problems, or why nobody could look. "Could not look" is not "none". */
export function auditProblems(output) {
  try {
    const { vulnerabilities, error, message } = JSON.parse(output);
    if (error !== undefined || vulnerabilities === undefined)
      return { unseen: [error?.code, error?.summary, message].filter(Boolean).join(' ') || 'it said nothing of them' };
    const problems = Object.values(vulnerabilities)
      .filter(({ severity }) => severity === 'high' || severity === 'critical')
      .map(({ name, severity, range }) => `${name} ${range} has a ${severity} vulnerability: npm audit says which`);
    return { problems };
  } catch {
    return { unseen: output.trim() === '' ? 'no answer' : 'an answer that is not JSON' };
  }
}

function audit() {
  const args = ['audit', '--json', '--omit=dev', '--fetch-retries=0', `--fetch-timeout=${AUDIT_WITHIN_MS / 2}`];
  const { stdout } = spawnSync('npm', args, { encoding: 'utf8', timeout: AUDIT_WITHIN_MS, maxBuffer: 64_000_000 });
  return auditProblems(stdout ?? '');
}

function licenceIn(path) {
  const file = join(path, 'package.json');
  const { license, licenses } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return license?.type ?? license ?? licenses?.[0]?.type ?? LOOKED_UP[nameOf(path)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => JSON.parse(readFileSync(name, 'utf8'));
  const lock = read('package-lock.json');
  const known = problemsOf(lock, read('package.json'), licenceIn);
  const { problems: vulnerable = [], unseen } = process.argv.includes('--offline')
    ? { unseen: 'told not to ask' }
    : audit();
  for (const line of [...known, ...vulnerable]) console.log(line);
  if (unseen !== undefined) {
    const warning = process.env.GITHUB_ACTIONS === 'true' ? '::warning title=npm audit::' : ''; // stands above the job there
    console.log(`${warning}Nobody looked for known vulnerabilities (${unseen}): nothing is known of them now.`);
  }
  const problems = known.length + vulnerable.length;
  if (problems === 0)
    console.log(
      `${Object.keys(lock.packages).length - 1} packages: hashes, scripts and licences are as they should be.`,
    );
  process.exitCode = problems === 0 ? 0 : 1;
}
