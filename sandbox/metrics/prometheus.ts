/**
 * A stand-in for the HTTP API of Prometheus: instant and range queries by GET and POST, with its words where it refuses. It knows no PromQL: what a query
 * answers is told by whoever plays with it, for the exact text of the query.
 */
import { createFaultPlan, type FaultedRequest, type FaultPlan } from '../faults.ts';
import { startFaultedServer, type Reply } from '../faulted-server.ts';

/** The value of a series at a moment (milliseconds since the epoch); null: the series has none then. */
export type ValueAt = number | ((at: number) => number | null);

export interface PromSeries {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: ValueAt;
}

export interface PrometheusStandIn {
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly url: string;
  readonly faults: FaultPlan;
  /** Every query that was asked, as it arrived. */
  readonly asked: readonly string[];
  /** What the query answers from now on: a number, several series, or none. A query that nobody told of finds no series. */
  answer(query: string, series: ValueAt | readonly PromSeries[]): void;
  /** Asks for `Authorization: Bearer TOKEN` from now on; null: for nothing. */
  demand(token: string | null): void;
  close(): Promise<void>;
}

export async function startPrometheus(): Promise<PrometheusStandIn> {
  const faults = createFaultPlan();
  const told = new Map<string, readonly PromSeries[]>();
  const asked: string[] = [];
  let token: string | null = null;
  const server = await startFaultedServer({
    faults,
    operationOf: (_method, path) => path.split('?')[0]?.split('/').at(-1) ?? '',
    process: (request) => {
      if (token !== null && request.headers.authorization !== `Bearer ${token}`)
        return { status: 401, body: 'Unauthorized\n' };
      return answerTo(request, { told, asked });
    },
    refusal: ({ status, code, message }) => refused(status, code, message),
  });
  return {
    url: server.url,
    faults,
    asked,
    answer: (query, series) => void told.set(query, Array.isArray(series) ? series : [{ value: series as ValueAt }]),
    demand: (next) => void (token = next),
    close: () => server.close(),
  };
}

interface Memory {
  readonly told: ReadonlyMap<string, readonly PromSeries[]>;
  readonly asked: string[];
}

function answerTo(request: FaultedRequest, { told, asked }: Memory): Reply {
  const [path = '', search = ''] = request.path.split('?');
  const form = new URLSearchParams(request.method === 'POST' ? request.body : search);
  const query = form.get('query') ?? '';
  const wrong = problemOf(query);
  if (path !== '/api/v1/query' && path !== '/api/v1/query_range') return { status: 404, body: '404 page not found\n' };
  asked.push(query);
  if (wrong !== null) return refused(400, 'bad_data', `invalid parameter "query": ${wrong}`);
  const series = told.get(query) ?? [];
  return path === '/api/v1/query' ? instant(series, form) : range(series, form);
}

/** As far as it can be seen without a parser: what is empty, and what is not closed. */
function problemOf(query: string): string | null {
  if (query.trim() === '') return '1:1: parse error: no expression found in input';
  const bare = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '');
  if (/["']/.test(bare)) return 'parse error: unterminated quoted string';
  const unequal = ['()', '[]', '{}'].find(
    ([open = '', close = '']) => bare.split(open).length !== bare.split(close).length,
  );
  return unequal === undefined ? null : `parse error: unclosed or unexpected ${unequal}`;
}

function instant(series: readonly PromSeries[], form: URLSearchParams): Reply {
  const time = form.has('time') ? timeOf(form.get('time')) : Date.now();
  if (time === null) return badTime('time', form.get('time'));
  const result = series.flatMap(({ labels = {}, value }) => {
    const found = valueAt(value, time);
    return found === null ? [] : [{ metric: labels, value: [time / 1_000, shown(found)] }];
  });
  return success({ resultType: 'vector', result });
}

/** What Prometheus itself allows a range query to answer. */
const MOST_POINTS = 11_000;

function range(series: readonly PromSeries[], form: URLSearchParams): Reply {
  const [start, end, step] = [timeOf(form.get('start')), timeOf(form.get('end')), timeOf(form.get('step'))];
  if (start === null) return badTime('start', form.get('start'));
  if (end === null) return badTime('end', form.get('end'));
  if (step === null || step <= 0) return badTime('step', form.get('step'));
  if (end < start)
    return refused(400, 'bad_data', 'invalid parameter "end": end timestamp must not be before start time');
  if ((end - start) / step > MOST_POINTS)
    return refused(400, 'bad_data', 'exceeded maximum resolution of 11,000 points per timeseries.');
  const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const result = series.flatMap(({ labels = {}, value }) => {
    const values = times.flatMap((time) => {
      const found = valueAt(value, time);
      return found === null ? [] : [[time / 1_000, shown(found)]];
    });
    return values.length === 0 ? [] : [{ metric: labels, values }];
  });
  return success({ resultType: 'matrix', result });
}

/** Seconds since the epoch as Prometheus takes them, in milliseconds. */
function timeOf(text: string | null): number | null {
  if (text === null || text === '' || !Number.isFinite(Number(text))) return null;
  return Math.round(Number(text) * 1_000);
}

const valueAt = (value: ValueAt, at: number): number | null => (typeof value === 'number' ? value : value(at));

/** As Go writes numbers. */
function shown(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

const JSON_TYPE = { 'content-type': 'application/json' };

const success = (data: unknown): Reply => ({
  status: 200,
  headers: JSON_TYPE,
  body: JSON.stringify({ status: 'success', data }),
});

const refused = (status: number, errorType: string, error: string): Reply => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify({ status: 'error', errorType, error }),
});

const badTime = (name: string, found: string | null): Reply =>
  refused(400, 'bad_data', `invalid parameter "${name}": cannot parse "${found ?? ''}" to a valid timestamp`);
