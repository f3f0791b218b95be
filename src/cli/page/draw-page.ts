import { timeOfDay } from '../../core/clock-time.ts';
import { formatDuration } from '../../core/duration.ts';
import type { GateSeries, Sentence, Span, Story, Tone } from '../../core/story/story.ts';
import { closing, MARKS, outcomeWords } from '../render-story.ts';
import { day } from '../words.ts';
import { escapeHtml } from './escape-html.ts';
import { drawCounts, drawGate, drawShares, drawTimeLine, sizesFor, type Frame, type Size } from './plots.ts';
import { STYLE } from './style.ts';
import { timeScale, type TimeScale } from './time-scale.ts';

export interface PageView {
  /** The run's page in the UI; null where nobody said where the UI is. */
  readonly link: string | null;
  /** When the page is made: of a run that goes on it shows what was until then. */
  readonly now: number;
}

/**
 * A story as one page with pictures. It needs nothing beside itself: no script, no font, no picture is fetched, and its policy lets none be. All
 * text from outside is escaped.
 */
export function drawPage(story: Story, view: PageView): string {
  const title = `${story.subject}: ${outcomeWords(story)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${header(story)}
${ending(story, view)}
${pictures(story, canvasOf(story, view))}
<h2>What happened</h2>
<ol>
${numbered(story)
  .flatMap((sentence, index, all) => items(sentence, all[index - 1]))
  .join('\n')}
</ol>
<footer>${escapeHtml(footer(story, view))}</footer>
</main>
</body>
</html>
`;
}

const KINDS = {
  deployment: 'Deployment of a record',
  group: 'Deployment of a group of records',
  sync: 'Sync of tasks',
  docs: 'Build of documentation',
  guard: 'Guard of fences',
  reset: 'Reset of a record',
  other: 'Run',
} satisfies Record<Story['kind'], string>;

function header(story: Story): string {
  const { kind, subject, tone, startedAt, endedAt, by } = story;
  const took = endedAt === null ? '' : ` after ${formatDuration(Math.max(0, endedAt - startedAt))}`;
  const facts = [`began ${day(startedAt)} UTC`, ...(by === null ? [] : [`by ${by} (not authenticated)`])];
  return `<p class="kind">${KINDS[kind]}</p>
<h1>${escapeHtml(subject)}</h1>
<p class="outcome ${tone}">${escapeHtml(`${outcomeWords(story)}${took}`)}</p>
<p class="facts">${escapeHtml(facts.join(', '))}</p>`;
}

function ending(story: Story, { link }: PageView): string {
  const rows = closing(story, { link: null }).map(
    ([label, text]) => `<dt>${escapeHtml(label)}</dt><dd>${words(text)}</dd>`,
  );
  const look =
    link !== null && /^https?:\/\//.test(link)
      ? [`<dt>look</dt><dd><a href="${escapeHtml(link)}">the run in Temporal</a></dd>`]
      : [];
  return rows.length + look.length === 0 ? '' : `<dl>\n${[...rows, ...look].join('\n')}\n</dl>`;
}

/** Commands stand out, so that they can be copied. */
const words = (text: string): string =>
  text
    .split(COMMANDS)
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : `<code>${escapeHtml(part)}</code>`))
    .join('');

/** Up to a mark of punctuation that ends it; the group makes `split` keep it. */
const COMMANDS = /(\.\/switchyard(?: (?![,;(])[^\s,;]+)*)/;

/** A sentence, and the number under which it is marked on the line of time; null where it is not. */
interface Numbered extends Sentence {
  readonly number: string | null;
}

const MARKED: readonly Tone[] = ['bad', 'waiting', 'said'];

/** More marks than this would lie on one another. */
const MOST_MARKS = 30;

function numbered({ sentences }: Story): readonly Numbered[] {
  const marked = sentences.filter(({ tone, detail }) => !detail && MARKED.includes(tone)).slice(0, MOST_MARKS);
  return sentences.map((sentence) => {
    const index = marked.indexOf(sentence);
    return { ...sentence, number: index === -1 ? null : String(index + 1) };
  });
}

function items(sentence: Numbered, before: Sentence | undefined): readonly string[] {
  const { at, text, detail } = sentence;
  const [date = ''] = day(at).split(' ');
  const changed = before === undefined || !day(before.at).startsWith(date);
  const time = `<time datetime="${new Date(at).toISOString()}">${timeOfDay(at)}</time>`;
  const item = `<li${detail ? ' class="detail"' : ''}>${time}${mark(sentence)}<span>${words(text)}</span></li>`;
  return changed ? [`<li class="day">${date} (UTC)</li>`, item] : [item];
}

const mark = ({ number, tone }: Numbered): string =>
  number === null ? `<b class="${tone}">${MARKS[tone]}</b>` : `<b class="event ${tone}">${number}</b>`;

function footer({ workflowId, runIds, workflowType }: Story, { now }: PageView): string {
  return `${workflowId} (${workflowType}), run ${runIds.join(', ')}. Told from its history by switchyard show, ${day(now)} UTC. All times are UTC; names of people are as they gave them.`;
}

/** What all pictures of a page have in common. */
interface Canvas {
  readonly scale: TimeScale;
  readonly sizes: Readonly<Record<string, Size>>;
}

const canvasOf = ({ startedAt, endedAt, pictures: { spans, counts } }: Story, { now }: PageView): Canvas => ({
  scale: timeScale(startedAt, endedAt ?? now),
  sizes: sizesFor([...spans.map(({ lane }) => lane), ...counts.map(({ kind }) => kind)]),
});

function pictures(story: Story, canvas: Canvas): string {
  const { shares, gates, spans, counts } = story.pictures;
  const done = counts.filter(({ planned, applied }) => planned > 0 || applied > 0);
  return [
    ...(shares.length === 0
      ? []
      : [figure({ title: 'Share of the answers', legend: SIDES, canvas }, (frame) => drawShares(frame, shares))]),
    ...gates
      .filter(({ points }) => points.length > 0)
      .map((series) =>
        figure({ title: `Gate ${series.gate}`, legend: gateLegend(series), canvas }, (frame) =>
          drawGate(frame, series),
        ),
      ),
    ...(done.length === 0
      ? []
      : [figure({ title: 'Tasks', legend: COUNTED, canvas }, (frame) => drawCounts(frame, done))]),
    ...(spans.length === 0 ? [] : [timeLine(story, canvas)]),
  ].join('\n');
}

/** What a colour, or the line of a bound, stands for. */
type Legend = readonly (readonly [colour: string, text: string])[];

const SIDES: Legend = [
  ['--black', 'black'],
  ['--red', 'red'],
];
const COUNTED: Legend = [
  ['--good', 'done'],
  ['--plain', 'planned'],
];
const TONES = {
  good: 'went well',
  bad: 'went wrong',
  waiting: 'waited',
  said: 'somebody said',
  plain: 'stopped',
} satisfies Record<Tone, string>;

/** Of what there is. */
const toneLegend = (tones: readonly Tone[]): Legend =>
  Object.entries(TONES)
    .filter(([tone]) => tones.includes(tone as Tone))
    .map(([tone, text]) => [`--${tone}`, text] as const);

function gateLegend({ points, failWhen, unit }: GateSeries): Legend {
  const sides = points.some(({ side }) => side === 'red');
  const ill = points.some(({ ok }) => !ok);
  const words =
    failWhen === null
      ? ''
      : `fails at ${OPERATORS[failWhen.operator]} ${failWhen.bound}${unit === '' ? '' : ` ${unit}`}`;
  return [
    ...(sides ? GATE_SIDES : []),
    ...(ill ? ([['--bad', 'failed']] as const) : []),
    ...(words === '' ? [] : ([[BOUND, words]] as const)),
  ];
}

const OPERATORS = { '>': '>', '>=': '≥', '<': '<', '<=': '≤' };
const BOUND = 'bound';
const GATE_SIDES: Legend = [
  ['--black', 'black'],
  ['--red-ink', 'red'],
];

function timeLine(story: Story, canvas: Canvas): string {
  const { spans } = story.pictures;
  const lanes = lanesOf(story.kind, spans);
  const marks = numbered(story).flatMap(({ number, ...one }) => (number === null ? [] : [{ ...one, number }]));
  const durations = story.kind !== 'deployment' && story.kind !== 'group';
  const legend = toneLegend([...spans, ...marks].map(({ tone }) => tone));
  return figure({ title: 'Steps and events', legend, canvas }, (frame) =>
    drawTimeLine(frame, { spans, lanes, marks, durations }),
  );
}

const ORDER: readonly string[] = ['check', 'approval', 'write', 'settle', 'watch', 'pause', 'roll back'];

/** Of a deployment in the order of its work; else as they came. */
function lanesOf(kind: Story['kind'], spans: readonly Span[]): readonly string[] {
  const lanes = [...new Set(spans.map(({ lane }) => lane))];
  return kind === 'deployment' || kind === 'group' ? ORDER.filter((lane) => lanes.includes(lane)) : lanes;
}

interface Figure {
  readonly title: string;
  readonly legend: Legend;
  readonly canvas: Canvas;
}

/** Drawn once for each size. */
function figure({ title, legend, canvas }: Figure, draw: (frame: Frame) => string): string {
  const { scale, sizes } = canvas;
  const keys = legend.map(([colour, text]) => `<span>${swatch(colour)}${escapeHtml(text)}</span>`).join('');
  const says = escapeHtml(title); // the drawing escapes its texts, and of attributes only their quotes
  const drawn = Object.entries(sizes).map(
    ([name, size]) => `<div class="${name}">${draw({ size, scale, says })}</div>`,
  );
  return `<figure><figcaption>${escapeHtml(title)}${keys}</figcaption>${drawn.join('')}</figure>`;
}

const swatch = (colour: string): string =>
  colour === BOUND ? '<i class="bound"></i>' : `<i style="background: var(${colour})"></i>`;
