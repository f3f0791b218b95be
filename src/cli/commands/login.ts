import { examples, type AddVerb } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { must } from '../must-read.ts';
import { mustReadPair } from '../pairs.ts';
import { parsePairName } from '../parse/pair-name.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_LINES_OPTION } from '../verb-options.ts';

export const addLogin: AddVerb = (program, { terminal, does }) => {
  program
    .command('login <pair>')
    .description(
      'sign in at Microsoft for a pair of switchyard.yaml, by a code, without Temporal; run it where the worker finds SWITCHYARD_TOKEN_DIR',
    )
    .option(...JSON_LINES_OPTION)
    .option(...CONFIG_OPTION)
    .addHelpText('after', examples('login tasks'))
    .action(does((pair, flags) => login(terminal, pair, flags)));
};

interface LoginFlags {
  readonly json?: true | undefined;
  readonly config?: string | undefined;
}

async function login(terminal: Terminal, name: string, flags: LoginFlags): Promise<ExitCode> {
  const pair = must(parsePairName(name));
  const { spec } = await mustReadPair(terminal, pair, flags.config);
  const { logIn } = await import('../log-in.ts');
  return logIn(terminal, { pair, to: spec.to }, flags.json === true ? 'json' : 'lines');
}
