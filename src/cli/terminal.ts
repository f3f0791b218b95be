import { styleText } from 'node:util';

export type Style = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** Where a command writes, and what it knows of its surroundings. Every line passes one place that makes it harmless. */
export interface Terminal {
  /** The answer: stdout. One line. */
  readonly out: (line: string) => void;
  /** What goes on meanwhile, and problems: stderr. One line. */
  readonly err: (line: string) => void;
  /** A whole document for programs (JSON): nothing in it is changed. */
  readonly document: (text: string) => void;
  /** A command for the CI that runs us, already escaped: stderr, so that stdout stays one document. */
  readonly command: (text: string) => void;
  /** Moves up and clears: only with a terminal. */
  readonly redraw: (linesUp: number) => void;
  readonly paint: (style: Style, text: string) => string;
  /** Stdout is a terminal: lines may be rewritten. */
  readonly live: boolean;
  readonly columns: number;
  readonly env: Environment;
  readonly cwd: string;
  /** GITHUB_ACTIONS: annotations and a step summary. */
  readonly github: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Streams {
  readonly stdout: Sink;
  readonly stderr: Sink;
}
interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The terminal of this process. `NO_COLOR` and `TERM=dumb` are honoured. */
export function openTerminal({ stdout, stderr }: Streams, env: Environment, cwd: string): Terminal {
  const live = stdout.isTTY === true && env['TERM'] !== 'dumb';
  const colour = live && (env['NO_COLOR'] ?? '') === '';
  return {
    out: (line) => void stdout.write(`${harmless(line)}\n`),
    err: (line) => void stderr.write(`${harmless(line)}\n`),
    document: (text) => void stdout.write(`${text}\n`),
    command: (text) => void stderr.write(`${text}\n`),
    redraw: (linesUp) => void (live && linesUp > 0 && stdout.write(`\u001b[${linesUp}A\u001b[0J`)),
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    live,
    columns: stdout.columns ?? 100,
    env,
    cwd,
    github: env['GITHUB_ACTIONS'] === 'true',
  };
}

/**
 * One line that moves no cursor, hides nothing and commands no CI: control characters and direction marks go, colours stay,
 * and what GitHub's runner would take for a command (`::` first in a line, `##[` anywhere) is broken up.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function harmless(line: string): string {
  return (
    line
      // eslint-disable-next-line no-control-regex -- exactly these are what must not get through
      .replace(/\u001b(?!\[\d{1,2}m)|[\u0000-\u0008\u000a-\u001a\u001c-\u001f\u007f-\u009f]/g, ' ')
      .replace(/[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
      .replace(/^(\s*):(?=:)/, '$1: ')
      .replace(/##\[/g, '## [')
  );
}
