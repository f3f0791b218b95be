import { openDrawing } from './drawing.ts';
import type { Ended, RunEnd, Told } from './look-at-run.ts';
import type { View } from './render.ts';
import type { Terminal } from './terminal.ts';
import { clock } from './words.ts';

/** How a run that is being followed is shown: live, in plain lines, or as JSON. */
export interface Reporter<Look, Status extends Told> {
  /** What stands now; called at every look. */
  show(look: Look): void;
  /** A sentence of the client: the run is away, joined, throttled, interrupted. */
  say(sentence: string): void;
  end(end: RunEnd<Status>): void;
}

/** What runs of one kind look like. */
export interface Face<Look, Status extends Told> {
  /** What every JSON object says of whose run it is. */
  readonly subject: Readonly<Record<string, string>>;
  /** As it is drawn again and again on a terminal. */
  readonly drawn: (look: Look, view: View) => readonly string[];
  /** What is drawn last; null: what is drawn already stays. */
  readonly drawnLast: (end: RunEnd<Status>, view: View) => readonly string[] | null;
  /** What is new since the last call, for logs. */
  readonly news: (look: Look) => readonly string[];
  readonly newsOfEnd: (status: Ended<Status>) => readonly string[];
  /** As JSON. */
  readonly facts: (look: Look) => Readonly<Record<string, unknown>>;
  /** The last lines of any end. */
  readonly endLines: (end: RunEnd<Status>, view: View) => readonly string[];
}

export interface ReporterOptions {
  readonly terminal: Terminal;
  readonly link: string | null;
  readonly json: boolean;
}

/** Objects a line for programs, a view that is redrawn with a terminal, one line a change without. */
export function openReporter<Look, Status extends Told>(
  face: Face<Look, Status>,
  { terminal, link, json }: ReporterOptions,
): Reporter<Look, Status> {
  if (json) return jsonReporter(face, terminal);
  const view = (): View => ({ paint: terminal.paint, now: Date.now(), link });
  return terminal.live ? liveReporter(face, terminal, view) : plainReporter(face, terminal, view);
}

function plainReporter<Look, Status extends Told>(
  face: Face<Look, Status>,
  terminal: Terminal,
  view: () => View,
): Reporter<Look, Status> {
  const print = (lines: readonly string[]): void => lines.forEach((line) => terminal.out(line));
  return {
    show: (look) => print(face.news(look)),
    say: (sentence) => terminal.err(`${clock(Date.now())}  ${sentence}`),
    end: (end) => {
      if (end.kind === 'reported') print(face.newsOfEnd(end.status));
      print(face.endLines(end, view()));
    },
  };
}

function liveReporter<Look, Status extends Told>(
  face: Face<Look, Status>,
  terminal: Terminal,
  view: () => View,
): Reporter<Look, Status> {
  const drawing = openDrawing(terminal);
  return {
    show: (look) => drawing.draw(face.drawn(look, view())),
    say: (sentence) => {
      terminal.err(sentence);
      drawing.leave();
    },
    end: (end) => {
      const last = face.drawnLast(end, view());
      if (last !== null) drawing.draw(last);
      for (const line of face.endLines(end, view())) terminal.out(line);
    },
  };
}

/** One object a line, each with `schemaVersion` and `event`: `status` when something changed, `say`, `end`. */
function jsonReporter<Look, Status extends Told>(
  { subject, facts }: Face<Look, Status>,
  terminal: Terminal,
): Reporter<Look, Status> {
  let before = '';
  const write = (event: string, rest: Readonly<Record<string, unknown>>): void =>
    terminal.document(JSON.stringify({ schemaVersion: 1, event, at: Date.now(), ...subject, ...rest }));
  return {
    show: (look) => {
      const now = facts(look);
      const text = JSON.stringify(now);
      if (text !== before) write('status', now);
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
