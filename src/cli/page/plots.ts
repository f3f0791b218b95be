import {
  areaY,
  axisX,
  axisY,
  barX,
  dot,
  gridX,
  gridY,
  lineY,
  plot,
  ruleX,
  ruleY,
  text,
  type PlotOptions,
} from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { cleanText } from '../../core/clean-text.ts';
import { formatDuration } from '../../core/duration.ts';
import { shortNumber } from '../../core/metrics/metric-rule.ts';
import type { Count, GatePoint, GateSeries, SharePoint, Span, Tone } from '../../core/story/story.ts';
import { tickUnit, tickWords, type TimeScale } from './time-scale.ts';

/** In pixels. */
export interface Size {
  readonly width: number;
  /** Where the line of time begins: the same in all pictures of a page. */
  readonly left: number;
  readonly ticks: number;
}

const CHARACTER = 6.8;
const LONGEST_LANE = 20;

/** Each picture is drawn twice, since text that shrinks with its picture cannot be read on a phone. */
export function sizesFor(lanes: readonly string[]): Readonly<Record<'wide' | 'narrow', Size>> {
  const longest = Math.max(8, ...lanes.map((lane) => Math.min(lane.length, LONGEST_LANE)));
  const left = Math.ceil(longest * CHARACTER) + 14;
  return { wide: { width: 880, left, ticks: 8 }, narrow: { width: 360, left, ticks: 3 } };
}

/** What a picture of a page is drawn from. */
export interface Frame {
  readonly size: Size;
  readonly scale: TimeScale;
  /** What it shows, for whoever hears the page. */
  readonly says: string;
}

/** Nothing of it is ever shown: the plots are built in it, and written out as text. */
const { document } = parseHTML('<!doctype html><html></html>') as unknown as { readonly document: unknown };
const FONT = { fontSize: '12px', fontFamily: 'system-ui, sans-serif' };
const RIGHT = 14;

function draw({ size, scale, says }: Frame, options: PlotOptions): string {
  const drawn: unknown = plot({
    document: document as never,
    width: size.width,
    marginLeft: size.left,
    marginRight: RIGHT,
    marginTop: 12,
    marginBottom: tickUnit(scale) === null ? 24 : 36,
    style: FONT,
    ariaLabel: says,
    ...options,
  });
  return (drawn as { readonly outerHTML: string }).outerHTML;
}

const timeGrid = ({ size }: Frame) => gridX({ ticks: size.ticks, stroke: 'var(--grid)', strokeOpacity: 0.18 });

const timeAxis = ({ size, scale }: Frame) =>
  axisX({
    ticks: size.ticks,
    tickSize: 4,
    color: 'var(--faint)',
    label: tickUnit(scale),
    labelArrow: 'none',
    tickFormat: (at: Date | number) => tickWords(Number(at), scale),
  });

const timeDomain = ({ scale }: Frame) => ({
  type: 'utc' as const,
  domain: [new Date(scale.from), new Date(scale.to)],
  insetLeft: 9,
  insetRight: 9, // events at the ends are whole
});

/** The share of the answers that are black's, and the rest, which is red's. */
export function drawShares(frame: Frame, shares: readonly SharePoint[]): string {
  const last = shares.at(-1);
  const points = [...shares, ...(last === undefined ? [] : [{ ...last, at: frame.scale.to }])];
  const known = points.map(({ at, share }) => ({ at: new Date(at), share }));
  return draw(frame, {
    height: 170,
    x: timeDomain(frame),
    y: { domain: [0, 100] },
    marks: [
      timeGrid(frame),
      areaY(known, { x: 'at', y1: 'share', y2: 100, curve: 'step-after', fill: 'var(--red)' }),
      areaY(known, { x: 'at', y: 'share', curve: 'step-after', fill: 'var(--black)' }),
      gridY({ ticks: [25, 50, 75], stroke: 'var(--page)', strokeOpacity: 0.45 }),
      axisY({
        ticks: [0, 50, 100],
        tickSize: 0,
        color: 'var(--faint)',
        label: null,
        tickFormat: (share: number) => `${share} %`,
      }),
      timeAxis(frame),
      text(stepLabels(frame, points), {
        x: 'at',
        y: 'share',
        text: 'label',
        dy: 12,
        fill: 'var(--page)',
        fontWeight: 600,
      }),
    ],
  });
}

/** In the middle of each step that is wide enough, under its edge. */
function stepLabels(frame: Frame, points: readonly SharePoint[]) {
  return points.flatMap(({ at, share }, index) => {
    const next = points[index + 1];
    if (next === undefined || share < 15 || widthOf(frame, at, next.at) < 46) return [];
    return [{ at: new Date((at + next.at) / 2), share, label: `${share} %` }];
  });
}

const widthOf = ({ size, scale }: Frame, from: number, to: number): number =>
  ((to - from) / (scale.to - scale.from)) * (size.width - size.left - RIGHT);

const COLOURS = {
  good: 'var(--good)',
  bad: 'var(--bad)',
  waiting: 'var(--waiting)',
  said: 'var(--said)',
  plain: 'var(--plain)',
} satisfies Record<Tone, string>;

/** What is marked on a line of time: who said what, and what went wrong. */
export interface Mark {
  readonly at: number;
  /** Under which it is found among the sentences. */
  readonly number: string;
  readonly text: string;
  readonly tone: Tone;
}

export interface TimeLine {
  readonly spans: readonly Span[];
  readonly lanes: readonly string[];
  readonly marks: readonly Mark[];
  /** Says beside each bar how long it took. */
  readonly durations: boolean;
}

/** Everything that took time, a line a kind, and above it what happened at a moment. */
export function drawTimeLine(frame: Frame, { spans, lanes, marks, durations }: TimeLine): string {
  const rows = [...(marks.length === 0 ? [] : [EVENTS]), ...lanes];
  const bars = spans.map((span) => ({
    ...span,
    x1: new Date(span.from),
    x2: new Date(Math.max(span.to ?? frame.scale.to, span.from)),
    colour: COLOURS[span.tone],
    title: `${span.label}: ${formatDuration(Math.max(0, (span.to ?? frame.scale.to) - span.from))}`,
  }));
  const events = clusters(frame, marks);
  return draw(frame, {
    height: rows.length * 28 + 50,
    x: timeDomain(frame),
    y: { domain: rows, padding: 0.34 },
    r: { type: 'identity' },
    marks: [
      timeGrid(frame),
      timeAxis(frame),
      axisY({ tickSize: 0, label: null, color: 'var(--ink)', tickFormat: laneWords }),
      barX(bars, {
        x1: 'x1',
        x2: 'x2',
        y: 'lane',
        fill: 'colour',
        insetLeft: -1,
        insetRight: -1,
        rx: 2,
        title: 'title',
      }),
      dot(events, { x: 'at', y: 'lane', fill: 'colour', r: 'radius', title: 'text' }),
      text(events, { x: 'at', y: 'lane', text: 'number', fill: 'var(--page)', fontSize: 10, fontWeight: 700 }),
      text(shareLabels(frame, spans), { x: 'at', y: 'lane', text: 'label', fill: 'var(--page)', fontWeight: 600 }),
      ...(durations ? [durationLabels(frame, spans)] : []),
    ],
  });
}

const EVENTS = 'events';
const laneWords = (lane: string): string => cleanText(lane, LONGEST_LANE);

/** Nearer than this, marks would lie on one another. */
const APART = 19;
const WEIGHTS: readonly Tone[] = ['plain', 'good', 'said', 'waiting', 'bad'];

/** Marks that are too near to be told apart are one, as `2–4`, in the colour of the worst of them. */
function clusters(frame: Frame, marks: readonly Mark[]) {
  const together: Mark[][] = [];
  for (const mark of marks) {
    const last = together.at(-1);
    const first = last?.[0];
    if (last !== undefined && first !== undefined && widthOf(frame, first.at, mark.at) < APART) last.push(mark);
    else together.push([mark]);
  }
  return together.map((all) => {
    const [first, last] = [all[0]?.number ?? '', all.at(-1)?.number ?? ''];
    const worst = Math.max(...all.map(({ tone }) => WEIGHTS.indexOf(tone)));
    return {
      at: new Date(all[0]?.at ?? 0),
      lane: EVENTS,
      number: first === last ? first : `${first}–${last}`,
      radius: first === last ? 8 : 12,
      colour: COLOURS[WEIGHTS[worst] ?? 'plain'],
      text: all.map(({ text: words }) => words).join('\n'),
    };
  });
}

/** `50 %`, in the middle of what was watched, where there is room. */
function shareLabels(frame: Frame, spans: readonly Span[]) {
  return spans.flatMap(({ lane, label, from, to }) => {
    const [share] = /\d+(?:\.\d+)? %/.exec(label) ?? [];
    const end = to ?? frame.scale.to;
    if (share === undefined || lane !== 'watch' || widthOf(frame, from, end) < 46) return [];
    return [{ lane, at: new Date((from + end) / 2), label: share }];
  });
}

/** Behind the bar; before it where it ends at the right edge. */
function durationLabels(frame: Frame, spans: readonly Span[]) {
  const labels = spans.map(({ lane, from, to }) => {
    const end = to ?? frame.scale.to;
    const room = widthOf(frame, end, frame.scale.to) > 70;
    return { lane, room, at: new Date(room ? end : from), label: formatDuration(Math.max(0, end - from)) };
  });
  const options = { x: 'at', y: 'lane', text: 'label', fill: 'var(--faint)' };
  return [
    text(
      labels.filter(({ room }) => room),
      { ...options, textAnchor: 'start', dx: 6 },
    ),
    text(
      labels.filter(({ room }) => !room),
      { ...options, textAnchor: 'end', dx: -6 },
    ),
  ];
}

/** More than the eye can tell apart; what failed is always drawn. */
const MOST_POINTS = 1_200;

/** What a gate saw, against the bound at which it fails. */
export function drawGate(frame: Frame, series: GateSeries): string {
  const { failWhen, unit } = series;
  const points = thinned(series.points).map((point) => ({
    ...point,
    at: new Date(point.at),
    y: point.value ?? 0,
    title: point.seen,
  }));
  const top = Math.max(...points.map(({ y }) => y), failWhen?.bound ?? 0) * 1.15;
  const bottom = Math.min(0, ...points.map(({ y }) => y), failWhen?.bound ?? 0);
  const metric = points.every(({ side }) => side === null);
  return draw(frame, {
    height: 150,
    marginTop: 18,
    x: timeDomain(frame),
    y: { domain: [bottom, top > bottom ? top : bottom + 1] },
    marks: [
      timeGrid(frame),
      gridY({ ticks: 4, stroke: 'var(--grid)', strokeOpacity: 0.18 }),
      axisY({
        ticks: 4,
        tickSize: 0,
        color: 'var(--faint)',
        label: null,
        tickFormat: (value: number) => `${shortNumber(value)}${unit === '' ? '' : ` ${unit}`}`,
      }),
      timeAxis(frame),
      ruleY([bottom], { stroke: 'var(--line)' }),
      ...(metric ? [lineY(points, { x: 'at', y: 'y', stroke: 'var(--black)', strokeOpacity: 0.6 })] : []),
      ruleY(failWhen === null ? [] : [failWhen.bound], { stroke: 'var(--bad)', strokeDasharray: '5 4' }),
      dot(
        points.filter(({ ok, side }) => ok && side !== 'red'),
        { x: 'at', y: 'y', r: 3, fill: 'var(--black)', title: 'title' },
      ),
      dot(
        points.filter(({ ok, side }) => ok && side === 'red'),
        { x: 'at', y: 'y', r: 3, stroke: 'var(--red-ink)', strokeWidth: 1.5, title: 'title' },
      ),
      dot(
        points.filter(({ ok }) => !ok),
        { x: 'at', y: 'y', r: 4.5, symbol: 'times', stroke: 'var(--bad)', strokeWidth: 2.2, title: 'title' },
      ),
    ],
  });
}

function thinned(points: readonly GatePoint[]): readonly GatePoint[] {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter(({ ok }, index) => !ok || index % every === 0);
}

/** Of a sync: what was to be done and what was done, by kind. */
export function drawCounts(frame: Frame, counts: readonly Count[]): string {
  const most = Math.max(1, ...counts.flatMap(({ planned, applied }) => [planned, applied]));
  const labels = counts.map((count) => ({
    ...count,
    most: Math.max(count.planned, count.applied),
    label: count.planned === count.applied ? String(count.applied) : `${count.applied} of ${count.planned}`,
  }));
  return draw(frame, {
    height: counts.length * 30 + 20,
    marginBottom: 8,
    marginRight: 70,
    x: { domain: [0, most], axis: null },
    y: { domain: counts.map(({ kind }) => kind), padding: 0.3 },
    marks: [
      axisY({ tickSize: 0, label: null, color: 'var(--ink)' }),
      barX(counts, { x: 'planned', y: 'kind', fill: 'var(--plain)', fillOpacity: 0.35, rx: 2 }),
      barX(counts, { x: 'applied', y: 'kind', fill: 'var(--good)', rx: 2 }),
      text(labels, { x: 'most', y: 'kind', text: 'label', textAnchor: 'start', dx: 6, fill: 'var(--ink)' }),
      ruleX([0], { stroke: 'var(--line)' }),
    ],
  });
}
