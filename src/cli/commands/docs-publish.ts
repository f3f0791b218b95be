import { askForBuild, DETACH_OPTION, onCancelOption, REF_OPTION, WAIT_OPTION } from '../ask-for-build.ts';
import { examples, type AddVerb } from '../command.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { BY_OPTION, CONFIG_OPTION, JSON_LINES_OPTION } from '../verb-options.ts';

export const addDocsPublish: AddVerb = (docs, { terminal, does }) => {
  docs
    .command('publish')
    .description(
      'build a site of switchyard.yaml, check it by its gates, and publish it; an unchanged source costs a look',
    )
    .argument('<site>', 'a site of switchyard.yaml')
    .option(...REF_OPTION)
    .option(...DETACH_OPTION)
    .option(...WAIT_OPTION)
    .addOption(onCancelOption())
    .option(...BY_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .option('--version <name>', 'the version of the documentation', 'latest')
    .option(...JSON_LINES_OPTION)
    .addHelpText('after', examples('docs publish handbook', 'docs publish handbook --version v1.2.0 --wait 20m'))
    .action(does((site, flags) => askForBuild(terminal, { site, publish: true, flags })));
};
