import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { must } from '../must-read.ts';
import { parsePairName } from '../parse/pair-name.ts';
import type { Terminal } from '../terminal.ts';

export const addLogout: AddVerb = (program, { terminal, does }) => {
  program
    .command('logout <pair>')
    .description("forget a pair's sign-in at Microsoft, where SWITCHYARD_TOKEN_DIR is the worker's; without Temporal")
    .option('--json', 'one JSON document')
    .addHelpText('after', examples('logout tasks'))
    .action(does((pair, flags) => logout(terminal, pair, flags)));
};

/** The pair need not be declared any more: what is kept of an old one must be forgettable. */
async function logout(
  terminal: Terminal,
  name: string,
  flags: { readonly json?: true | undefined },
): Promise<ExitCode> {
  const pair = must(parsePairName(name));
  const { forgetHere } = await import('../forget-here.ts');
  const { file, forgotten } = await forgetHere(terminal.env, pair);
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, pair, forgotten, file }, null, 2));
  else if (forgotten) for (const line of forgottenLines(file)) terminal.out(line);
  else terminal.out(`nothing to forget  there is no sign-in at ${file}`);
  return EXIT.done;
}

/** What a person may still want to end lies with Microsoft, out of our reach. */
const forgottenLines = (file: string): readonly string[] => [
  `forgotten  ${file}`,
  'worker     runs of this pair stop at their next look, and say that somebody has to sign in',
  'Microsoft  a copy of the file would still be good: end it at https://myapps.microsoft.com or https://account.live.com/consent/Manage',
];
