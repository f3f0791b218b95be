import { appendFile } from 'node:fs/promises';
import { assertNever } from '../core/assert-never.ts';
import { timeOfDay } from '../core/clock-time.ts';
import { escapeMarkdown } from '../core/escape-markdown.ts';
import type { DeployStatus } from '../contracts/deploy.ts';
import { OUTCOME_WORDS } from './explain.ts';
import type { RunEnd } from './look-at-run.ts';
import { nonEmpty } from './find-file.ts';
import { closingLines, speechlessLines } from './render.ts';
import type { Terminal } from './terminal.ts';
import { about, outside } from './words.ts';

/** Annotations and the step summary of GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */

/** An annotation that fails nothing by itself. Text from outside is escaped as the runner asks for. */
export function annotation(kind: 'error' | 'warning' | 'notice', title: string, text: string): string {
  return `::${kind} title=${escapeProperty(title)}::${escapeData(text)}`;
}

export function githubError(terminal: Terminal, text: string): void {
  terminal.command(annotation('error', 'switchyard', text));
}

const escapeData = (text: string): string => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
const escapeProperty = (text: string): string => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');

export interface SummaryInput {
  readonly record: string;
  readonly end: RunEnd;
  readonly link: string | null;
  readonly now: number;
}

const plain = (_style: unknown, text: string): string => text;

/** The step summary: the last lines, the steps, and the share over time. */
export function stepSummary({ record, end, link, now }: SummaryInput): string {
  const view = { paint: plain, now, link };
  const status = end.kind === 'reported' ? end.status : end.last;
  const title = end.kind === 'reported' ? OUTCOME_WORDS[end.status.outcome] : 'not sure';
  const last = end.kind === 'reported' ? closingLines(end.status, view) : speechlessLines(record, end, view);
  return [
    `## ${escapeMarkdown(record)}: ${title}`,
    '',
    ...last.map((line) => `    ${line}`),
    '',
    ...(status === null ? [] : [...stepsTable(status), '', ...shareChart(status)]),
    '',
  ].join('\n');
}

function stepsTable(status: DeployStatus): readonly string[] {
  if (status.stages.length === 0) return [];
  const rows = status.stages.map(({ label, startedAt, endedAt, outcome, share }) => {
    const took = endedAt === null ? '' : about(endedAt - startedAt);
    return `| ${escapeMarkdown(outside(label))} | ${timeOfDay(startedAt)} | ${took} | ${share} % | ${outcome} |`;
  });
  return ['| step | began (UTC) | took | share on black | outcome |', '|---|---|---|---|---|', ...rows];
}

const MOST_POINTS = 24;

/** A small chart of the share over time; mermaid draws no time axis, so each point is a stage. */
function shareChart(status: DeployStatus): readonly string[] {
  const points = sharesOverTime(status).slice(-MOST_POINTS);
  if (points.length < 2) return [];
  return [
    '```mermaid',
    'xychart-beta',
    '    title "Share of answers that are black\'s, over time in UTC"',
    `    x-axis [${points.map(({ at }) => `"${timeOfDay(at)}"`).join(', ')}]`,
    '    y-axis "per cent" 0 --> 100',
    `    line [${points.map(({ share }) => share).join(', ')}]`,
    '```',
  ];
}

function sharesOverTime(status: DeployStatus): readonly { readonly at: number; readonly share: number }[] {
  const points = status.stages.map(({ startedAt, share }) => ({ at: startedAt, share }));
  const end = status.endedAt === null ? [] : [{ at: status.endedAt, share: status.serving?.share ?? status.share }];
  return [...points, ...end];
}

/** Annotation, summary and the output `outcome`, where this is GitHub Actions. */
export async function tellGithub(terminal: Terminal, input: SummaryInput): Promise<void> {
  const outcome = input.end.kind === 'reported' ? input.end.status.outcome : 'unknown';
  const told = { ...annotationOf(input), subject: input.record, summary: stepSummary(input), outcome };
  await publish(terminal, told);
}

/** What GitHub Actions is told of a run that has ended. */
export interface ToldToGithub {
  readonly subject: string;
  readonly kind: 'error' | 'warning' | 'notice';
  readonly text: string;
  readonly summary: string;
  readonly outcome: string;
}

/** Does nothing elsewhere. */
export async function publish(
  terminal: Terminal,
  { subject, kind, text, summary, outcome }: ToldToGithub,
): Promise<void> {
  if (!terminal.github) return;
  terminal.command(annotation(kind, `switchyard ${subject}`, text));
  const summaryFile = nonEmpty(terminal.env['GITHUB_STEP_SUMMARY']);
  if (summaryFile !== undefined) await appendFile(summaryFile, summary);
  const output = nonEmpty(terminal.env['GITHUB_OUTPUT']);
  if (output !== undefined) await appendFile(output, `outcome=${outcome}\n`);
}

function annotationOf({ record, end, link, now }: SummaryInput): {
  readonly kind: 'error' | 'warning' | 'notice';
  readonly text: string;
} {
  const view = { paint: plain, now, link };
  if (end.kind === 'speechless') return { kind: 'error', text: speechlessLines(record, end, view).join('\n') };
  const text = closingLines(end.status, view).join('\n');
  switch (end.status.outcome) {
    case 'promoted':
    case 'unchanged':
      return { kind: 'notice', text };
    case 'rolled-back':
    case 'superseded':
    case 'refused':
    case 'not-restored':
      return { kind: 'error', text };
    default:
      return assertNever(end.status.outcome);
  }
}
