import { examples, type AddVerb } from '../command.ts';
import { whoAsks } from '../identity.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { sendMessage } from '../send-message.ts';
import { BY_OPTION, JSON_OPTION } from '../verb-options.ts';

export const addPromote: AddVerb = (program, { terminal, does }) => {
  program
    .command('promote <name>')
    .description('end the running hold now; the gates must be passing')
    .option('--full', 'end all holds that are left, not only this one')
    .option(...BY_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('promote www.example.com --full'))
    .action(
      does((name, flags) => {
        const request = { by: whoAsks(flags.by, terminal.env), full: flags.full === true };
        return sendMessage(terminal, flags, { verb: 'promote', name, request });
      }),
    );
};
