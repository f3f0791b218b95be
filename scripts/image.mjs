/**
 * Makes what the image holds, in a folder that is empty or absent: `node scripts/image.mjs FOLDER`. The Dockerfile calls it, and
 * `npm run test:production` runs what it makes.
 *
 * The program as JavaScript, its dependencies without those of development, of the native parts those of this machine alone, and the
 * workflow bundle, so that a worker starts without bundling. `node FOLDER/dist/cli/main.js worker` runs it.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What V8 and the Rust core are called by where they run: https://github.com/temporalio/sdk-typescript, core-bridge. */
const CORE_OF = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

export async function makeImage(folder) {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  compile(join(folder, 'dist'));
  install(folder);
  dropForeignCores(join(folder, 'node_modules/@temporalio/core-bridge/releases'));
  await bundle(folder);
}

function compile(dist) {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const args = ['-p', join(root, 'tsconfig.build.json'), '--outDir', dist, '--declaration', 'false'];
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
}

/** No script of a package runs: the native parts are in the packages as they are. */
function install(folder) {
  for (const name of ['package.json', 'package-lock.json', 'LICENSE']) cpSync(join(root, name), join(folder, name));
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
}

/** 29 of 138 MB stay. */
function dropForeignCores(releases) {
  const own = CORE_OF[`${process.platform}-${process.arch}`];
  const present = readdirSync(releases);
  if (own === undefined || !present.includes(own))
    throw new Error(
      `the Temporal SDK has no native part for ${process.platform}-${process.arch}, only ${present.join(', ')}`,
    );
  for (const name of present) if (name !== own) rmSync(join(releases, name), { recursive: true });
}

/** By the bundler that is installed there: worker and bundler must be the same version of the SDK. */
async function bundle(folder) {
  const sdk = createRequire(join(folder, 'package.json')).resolve('@temporalio/worker');
  const { bundleWorkflowCode, DefaultLogger } = (await import(pathToFileURL(sdk))).default;
  const workflowsPath = join(folder, 'dist/workflows');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  writeFileSync(join(folder, 'dist/workflow-bundle.js'), code);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node scripts/image.mjs FOLDER');
  await makeImage(resolve(folder));
}
