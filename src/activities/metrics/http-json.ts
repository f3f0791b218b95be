import type { Provider } from '../../core/metrics/metric-gate.ts';
import { atPointer } from '../json-pointer.ts';
import { openMetricHost } from './metric-host.ts';
import { couldNotLook, noData, type MetricDeps, type MetricProvider } from './metric-provider.ts';

/** A number at a JSON pointer of any HTTP answer. It knows only now: of a window in the past it has no data. */
export async function openJson(
  deps: MetricDeps,
  provider: Provider & { readonly kind: 'json' },
): Promise<MetricProvider> {
  const host = await openMetricHost(deps, provider);
  return {
    measure: async ({ text: pointer, url }, { toMs }, signal) => {
      const answer = await host.ask({ url, form: null, signal });
      if (answer.kind === 'none') return couldNotLook(answer.why);
      if (answer.status !== 200) return couldNotLook(`HTTP ${answer.status}`);
      let body: unknown;
      try {
        body = JSON.parse(answer.body);
      } catch {
        return couldNotLook('the answer is not JSON');
      }
      const value = atPointer(body, pointer);
      if (value === undefined || value === null) return noData(`there is nothing at ${pointer}`);
      if (typeof value !== 'number' || !Number.isFinite(value))
        return noData(`${host.clean(JSON.stringify(value)).slice(0, 40)} at ${pointer} is no number`);
      return { kind: 'samples', samples: [{ at: toMs, value }] };
    },
  };
}
