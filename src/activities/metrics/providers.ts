import type { Provider } from '../../core/metrics/metric-gate.ts';
import { openCloudWatch } from './cloudwatch.ts';
import { openJson } from './http-json.ts';
import type { MetricDeps, MetricProvider } from './metric-provider.ts';
import { openPrometheus } from './prometheus.ts';

type Open<K extends Provider['kind']> = (
  deps: MetricDeps,
  provider: Provider & { readonly kind: K },
) => MetricProvider | Promise<MetricProvider>;

/** Every kind of provider there is. */
const PROVIDERS: { readonly [K in Provider['kind']]: Open<K> } = {
  prometheus: openPrometheus,
  cloudwatch: openCloudWatch,
  json: openJson,
};

/** @throws Refused where the worker's configuration does not allow what the provider asks for (A4). */
export async function openProvider(deps: MetricDeps, provider: Provider): Promise<MetricProvider> {
  const open = PROVIDERS[provider.kind] as Open<Provider['kind']>;
  return open(deps, provider);
}
