/**
 * Reads what is true now, again and again, and shows it in the worker's metrics.
 *
 * Nothing of it is remembered in the process: a worker that starts shows within one look what the one before it showed, and a look that fails
 * leaves the time of the last good one standing (`switchyard_state_seen_timestamp_seconds`), so that what is stale can be told from what is true.
 */
import { Client } from '@temporalio/client';
import type { MetricGauge, MetricMeter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config, MicrosoftConfig } from '../config.ts';
import { DEPLOY_QUEUE } from '../contracts/deploy.ts';
import { DOCS_QUEUE } from '../contracts/docs-runs.ts';
import { SYNC_QUEUE } from '../contracts/sync.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../logger.ts';
import { stateGauge, type StateGauge } from './gauges.ts';
import { seeChores, SITES, SYNCS } from './see-chores.ts';
import { seeRecords } from './see-records.ts';
import { seeSites } from './see-sites.ts';
import { seeTokens } from './see-tokens.ts';
import { startAtZero } from './start-at-zero.ts';
import { seeVersions } from './see-versions.ts';

export interface ObserveOptions {
  readonly config: Pick<Config, 'queues' | 'temporal' | 'tasks' | 'docs'>;
  readonly connection: NativeConnection;
  readonly meter: MetricMeter;
  readonly logger: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Prometheus scrapes every 15 to 60 s. */
const EVERY_MS = 15_000;
/** A look that takes longer has failed: longer than it takes to hear of many deployments that nobody answers for them. */
const LOOKS_WITHIN_MS = 60_000;

/** Looks until it is told to end; never fails. No look waits for another. */
export async function observeState(options: ObserveOptions): Promise<void> {
  const { config, meter } = options;
  if (config.queues.includes(DEPLOY_QUEUE)) startAtZero(meter, config.temporal.namespace);
  const seenAt = meter.createGauge(
    'switchyard_state_seen_timestamp_seconds',
    'float',
    undefined,
    'When what is true now was last read, by what was read.',
  );
  const looks = looksOf(options);
  await Promise.all(looks.map((one) => lookAgain(one, { ...options, seenAt })));
}

async function lookAgain(
  { what, look }: Look,
  { logger, signal, seenAt }: ObserveOptions & { readonly seenAt: MetricGauge },
) {
  while (!signal.aborted) {
    try {
      await inTime(look(), LOOKS_WITHIN_MS, `no answer within ${LOOKS_WITHIN_MS} ms`);
      seenAt.set(Date.now() / 1_000, { what });
    } catch (cause) {
      logger.debug({ err: cause, what }, 'could not look at what is true now; trying again');
    }
    await delay(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

interface Look {
  readonly what: string;
  readonly look: () => Promise<void>;
}

/** A worker sees what its own queues are about. */
function looksOf({ config, connection, meter }: ObserveOptions): readonly Look[] {
  const client = new Client({ connection, namespace: config.temporal.namespace });
  const gauge: MakeGauge = (name, description, gone = Number.NaN) => stateGauge(meter, { name, description, gone });
  const looks: Readonly<Record<string, () => readonly Look[]>> = {
    [DEPLOY_QUEUE]: () => [lookAtRecords(client, gauge)],
    [SYNC_QUEUE]: () => looksOfSyncs(client, gauge, config.tasks.microsoft),
    [DOCS_QUEUE]: () => looksOfDocs(client, gauge, config.docs.publishRoot),
  };
  return [...config.queues.flatMap((queue) => looks[queue]?.() ?? []), lookAtVersions(client, gauge, config.queues)];
}

type MakeGauge = (name: string, description: string, gone?: number) => StateGauge;

function lookAtRecords(client: Client, gauge: MakeGauge): Look {
  const states = gauge('switchyard_record_state', 'Whether a record is in this state; at rest it is in none.', 0);
  const shares = gauge('switchyard_record_black_share_ratio', 'Share of black, of what is being deployed.');
  const guard = gauge('switchyard_guard_last_run_timestamp_seconds', 'When the guard ended last.');
  return {
    what: 'records',
    look: async () => {
      const seen = await seeRecords(client);
      states.show(seen.states);
      shares.show(seen.shares);
      guard.show(seen.guarded);
    },
  };
}

function lookAtVersions(client: Client, gauge: MakeGauge, queues: readonly string[]): Look {
  const runs = gauge('switchyard_version_runs', 'Open runs that can end on that version of the workers alone.', 0);
  return { what: 'versions', look: async () => runs.show(await seeVersions(client, queues)) };
}

function looksOfSyncs(client: Client, gauge: MakeGauge, microsoft: MicrosoftConfig): readonly Look[] {
  const done = gauge(
    'switchyard_sync_last_success_timestamp_seconds',
    'When a scheduled pair was last synced; 0: never.',
  );
  const good = gauge('switchyard_token_expiry_timestamp_seconds', 'Until when a sign-in or a certificate is good.');
  return [
    { what: 'syncs', look: async () => done.show(await seeChores(client, SYNCS)) },
    { what: 'tokens', look: async () => good.show(await seeTokens(microsoft)) },
  ];
}

function looksOfDocs(client: Client, gauge: MakeGauge, publishRoot: string): readonly Look[] {
  const done = gauge(
    'switchyard_docs_last_success_timestamp_seconds',
    'When a scheduled site was last built; 0: never.',
  );
  const published = gauge('switchyard_docs_published_timestamp_seconds', 'When what a version shows was published.');
  return [
    { what: 'docs', look: async () => done.show(await seeChores(client, SITES)) },
    { what: 'sites', look: async () => published.show(await seeSites(publishRoot)) },
  ];
}
