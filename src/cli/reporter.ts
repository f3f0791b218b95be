import type { DeployStatus } from '../contracts/deploy.ts';
import { openDrawing } from './drawing.ts';
import type { RunEnd } from './look-at-run.ts';
import { changeLines, closingLines, phaseWords, speechlessLines, statusLines, type View } from './render.ts';
import type { Terminal } from './terminal.ts';
import { clock, outside } from './words.ts';

/** How a run that is being followed is shown: live, in plain lines, or as JSON. */
export interface Reporter {
  /** What stands now; called at every look. */
  show(status: DeployStatus): void;
  /** A sentence of the client: the run is away, joined, blocked. */
  say(sentence: string): void;
  end(end: RunEnd): void;
}

export interface ReporterOptions {
  readonly terminal: Terminal;
  readonly record: string;
  readonly link: string | null;
  readonly json: boolean;
}

/** Objects a line for programs, a view that is redrawn with a terminal, one line a state change without. */
export function openReporter(options: ReporterOptions): Reporter {
  if (options.json) return jsonReporter(options);
  return options.terminal.live ? liveReporter(options) : plainReporter(options);
}

function viewOf({ terminal, link }: ReporterOptions): View {
  return { paint: (style, text) => terminal.paint(style, text), now: Date.now(), link };
}

/** The four last lines of any end. */
export function endLines(end: RunEnd, record: string, view: View): readonly string[] {
  return end.kind === 'reported' ? closingLines(end.status, view) : speechlessLines(record, end, view);
}

function plainReporter(options: ReporterOptions): Reporter {
  const { terminal, record } = options;
  let before: DeployStatus | null = null;
  const show = (status: DeployStatus): void => {
    for (const line of changeLines(before, status)) terminal.out(line);
    before = status;
  };
  return {
    show,
    say: (sentence) => terminal.err(`${clock(Date.now())}  ${sentence}`),
    end: (end) => {
      if (end.kind === 'reported') show(end.status);
      for (const line of endLines(end, record, viewOf(options))) terminal.out(line);
    },
  };
}

function liveReporter(options: ReporterOptions): Reporter {
  const { terminal, record } = options;
  const drawing = openDrawing(terminal);
  return {
    show: (status) => drawing.draw(statusLines(status, viewOf(options))),
    say: (sentence) => {
      terminal.err(sentence);
      drawing.leave();
    },
    end: (end) => {
      if (end.kind === 'reported') drawing.draw(statusLines(end.status, viewOf(options)));
      for (const line of endLines(end, record, viewOf(options))) terminal.out(line);
    },
  };
}

/** One object a line, each with `schemaVersion` and `event`: `status` when something changed, `say`, `end`. */
function jsonReporter({ terminal, record }: ReporterOptions): Reporter {
  let before = '';
  const write = (event: string, rest: Readonly<Record<string, unknown>>): void =>
    terminal.document(JSON.stringify({ schemaVersion: 1, event, at: Date.now(), record, ...rest }));
  return {
    show: (status) => {
      const text = JSON.stringify(status);
      if (text !== before) write('status', { status });
      before = text;
    },
    say: (sentence) => {
      write('say', { sentence });
      terminal.err(sentence);
    },
    end: (end) =>
      write(
        'end',
        end.kind === 'reported'
          ? { outcome: end.status.outcome, status: end.status }
          : { outcome: null, why: end.why, status: end.last },
      ),
  };
}

/** What is said of a run that somebody stops following. */
export function goesOn(record: string, status: DeployStatus | null): string {
  const stage = status === null ? '' : ` (${phaseWords(status, Date.now())})`;
  return `the deployment of ${outside(record)} goes on${stage}: ./switchyard watch ${record}`;
}
