import type { SyncStatus } from '../contracts/sync.ts';
import { openDrawing } from './drawing.ts';
import type { RunEnd } from './look-at-run.ts';
import type { SyncLook } from './look-at-sync.ts';
import type { View } from './render.ts';
import { progressWords, speechlessSyncLines, syncChangeLines, syncClosingLines, syncLines } from './render-sync.ts';
import type { Terminal } from './terminal.ts';
import { clock } from './words.ts';

/** How a run of a pair that is being followed is shown: live, in plain lines, or as JSON. */
export interface SyncReporter {
  /** What stands now; called at every look. */
  show(look: SyncLook): void;
  /** A sentence of the client: joined, throttled, interrupted. */
  readonly say: (sentence: string) => void;
  end(end: RunEnd<SyncStatus>): void;
}

export interface SyncReporterOptions {
  readonly terminal: Terminal;
  readonly pair: string;
  readonly link: string | null;
  readonly json: boolean;
}

/** Objects a line for programs, a view that is redrawn with a terminal, one line a change without. */
export function openSyncReporter(options: SyncReporterOptions): SyncReporter {
  if (options.json) return jsonReporter(options);
  return options.terminal.live ? liveReporter(options) : plainReporter(options);
}

const viewOf = ({ terminal, link }: SyncReporterOptions): View => ({ paint: terminal.paint, now: Date.now(), link });

/** The last lines of any end. */
export function syncEndLines(end: RunEnd<SyncStatus>, pair: string, view: View): readonly string[] {
  return end.kind === 'reported' ? syncClosingLines(end.status, view) : speechlessSyncLines(pair, end, view);
}

const PROGRESS_EVERY_MS = 5_000;

function plainReporter(options: SyncReporterOptions): SyncReporter {
  const { terminal, pair } = options;
  const progress = progressLines((line) => terminal.out(line));
  let before: SyncStatus | null = null;
  const changes = (status: SyncStatus): void => {
    for (const line of syncChangeLines(before, status)) terminal.out(line);
    before = status;
  };
  return {
    show: (look) => {
      if (look.status !== null) changes(look.status);
      progress(look);
    },
    say: (sentence) => terminal.err(`${clock(Date.now())}  ${sentence}`),
    end: (end) => {
      if (end.kind === 'reported') changes(end.status);
      for (const line of syncEndLines(end, pair, viewOf(options))) terminal.out(line);
    },
  };
}

/** A line when the counts have changed, and not for every one of thousands of tasks. */
function progressLines(out: (line: string) => void): (look: SyncLook) => void {
  let said = '';
  let at = 0;
  return (look) => {
    const words = progressWords(look) ?? said;
    if (words === said || Date.now() - at < PROGRESS_EVERY_MS) return;
    [said, at] = [words, Date.now()];
    out(`${clock(at)}  ${words}`);
  };
}

function liveReporter(options: SyncReporterOptions): SyncReporter {
  const { terminal, pair } = options;
  const drawing = openDrawing(terminal);
  return {
    show: (look) => drawing.draw(syncLines(look, viewOf(options))),
    say: (sentence) => {
      terminal.err(sentence);
      drawing.leave();
    },
    end: (end) => {
      drawing.draw([]);
      for (const line of syncEndLines(end, pair, viewOf(options))) terminal.out(line);
    },
  };
}

/** One object a line, each with `schemaVersion` and `event`: `status` when something changed, `say`, `end`. */
function jsonReporter({ terminal, pair }: SyncReporterOptions): SyncReporter {
  let before = '';
  const write = (event: string, rest: Readonly<Record<string, unknown>>): void =>
    terminal.document(JSON.stringify({ schemaVersion: 1, event, at: Date.now(), pair, ...rest }));
  return {
    show: ({ status, beat, trouble }) => {
      const text = JSON.stringify([status, beat?.totals, trouble]);
      if (text !== before) write('status', { status, progress: progressOf(beat), trouble });
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

/** Of the activity that is under way. */
function progressOf(beat: SyncLook['beat']) {
  return beat === null ? null : { applied: beat.totals.applied, planned: beat.planned };
}
