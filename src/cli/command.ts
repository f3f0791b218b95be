import type { Command } from '@commander-js/extra-typings';
import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** What every verb is given. */
export interface Context {
  readonly terminal: Terminal;
  /** Makes an action of a verb: its exit code is the program's. */
  readonly does: <Args extends readonly unknown[]>(
    action: (...args: Args) => Promise<ExitCode>,
  ) => (...args: Args) => Promise<void>;
}

/** One verb, in a file of its own. */
export type AddVerb = (program: Command, context: Context) => void;

/** How a verb ends its `--help`. */
export const examples = (...lines: readonly string[]): string =>
  ['', lines.length === 1 ? 'Example:' : 'Examples:', ...lines.map((line) => `  $ ./switchyard ${line}`)].join('\n');

/** An option that may be given several times. */
export const collect = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];
