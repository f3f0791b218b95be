import { examples, type AddVerb } from '../command.ts';
import { whoAsks } from '../identity.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { sendMessage } from '../send-message.ts';
import { BY_OPTION, JSON_OPTION } from '../verb-options.ts';

export const addResume: AddVerb = (program, { terminal, does }) => {
  program
    .command('resume <name>')
    .description('let the clock of a paused deployment run again')
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option(...BY_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('resume www.example.com'))
    .action(
      does((name, flags) => {
        const request = { by: whoAsks(flags.by, terminal.env), reason: flags.reason };
        return sendMessage(terminal, flags, { verb: 'resume', name, request });
      }),
    );
};
