import { examples, type AddVerb } from '../command.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { CONFIG_OPTION } from '../verb-options.ts';

export const addGateway: AddVerb = (program, { terminal, does }) => {
  program
    .command('gateway')
    .description(
      'listen to the webhooks that switchyard.yaml names under hooks:, and start what they ask for; needs Temporal and the secrets of the hooks, and no credentials of any service',
    )
    .option('--listen <host:port>', 'where to listen; put a proxy with TLS in front', '127.0.0.1:8787')
    .option(...CONFIG_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('gateway', 'gateway --listen 0.0.0.0:8787'))
    .action(
      does(async (flags) => {
        const { runGateway } = await import('../run-gateway.ts');
        return runGateway(terminal, flags);
      }),
    );
};
