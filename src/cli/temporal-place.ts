import type { ConnectionOptions } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';
import { DEFAULT_ADDRESS } from '../default-address.ts';
import { EXIT } from './exit-codes.ts';
import { nonEmpty } from './find-file.ts';
import { quoted } from './parse/parsed.ts';
import { problem, Stop } from './stop.ts';
import type { Environment } from './terminal.ts';
import { readUpFile } from './up-file.ts';

/** Where Temporal is, and how we know. */
export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
  /** `--address`, `TEMPORAL_ADDRESS or profile`, `switchyard up`, `default`. */
  readonly from: string;
  /** Without a slash at the end; null where nobody said. */
  readonly ui: string | null;
  readonly connection: ConnectionOptions;
}

export interface PlaceFlags {
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
}

/** The flag, Temporal's own variables and profile, a living `switchyard up`, localhost:7233: the first that says something. */
export async function findTemporal(flags: PlaceFlags, env: Environment): Promise<TemporalPlace> {
  const { loadTemporalConfig, loadLocalConfig } = await import('../config.ts');
  const config = loadTemporalConfig(env);
  const up = await readUpFile(loadLocalConfig(env).home);
  const found = firstOf(flags, config, up?.address ?? null);
  checkAddress(found.address);
  return {
    ...found,
    namespace:
      flags.namespace ?? (found.from === 'switchyard up' ? (up?.namespace ?? config.namespace) : config.namespace),
    ui: uiOf(found.address, { env, up }),
    connection: config.connection,
  };
}

function firstOf(
  flags: PlaceFlags,
  config: TemporalConfig,
  up: string | null,
): Pick<TemporalPlace, 'address' | 'from'> {
  if (flags.address !== undefined) return { address: flags.address, from: '--address' };
  if (config.address !== null) return { address: config.address, from: 'TEMPORAL_ADDRESS or profile' };
  if (up !== null) return { address: up, from: 'switchyard up' };
  return { address: DEFAULT_ADDRESS, from: 'default' };
}

function checkAddress(address: string): void {
  const port = Number(/^[^\s/@]+:(\d{1,5})$/.exec(address)?.[1] ?? Number.NaN);
  if (port >= 1 && port <= 65_535) return;
  throw new Stop(EXIT.usage, [
    problem(
      `${quoted(address)} is no address of Temporal`,
      'HOST:PORT, such as localhost:7233',
      'give it with --address or TEMPORAL_ADDRESS',
    ),
  ]);
}

interface UiSources {
  readonly env: Environment;
  readonly up: { readonly address: string; readonly ui: string | null } | null;
}

function uiOf(address: string, { env, up }: UiSources): string | null {
  const named = nonEmpty(env['TEMPORAL_UI_URL']);
  if (named !== undefined) return named.replace(/\/+$/, '');
  if (up?.ui !== null && up?.ui !== undefined && up.address === address) return up.ui.replace(/\/+$/, '');
  return /\.(tmprl\.cloud|api\.temporal\.io):\d+$/.test(address) ? 'https://cloud.temporal.io' : null;
}

/** The page of a run in the UI; null where nobody said where the UI is. */
export function uiLink(
  place: Pick<TemporalPlace, 'ui' | 'namespace'>,
  workflowId: string,
  runId?: string,
): string | null {
  if (place.ui === null) return null;
  const page = `${place.ui}/namespaces/${encodeURIComponent(place.namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return runId === undefined ? page : `${page}/${runId}`;
}
