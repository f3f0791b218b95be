import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { must } from '../must-read.ts';
import { readPairs } from '../pairs.ts';
import { parsePairName } from '../parse/pair-name.ts';
import { Stop } from '../stop.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';

export const addLogout: AddVerb = (program, { terminal, does }) => {
  program
    .command('logout <pair>')
    .description("forget a pair's sign-in at Microsoft, where SWITCHYARD_TOKEN_DIR is the worker's; without Temporal")
    .option('--config <file>', 'switchyard.yaml, to tell a name that is mistyped; default: as for login')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('logout tasks'))
    .action(does((pair, flags) => logout(terminal, pair, flags)));
};

interface LogoutFlags {
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

/** The pair need not be declared any more: what is kept of an old one must be forgettable. */
async function logout(terminal: Terminal, name: string, flags: LogoutFlags): Promise<ExitCode> {
  const pair = must(parsePairName(name));
  const declared = await declaredNames(terminal, flags.config);
  const { forgetHere } = await import('../forget-here.ts');
  const { file, forgotten } = await forgetHere(terminal.env, pair);
  if (flags.json === true)
    terminal.document(
      JSON.stringify({ schemaVersion: 1, pair, forgotten, file, declared: declared?.includes(pair) ?? null }, null, 2),
    );
  else if (forgotten) for (const line of forgottenLines(file)) terminal.out(line);
  else for (const line of nothingLines(file, pair, declared)) terminal.out(line);
  return EXIT.done;
}

/** @throws Stop with exit 2 where a file that was named cannot be read; one that is only found must keep nobody from logging out. */
async function declaredNames(terminal: Terminal, config: string | undefined): Promise<readonly string[] | null> {
  try {
    const pairs = await readPairs(terminal, config);
    return pairs === null ? null : [...pairs.keys()];
  } catch (cause) {
    if (config !== undefined || !(cause instanceof Stop)) throw cause;
    return null;
  }
}

function nothingLines(file: string, pair: string, declared: readonly string[] | null): readonly string[] {
  const nothing = `nothing to forget  there is no sign-in at ${file}`;
  if (declared === null || declared.includes(pair)) return [nothing];
  return [nothing, `no such pair       switchyard.yaml declares ${declared.join(', ') || 'none'}, and not ${pair}`];
}

/** What a person may still want to end lies with Microsoft, out of our reach. */
const forgottenLines = (file: string): readonly string[] => [
  `forgotten  ${file}`,
  'worker     runs of this pair stop at their next look, and say that somebody has to sign in',
  'Microsoft  a copy of the file would still be good: end it at https://myapps.microsoft.com or https://account.live.com/consent/Manage',
];
