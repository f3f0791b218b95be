import type { SecureContext } from 'node:tls';
import type { ReachConfig, SecretsConfig } from '../../config.ts';
import type { Measured, NamedMetric, Window } from '../../core/metrics/metric-gate.ts';
import type { CloudWatchClients } from './cloudwatch-clients.ts';

/** A query whose words are filled in. */
export interface FilledQuery {
  readonly text: string;
  /** The provider's own address, with its words filled in too; empty where it has none. */
  readonly url: string;
  readonly metrics: readonly NamedMetric[];
}

/** Where numbers come from. Adding one is a file beside this one and a row in providers.ts. */
export interface MetricProvider {
  /** One number for every step of the window, those that are there; it never throws for what the other side does. */
  measure(query: FilledQuery, window: Window, signal: AbortSignal): Promise<Measured>;
}

/** What providers are made with. */
export interface MetricDeps {
  readonly cloudwatch: CloudWatchClients;
  readonly reach: ReachConfig;
  readonly secrets: SecretsConfig;
  readonly trust: SecureContext | null;
}

export const noData = (why: string): Measured => ({ kind: 'no-data', why });
export const couldNotLook = (why: string): Measured => ({ kind: 'could-not-look', why });
