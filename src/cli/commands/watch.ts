import { Option } from '@commander-js/extra-typings';
import { deployId } from '../../contracts/deploy.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followToEnd, followTerms, type FollowFlags } from '../follow-to-end.ts';
import { whoAsks } from '../identity.ts';
import { mustBeRecord } from '../must-read.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { problem, Stop } from '../stop.ts';
import { isNotFound } from '../temporal-client.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { withTemporal } from '../with-temporal.ts';

export const addWatch: AddVerb = (program, { terminal, does }) => {
  program
    .command('watch <name>')
    .description('follow a running deployment to its end; one that has ended is shown as it ended')
    .option('--wait <duration>', 'stop waiting after this (exit 5); the deployment goes on')
    .option('--blocked-wait <duration>', 'exit 4 when a rollback is blocked for this long; it keeps trying', '5m')
    .addOption(
      new Option('--on-cancel <what>', 'at Ctrl-C and SIGTERM')
        .choices(['leave', 'abort'] as const)
        .default('leave' as const),
    )
    .option('--json', 'one JSON object a line')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('watch www.example.com --wait 45m'))
    .action(does((name, flags) => watch(terminal, name, flags)));
};

async function watch(terminal: Terminal, name: string, flags: FollowFlags & PlaceFlags): Promise<ExitCode> {
  const record = mustBeRecord(name);
  const terms = followTerms(flags);
  return withTemporal(terminal, flags, async (temporal) => {
    const workflowId = deployId(record);
    const { runId } = await temporal
      .ask(() => temporal.client.workflow.getHandle(workflowId).describe())
      .catch((cause: unknown) => {
        throw isNotFound(cause) ? unknown(record, cause) : cause;
      });
    const by = whoAsks(undefined, terminal.env);
    return followToEnd(terminal, { temporal, run: { workflowId, runId, joined: true }, record, by, terms });
  });
}

function unknown(record: string, cause: unknown): Stop {
  return new Stop(
    EXIT.refused,
    [
      problem(
        `no deployment of ${record} is known to Temporal`,
        null,
        `start one with ./switchyard deploy ${record} --to VALUE`,
      ),
    ],
    cause,
  );
}
