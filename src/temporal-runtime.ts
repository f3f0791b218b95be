import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type LogLevel,
  type MetricsExporterConfig,
  type RuntimeOptions,
} from '@temporalio/worker';
import { ConfigError } from './config.ts';
import { showHostPort, type HostPort } from './host-port.ts';
import { logFields } from './log-fields.ts';
import type { Logger } from './logger.ts';

/**
 * Sends Temporal's own log lines, those of its Rust core included, through ours, and leaves signals to us. Once a process, before the first connection.
 *
 * @param metrics where everything that is counted can be scraped from, Temporal's own and ours; null: nowhere.
 * @throws ConfigError where that address is taken.
 */
export function installRuntime(logger: Logger, metrics: HostPort | null = null): void {
  try {
    Runtime.install(optionsOf(logger, metrics));
  } catch (cause) {
    if (metrics === null || !(cause instanceof Error) || !cause.message.includes('prometheus')) throw cause;
    const why = cause.message.replace(/^.*exporter: /, '');
    throw new ConfigError([
      `SWITCHYARD_METRICS_ADDRESS: cannot listen at ${showHostPort(metrics)}: ${why}; each process needs one of its own`,
    ]);
  }
}

function optionsOf(logger: Logger, metrics: HostPort | null): RuntimeOptions {
  return {
    logger: new DefaultLogger('TRACE', ({ level, message, meta }) => logger[PINO[level]](logFields(meta), message)),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...(metrics === null ? {} : { metrics: exporter(metrics) }),
    },
    shutdownSignals: [],
  };
}

/** Names and units as Prometheus wants them: `_total`, and seconds. By default the SDK has milliseconds, and neither in a name. */
function exporter(address: HostPort): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress: showHostPort(address),
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: BUCKETS,
    },
  };
}

/** How long a task waited for a worker: the exporter's own end before what alerts are about. */
const WAITS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

const BUCKETS = {
  temporal_workflow_task_schedule_to_start_latency: WAITS,
  temporal_activity_schedule_to_start_latency: WAITS,
  switchyard_rollback_duration_seconds: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600],
  switchyard_docs_build_duration_seconds: [5, 10, 30, 60, 120, 300, 600, 1_200, 1_800],
};

const PINO = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;
