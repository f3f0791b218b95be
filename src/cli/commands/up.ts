import { examples, type AddVerb } from '../command.ts';
import { mustBePort } from '../parse/port.ts';

export const addUp: AddVerb = (program, { terminal, does }) => {
  program
    .command('up')
    .description(
      'run Temporal and a worker of deployments, syncs and documentation on this machine until Ctrl-C; what runs goes on at the next start',
    )
    .option('--port <port>', 'of Temporal; default: 7233, or another where that is taken')
    .option('--ui-port <port>', 'of the Temporal UI; default: 8233, or another where that is taken')
    .option('--memory', 'keep nothing: no file')
    .addHelpText('after', examples('up', 'up --port 17233'))
    .action(
      does(async (flags) => {
        const ports = { port: mustBePort(flags.port, '--port'), uiPort: mustBePort(flags.uiPort, '--ui-port') };
        const { runUp } = await import('../run-up.ts');
        return runUp(terminal, { ...ports, memory: flags.memory === true });
      }),
    );
};
