import type { Measured, Provider, Sample, Window } from '../../core/metrics/metric-gate.ts';
import { openMetricHost, type HostAnswer, type MetricHost } from './metric-host.ts';
import { couldNotLook, noData, type MetricDeps, type MetricProvider } from './metric-provider.ts';

/**
 * The HTTP API of Prometheus, and of all that speak it (Thanos, Mimir, VictoriaMetrics): an instant query for one moment, a range query for several.
 *
 * D7 An empty answer, NaN and several series are no numbers.
 */
export async function openPrometheus(
  deps: MetricDeps,
  provider: Provider & { readonly kind: 'prometheus' },
): Promise<MetricProvider> {
  const host = await openMetricHost(deps, provider);
  return {
    measure: async ({ text, url: root }, window, signal) => {
      const { path, form } = window.fromMs === window.toMs ? instant(text, window) : range(text, window);
      const url = `${root.replace(/\/+$/, '')}/api/v1/${path}`;
      return read(await host.ask({ url, form, signal }), window, host);
    },
  };
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

function instant(query: string, { toMs }: Window) {
  return { path: 'query', form: new URLSearchParams({ query, time: seconds(toMs) }) };
}

function range(query: string, { fromMs, toMs, stepMs }: Window) {
  const form = new URLSearchParams({ query, start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) });
  return { path: 'query_range', form };
}

function read(answer: HostAnswer, window: Window, host: MetricHost): Measured {
  if (answer.kind === 'none') return couldNotLook(answer.why);
  const body = parsed(answer.body);
  if (answer.status !== 200 || body?.status !== 'success') return couldNotLook(refusal(answer.status, body, host));
  const { resultType, result } = body.data ?? {};
  if (resultType === 'scalar') return numbers([result] as readonly Point[], window);
  if (!Array.isArray(result) || (resultType !== 'vector' && resultType !== 'matrix'))
    return couldNotLook(`the answer is of a kind that holds no number (${host.clean(String(resultType))})`);
  const series = result as readonly Series[];
  if (series.length === 0) return noData('the query finds no series');
  if (series.length > 1) return noData(`the query finds ${series.length} series, and one is needed: sum() them`);
  const [{ value, values } = {}] = series;
  return numbers(values ?? (value === undefined ? [] : [value]), window);
}

/** Seconds, and the number as a text: `[1764504000.5, "0.013"]`, `"NaN"`, `"+Inf"`; whatever a server really sends. */
type Point = readonly [number, unknown];

interface Series {
  readonly value?: Point;
  readonly values?: readonly Point[];
}

interface Body {
  readonly status?: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType?: string; readonly result?: unknown };
}

function parsed(text: string): Body | null {
  try {
    const body = JSON.parse(text) as unknown;
    return typeof body === 'object' ? body : null;
  } catch {
    return null; // a proxy's page, or half an answer
  }
}

function refusal(status: number, body: Body | null, host: MetricHost): string {
  if (body === null) return `HTTP ${status} without an answer of Prometheus`;
  const why = [body.errorType, body.error].filter((part) => typeof part === 'string').join(': ');
  return `HTTP ${status} ${host.clean(why)}`.trim();
}

function numbers(points: readonly Point[], { fromMs, toMs }: Window): Measured {
  const samples = points.map(([at, text]): Sample => ({ at: Math.round(at * 1_000), value: numberOf(text) }));
  const finite = samples.filter(({ at, value }) => Number.isFinite(value) && at >= fromMs && at <= toMs);
  if (finite.length > 0) return { kind: 'samples', samples: finite };
  const [first] = points;
  if (first === undefined) return noData('the query finds no value');
  return noData(`the query answers ${String(first[1]).slice(0, 20)}, which is no number: 0/0 where nothing was asked`);
}

/** `Number('')` is 0, and no number of Prometheus. */
const numberOf = (text: unknown): number =>
  typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;
