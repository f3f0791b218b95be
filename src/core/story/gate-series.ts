import { isBad, type FailWhen } from '../metrics/metric-rule.ts';
import { resultOf, type ActivityRun } from './activities-of.ts';
import { recordOf } from './move-sentences.ts';
import { listAt, momentAt, numberAt, textAt, valueAt } from './read-loosely.ts';
import { said } from './say.ts';
import type { GatePoint, GateSeries } from './story.ts';

/** What every gate saw, by its name and in groups by its record too: probes by how long they took, metrics by their numbers. */
export function gateSeries(activities: readonly ActivityRun[], requests: readonly unknown[]): readonly GateSeries[] {
  const drawn = new Map<string, Drawn>();
  for (const { record, seen } of activities.flatMap(sightsOf)) {
    const asked = record === null ? requests : requests.filter((one) => textAt(one, 'record') === record);
    const add = (gate: string, unit: string, point: GatePoint): void => {
      const name = record === null ? gate : said(`${record}: ${gate}`);
      const series = drawn.get(name) ?? { unit, failWhen: boundNamed(gate, asked), points: new Map() };
      drawn.set(name, series);
      series.points.set(`${point.at}/${point.side ?? ''}/${point.seen}`, point); // stretches carry the last points of the one before
    };
    for (const { gate, point } of listAt(seen, 'windows').flatMap(probes)) add(gate, 'ms', point);
    const readings = [...listAt(seen, 'metrics', 'readings'), ...listAt(seen, 'readings')];
    for (const { gate, point } of readings.flatMap((one) => evidence(one, momentAt(seen, 'at')))) add(gate, '', point);
    for (const { gate, point } of readings.flatMap((one) => numbers(one, boundOf(one, asked)))) add(gate, '', point);
  }
  return [...drawn].map(([gate, { unit, failWhen, points }]) => ({
    gate,
    unit,
    failWhen,
    points: [...points.values()].sort((a, b) => a.at - b.at),
  }));
}

interface Drawn extends Pick<GateSeries, 'unit' | 'failWhen'> {
  readonly points: Map<string, GatePoint>;
}

const LOOKS: readonly string[] = [
  'watchEndpoints',
  'checkEndpoints',
  'checkMetrics',
  'watchRecords',
  'checkRecords',
  'measureRecords',
];

/** What an activity saw, of one record or of many: those of many have their names, since gates of two records may be called alike. */
function sightsOf(run: ActivityRun): readonly { readonly record: string | null; readonly seen: unknown }[] {
  if (!LOOKS.includes(run.type)) return [];
  const result = resultOf(run);
  const records = listAt(result, 'records').map((seen, index) => ({ record: recordOf(run, index), seen }));
  return [{ record: null, seen: result }, ...records];
}

function probes(window: unknown): readonly { readonly gate: string; readonly point: GatePoint }[] {
  const gate = textAt(window, 'gate');
  if (gate === null) return [];
  return listAt(window, 'observations').flatMap((one) => {
    const at = momentAt(one, 'at');
    const side = textAt(one, 'side');
    if (at === null) return [];
    const seen = said(`${textAt(one, 'value') ?? ''}: ${textAt(one, 'seen') ?? ''}`);
    const point: GatePoint = {
      at,
      value: numberAt(one, 'latencyMs'),
      ok: valueAt(one, 'ok') === true,
      side: side === 'red' || side === 'black' ? side : null,
      seen,
    };
    return [{ gate: said(gate), point }];
  });
}

function numbers(
  reading: unknown,
  failWhen: FailWhen | null,
): readonly { readonly gate: string; readonly point: GatePoint }[] {
  const gate = textAt(reading, 'gate');
  if (gate === null) return [];
  return listAt(reading, 'values').flatMap((one) => {
    const [at, value] = [momentAt(one, 'at'), numberAt(one, 'value')];
    if (at === null || value === null) return [];
    const ok = failWhen === null ? textAt(reading, 'verdict', 'kind') !== 'fail' : !isBad(value, failWhen);
    return [{ gate: said(gate), point: { at, value, ok, side: null, seen: String(value) } }];
  });
}

/** Of a comparison: how strong the evidence against black was at the end of a stretch, and what is enough; as its own words say it. */
function evidence(
  reading: unknown,
  at: number | null,
): readonly { readonly gate: string; readonly point: GatePoint }[] {
  const [gate, found] = [textAt(reading, 'gate'), EVIDENCE.exec(textAt(reading, 'verdict', 'reason') ?? '')];
  const value = Number(found?.[1] ?? Number.NaN);
  if (gate === null || at === null || textAt(reading, 'kind') !== 'compare' || !Number.isFinite(value)) return [];
  const ok = textAt(reading, 'verdict', 'kind') !== 'fail';
  return [{ gate: said(gate), point: { at, value, ok, side: null, seen: said(found?.[0] ?? '') } }];
}

const EVIDENCE = /evidence (?:under |over )?([\d.]+(?:e\+?\d+)?), and ([\d.]+) is/;

const boundOf = (reading: unknown, requests: readonly unknown[]): FailWhen | null =>
  boundNamed(textAt(reading, 'gate') ?? '', requests);

/** What fails a gate by its number: the bound of a metric, or the longest time that a probe may take. */
function boundNamed(name: string, requests: readonly unknown[]): FailWhen | null {
  for (const gate of requests.flatMap(gatesOf)) {
    if (said(textAt(gate, 'name') ?? '') !== said(name)) continue;
    const [bound, latency] = [numberAt(gate, 'failWhen', 'bound'), numberAt(gate, 'maxLatencyMs')];
    const operator = OPERATORS.find((one) => one === textAt(gate, 'failWhen', 'operator'));
    const alpha = textAt(gate, 'kind') === 'compare' ? numberAt(gate, 'alpha') : null;
    if (alpha !== null && alpha > 0) return { operator: '>=', bound: Math.ceil(10 / alpha) / 10 };
    if (bound !== null && operator !== undefined) return { operator, bound };
    if (latency !== null) return { operator: '>', bound: latency };
  }
  return null;
}

const OPERATORS = ['>', '>=', '<', '<='] as const;

/** Of a request: probes and metrics, of the record and of single steps. */
const gatesOf = (request: unknown): readonly unknown[] => [
  ...listAt(request, 'gates'),
  ...listAt(request, 'stepGates').flatMap((step) => listAt(step, 'gates')),
  ...listAt(request, 'metricGates'),
];
