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
  if (answer.status !== 200 || body?.['status'] !== 'success') return couldNotLook(refusal(answer.status, body, host));
  const gap = gapIn(body, host);
  if (gap !== null) return couldNotLook(gap);
  const { resultType, result } = fieldsOf(body['data']);
  if (resultType === 'scalar') return numbers([result], window, host);
  if (!Array.isArray(result) || (resultType !== 'vector' && resultType !== 'matrix'))
    return couldNotLook(`the answer is of a kind that holds no number (${host.clean(wordOf(resultType))})`);
  if (result.length === 0) return noData('the query finds no series');
  if (result.length > 1) return noData(`the query finds ${result.length} series, and one is needed: sum() them`);
  const { value, values } = fieldsOf(result[0]);
  if (Array.isArray(values)) return numbers(values, window, host);
  return numbers(value === undefined ? [] : [value], window, host);
}

/** Whatever a server really sends. */
type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function parsed(text: string): Fields | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Fields) : null;
  } catch {
    return null; // a proxy's page, or half an answer
  }
}

/** Thanos and Mimir answer with what they could reach, and a warning: the errors may be in the rest. Hints about the query say nothing of the data. */
function gapIn({ warnings }: Fields, host: MetricHost): string | null {
  if (!Array.isArray(warnings)) return null;
  const first = warnings.map(wordOf).find((warning) => !warning.startsWith('PromQL info'));
  return first === undefined ? null : `the answer may lack a part: ${host.clean(first)}`;
}

function refusal(status: number, body: Fields | null, host: MetricHost): string {
  if (body === null) return `HTTP ${status} without an answer of Prometheus`;
  const why = [body['errorType'], body['error']].filter((part) => typeof part === 'string').join(': ');
  return `HTTP ${status} ${host.clean(why)}`.trim();
}

/** Points are `[1764504000.5, "0.013"]`, with `"NaN"` and `"+Inf"` for what is no number. */
function numbers(points: readonly unknown[], { fromMs, toMs }: Window, host: MetricHost): Measured {
  const finite = points.map(sampleOf).filter(({ at, value }) => Number.isFinite(value) && at >= fromMs && at <= toMs);
  if (finite.length > 0) return { kind: 'samples', samples: finite };
  if (points.length === 0) return noData('the query finds no value');
  const shown = host.clean(wordOf(fieldsOf(points[0])[1])).slice(0, 20);
  return noData(`the query answers ${shown}, which is no number: 0/0 where nothing was asked`);
}

function sampleOf(point: unknown): Sample {
  const { 0: seconds, 1: text } = fieldsOf(point);
  return { at: typeof seconds === 'number' ? Math.round(seconds * 1_000) : Number.NaN, value: numberOf(text) };
}

/** `Number('')` is 0, and no number of Prometheus. */
const numberOf = (text: unknown): number =>
  typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN;

const wordOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
