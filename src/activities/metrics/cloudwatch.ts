import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandOutput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { cleanText } from '../../core/clean-text.ts';
import type { AlarmLook, AlarmState, Measured, Provider, Sample, Window } from '../../core/metrics/metric-gate.ts';
import { couldNotLook, noData, type FilledQuery, type MetricDeps, type MetricProvider } from './metric-provider.ts';

/** Expressions of CloudWatch by GetMetricData: metric math over named metrics, or a query of Metrics Insights. */
export function openCloudWatch(
  { cloudwatch }: MetricDeps,
  provider: Provider & { readonly kind: 'cloudwatch' },
): MetricProvider {
  const client = cloudwatch.inRole(provider.role).client(provider.region);
  return {
    measure: async (query, window, signal) => {
      const [start, end] = spanOf(window);
      const command = new GetMetricDataCommand({
        MetricDataQueries: queriesOf(query, window),
        StartTime: new Date(start),
        EndTime: new Date(end),
        ScanBy: 'TimestampAscending',
      });
      try {
        return read(await client.send(command, { abortSignal: signal }), window);
      } catch (cause) {
        return couldNotLook(signal.aborted ? 'no answer in time' : problemOf(cause));
      }
    },
  };
}

/** The state of an alarm of any kind. One that does not exist could not be looked at. */
export async function readAlarm(client: CloudWatchClient, alarm: string, signal: AbortSignal): Promise<AlarmLook> {
  const command = new DescribeAlarmsCommand({
    AlarmNames: [alarm],
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
  });
  try {
    const {
      MetricAlarms = [],
      CompositeAlarms = [],
      LogAlarms = [],
    } = await client.send(command, { abortSignal: signal });
    const found = [...MetricAlarms, ...CompositeAlarms, ...LogAlarms].find(({ AlarmName }) => AlarmName === alarm);
    if (found === undefined)
      return { kind: 'could-not-look', why: 'there is no such alarm in this account and region' };
    const state = STATES.find((known) => known === found.StateValue);
    if (state === undefined) return { kind: 'could-not-look', why: 'its state is none that is known' };
    return { kind: 'state', state, why: cleanText(found.StateReason ?? '', 160) };
  } catch (cause) {
    return { kind: 'could-not-look', why: signal.aborted ? 'no answer in time' : problemOf(cause) };
  }
}

const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

const SHORTEST_PERIOD_S = 10;
const periodOf = ({ stepMs }: Window): number => {
  const seconds = Math.max(SHORTEST_PERIOD_S, Math.round(stepMs / 1_000));
  return seconds < 60 ? Math.ceil(seconds / 10) * 10 : Math.ceil(seconds / 60) * 60; // what CloudWatch accepts
};

/** A moment is asked for as the newest of some periods before it: CloudWatch shows one minutes after its end. */
const PERIODS_BACK = 5;

function spanOf(window: Window): readonly [number, number] {
  const periodMs = periodOf(window) * 1_000;
  if (window.fromMs < window.toMs) return [window.fromMs, window.toMs + 1_000];
  return [window.toMs - PERIODS_BACK * Math.max(periodMs, 60_000), window.toMs + 1_000];
}

/**
 * Each period is read once, and a sum of one that has not ended, or whose last senders are not in yet, is too small: at a rhythm of one period all
 * looks would see it at the same moment, and a bound would never be reached.
 */
const SETTLES_IN_MS = 60_000;

const ANSWER = 'answer';

function queriesOf({ text, metrics }: FilledQuery, window: Window): MetricDataQuery[] {
  const Period = periodOf(window);
  const stats = metrics.map(({ id, namespace, metric, dimensions, stat }): MetricDataQuery => ({
    Id: id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period,
      Stat: stat,
    },
  }));
  // Math takes its period from its metrics; a query of Metrics Insights has none of its own.
  const period = stats.length === 0 ? { Period } : {};
  return [...stats, { Id: ANSWER, Expression: text, ...period, ReturnData: true }];
}

function read({ MetricDataResults = [], NextToken }: GetMetricDataCommandOutput, window: Window): Measured {
  const results = MetricDataResults.filter(({ Id }) => Id === ANSWER);
  if (results.length === 0) return noData('the expression finds no metric');
  if (results.length > 1 || NextToken !== undefined)
    return noData(`the expression finds ${results.length} series, and one is needed`);
  const [{ Timestamps = [], Values = [], StatusCode, Messages = [] } = {}] = results;
  if (StatusCode === 'InternalError' || StatusCode === 'Forbidden')
    return couldNotLook(`${StatusCode} ${cleanText(Messages[0]?.Value ?? '', 160)}`.trim());
  const settledBy = window.toMs - periodOf(window) * 1_000 - SETTLES_IN_MS;
  const samples = Timestamps.map((time, index): Sample => ({ at: time.getTime(), value: Values[index] ?? Number.NaN }))
    .filter(({ at, value }) => Number.isFinite(value) && at <= settledBy)
    .sort((one, other) => one.at - other.at);
  if (window.fromMs < window.toMs) return { kind: 'samples', samples };
  if (samples.length === 0) return noData('the expression has no value in the last periods');
  return { kind: 'samples', samples: samples.slice(-1) };
}

function problemOf(cause: unknown): string {
  const { name, message } = cause as Partial<Error>;
  return cleanText(`${name ?? 'failed'}: ${message ?? ''}`, 200);
}
