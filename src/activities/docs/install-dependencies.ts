import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DocsConfig } from '../../config.ts';
import { wishFromElsewhere } from '../../core/docs/read-manifest-wishes.ts';
import { readLock } from '../../core/docs/read-lock.ts';
import { failure } from '../../policies/failures.ts';
import { removeTree } from './durable.ts';
import { isThere } from './is-there.ts';
import { lastLines } from './last-lines.ts';
import { runLimited } from './run-limited.ts';

export interface InstallOrder {
  readonly tree: string;
  /** A folder of this build alone. */
  readonly work: string;
}

export interface InstallPlace {
  readonly place: Pick<DocsConfig, 'registry' | 'tools' | 'programs'>;
  readonly signal: AbortSignal;
}

const INSTALL_WITHIN_MS = 10 * 60_000;

/**
 * Installs what the lock file of a tree names, for the types in it. Beside the tree, where nothing but its package.json and its lock file are:
 * an `.npmrc` of the tree could name programs to run, other registries, and variables to send there. No script runs, and nothing is fetched but
 * from the worker's own registry, by its hash (facts of npm 11: `--ignore-scripts` alone runs `git` of an `.npmrc`,
 * https://github.com/npm/cli/issues/4101).
 *
 * @throws failure `Invalid` without a lock file, `Refused` where it leads elsewhere, `Unavailable` where the registry does not answer.
 */
export async function installDependencies(
  { place, signal }: InstallPlace,
  { tree, work }: InstallOrder,
): Promise<{ readonly packages: number }> {
  const lock = await lockOf(tree);
  const read = readLock(lock, place.registry);
  if (read.kind === 'bad')
    throw failure('Refused', `package-lock.json ${read.why}.`, { next: 'Correct it, or build without dependencies.' });
  const folder = join(work, 'install');
  await removeTree(folder); // of a try before
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package-lock.json'), lock);
  const manifest = await manifestOf(tree);
  mustBeOfRegistry(manifest);
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npmCi(folder, { place, signal });
  const modules = join(tree, 'node_modules');
  await removeTree(modules);
  if (await isThere(join(folder, 'node_modules'))) await rename(join(folder, 'node_modules'), modules); // work and tree are one folder
  await removeTree(folder);
  return { packages: read.packages };
}

async function lockOf(tree: string): Promise<string> {
  const text = await readFile(join(tree, 'package-lock.json'), 'utf8').catch(() => null);
  if (text !== null) return text;
  throw failure('Invalid', 'The source has no package-lock.json, so nobody knows what to install.', {
    next: 'Commit one, or build with dependencies: none.',
  });
}

/** Without its scripts, which are not run anyhow, and without what only npm itself would be told. */
async function manifestOf(tree: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(join(tree, 'package.json'), 'utf8').catch(() => '{}');
  try {
    const { name, version, dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } =
      JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { name, version, dependencies, devDependencies, optionalDependencies, peerDependencies, overrides };
  } catch {
    throw failure('Invalid', 'package.json of the source is no JSON.', { next: 'Correct it.' });
  }
}

function mustBeOfRegistry(manifest: Readonly<Record<string, unknown>>): void {
  const elsewhere = wishFromElsewhere(manifest);
  if (elsewhere === null) return;
  throw failure('Refused', 'package.json wants a package of another place than the registry.', {
    next: 'Correct it, or build without dependencies.',
    details: { shown: [elsewhere] },
  });
}

async function npmCi(folder: string, { place, signal }: InstallPlace): Promise<void> {
  const { registry, tools, programs } = place;
  const args = [
    'ci',
    '--ignore-scripts',
    '--allow-git=none',
    '--git=false',
    '--omit=optional',
    '--fetch-retries=1', // the stage itself is tried again
    '--fetch-retry-mintimeout=500',
    '--fetch-retry-maxtimeout=2000',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
    // Neither is there; npm takes no file twice, so /dev/null would do for one only.
    `--userconfig=${join(folder, 'no-user-npmrc')}`,
    `--globalconfig=${join(folder, 'no-global-npmrc')}`,
    `--registry=${registry}`,
    `--cache=${join(tools, 'npm-cache')}`,
  ];
  const env = { ...programs, HOME: folder, NODE_NO_WARNINGS: '1' };
  const end = await runLimited({ command: 'npm', args, cwd: folder, env, timeMs: INSTALL_WITHIN_MS, signal });
  if (end.kind === 'exited' && end.code === 0) return;
  const said = end.kind === 'exited' ? end.tail : end.kind;
  const type = /EINTEGRITY|EUSAGE|ERESOLVE|EALLOWGIT|E404/.test(said) ? 'Invalid' : 'Unavailable';
  throw failure(type, 'npm could not install what the lock file names.', {
    next: type === 'Invalid' ? 'Make the lock file anew.' : 'Look whether the worker reaches its registry.',
    details: { shown: lastLines(said) },
  });
}
