import type { ResolveRequest } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { whoAsks } from '../identity.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { sendMessage } from '../send-message.ts';
import { problem, Stop } from '../stop.ts';
import { JSON_OPTION } from '../verb-options.ts';

export const addResolve: AddVerb = (program, { terminal, does }) => {
  program
    .command('resolve <name>')
    .description('decide a blocked rollback, or a record that somebody else changed')
    .option('--retry', 'try to restore red again, now')
    .option('--leave', 'leave what stands there; the deployment ends as not restored')
    .option('--reason <text>', 'why it is left; kept in the history')
    .option('--by <who>', 'who decides (not authenticated); default: CI or OS user')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples(
        'resolve www.example.com --retry',
        'resolve www.example.com --leave --reason "moved by hand to 192.0.2.30"',
      ),
    )
    .action(
      does((name, flags) => {
        const request: ResolveRequest = {
          by: whoAsks(flags.by, terminal.env),
          decision: decisionOf(flags),
          reason: flags.reason ?? '',
        };
        return sendMessage(terminal, flags, { verb: 'resolve', name, request });
      }),
    );
};

interface Decision {
  readonly retry?: true | undefined;
  readonly leave?: true | undefined;
  readonly reason?: string | undefined;
}

function decisionOf({ retry, leave, reason }: Decision): ResolveRequest['decision'] {
  const problems = [
    ...(retry === leave
      ? [
          problem(
            retry === true ? '--retry and --leave exclude each other' : 'no decision was given',
            '--retry, or --leave --reason TEXT',
          ),
        ]
      : []),
    ...(leave === true && (reason ?? '').trim() === ''
      ? [problem('--leave without a reason', '--leave --reason TEXT, for whoever looks later')]
      : []),
  ];
  if (problems.length > 0) throw new Stop(EXIT.usage, problems);
  return retry === true ? 'retry' : 'leave';
}
