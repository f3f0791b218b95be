import { examples, type AddVerb } from '../command.ts';
import { whoAsks } from '../identity.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { sendMessage } from '../send-message.ts';
import { BY_OPTION, JSON_OPTION } from '../verb-options.ts';

export const addPause: AddVerb = (program, { terminal, does }) => {
  program
    .command('pause <name>')
    .description('stop the clock of a deployment; its gates stay on and still roll back')
    .option('--reason <text>', 'shown to everybody who looks', 'no reason was given')
    .option(...BY_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('pause www.example.com --reason "waiting for the database"'))
    .action(
      does((name, flags) => {
        const request = { by: whoAsks(flags.by, terminal.env), reason: flags.reason };
        return sendMessage(terminal, flags, { verb: 'pause', name, request });
      }),
    );
};
