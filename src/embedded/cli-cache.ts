import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { compareVersions, usableVersion } from './cli-version.ts';
import type { CliVersion } from './cli-version.ts';
import { isAlive } from './process-identity.ts';
import type { Environment } from './run-command.ts';

export interface CachedCli extends CliVersion {
  readonly path: string;
}

/** Where downloaded CLIs are kept: `$XDG_CACHE_HOME/switchyard/temporal-cli`, by default below `~/.cache`. */
export function cliCacheFolder(env: Environment): string {
  const home = env['HOME'] ?? homedir();
  // An empty or relative XDG_CACHE_HOME is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  const base = env['XDG_CACHE_HOME']?.startsWith('/') ? env['XDG_CACHE_HOME'] : join(home, '.cache');
  return join(base, 'switchyard', 'temporal-cli');
}

/**
 * The newest CLI of the cache that runs on this machine.
 *
 * @throws Error that names what was found there and why it does not do.
 */
export async function findInCache(folder: string, env: Environment): Promise<CachedCli> {
  const reasons: string[] = [];
  for (const name of await versionsIn(folder)) {
    const path = join(folder, name, 'temporal');
    try {
      return { path, ...(await usableVersion(path, env)) };
    } catch (cause) {
      reasons.push((cause as Error).message);
    }
  }
  throw new Error(reasons.join('; ') || `${folder} holds none for ${machine()}`);
}

/**
 * Downloads a CLI into the cache: `download` gets an empty folder of its own and returns the executable in it. Nothing
 * has its final name before it is complete and has run once, so an interrupted download leaves nothing that is trusted,
 * and of two at once the later one uses the CLI of the earlier.
 */
export async function installInCache(
  folder: string,
  env: Environment,
  download: (into: string) => Promise<string>,
): Promise<CachedCli> {
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const temporary = await mkdtemp(join(folder, `.tmp-${process.pid}-`));
  try {
    const downloaded = await download(temporary);
    await chmod(downloaded, 0o755);
    const version = await usableVersion(downloaded, env);
    const whole = join(temporary, 'whole');
    await mkdir(whole);
    await rename(downloaded, join(whole, 'temporal'));
    const place = join(folder, `${version.cli}-${machine()}`);
    await giveFinalName(whole, place, env);
    return { path: join(place, 'temporal'), ...version };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Renaming a folder onto one that has files fails, so whoever is first wins; a winner that does not run is replaced. */
async function giveFinalName(whole: string, place: string, env: Environment): Promise<void> {
  try {
    await rename(whole, place);
  } catch (cause) {
    const won = await usableVersion(join(place, 'temporal'), env).catch(() => undefined);
    if (won !== undefined) return;
    if ((cause as NodeJS.ErrnoException).code !== 'ENOTEMPTY' && (cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw cause;
    }
    await rename(place, `${whole}-replaced`);
    await rename(whole, place);
  }
}

async function versionsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => !name.startsWith('.') && name.endsWith(`-${machine()}`))
    .sort(compareVersions)
    .reverse();
}

/** The folders of downloads whose process is gone: nothing will ever finish or use them. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = /^\.tmp-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** The bytes below a folder, for progress. */
export async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A home may be shared by machines of different kinds, so the kind is part of the name. */
function machine(): string {
  return `${process.platform}-${process.arch}`;
}
