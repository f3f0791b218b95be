import { closeAll } from './close-all.ts';
import { startCloudWatch, type CloudWatchStandIn } from './metrics/cloudwatch.ts';
import { startJsonSource, type JsonSource } from './metrics/json-source.ts';
import { startPrometheus, type PrometheusStandIn } from './metrics/prometheus.ts';

/** Everything that a gate on metrics can ask. */
export interface MetricsSandbox {
  readonly prometheus: PrometheusStandIn;
  readonly cloudwatch: CloudWatchStandIn;
  readonly json: JsonSource;
  /** With which a worker asks these and no others. */
  env(): Record<string, string>;
  close(): Promise<void>;
}

export async function startMetrics(): Promise<MetricsSandbox> {
  const undo: (() => Promise<void>)[] = [];
  const close = (): Promise<void> => closeAll(undo);
  const [prometheus, cloudwatch, json] = await Promise.all([startPrometheus(), startCloudWatch(), startJsonSource()]);
  undo.push(
    () => prometheus.close(),
    () => cloudwatch.close(),
    () => json.close(),
  );
  const env = (): Record<string, string> => ({
    AWS_ENDPOINT_URL_CLOUDWATCH: cloudwatch.url,
    SWITCHYARD_METRIC_HOSTS: [prometheus, json].map(({ url }) => new URL(url).host).join(','),
  });
  return { prometheus, cloudwatch, json, env, close };
}
