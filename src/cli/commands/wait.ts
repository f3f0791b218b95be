import { Option } from '@commander-js/extra-typings';
import { WAIT_GOALS, type WaitGoal } from '../../core/dns/wait-goal.ts';
import { awaitGoal } from '../await-goal.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { hearInterrupts } from '../interrupts.ts';
import { must, mustBeSubject } from '../must-read.ts';
import { parseSpan } from '../parse/numbers.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { BLOCKED_WAIT_OPTION, JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { outside } from '../words.ts';

export const addWait: AddVerb = (program, { terminal, does }) => {
  program
    .command('wait <name>')
    .description('wait until the newest deployment of a record has come to what is asked for; prints one line')
    .addOption(
      new Option(
        '--for <what>',
        'promoted: black serves; restored: red serves, also where nothing was written; red-idle: no cache may hold red any more, so that it can be taken down',
      )
        .choices(WAIT_GOALS)
        .makeOptionMandatory(),
    )
    .option('--timeout <duration>', 'stop waiting after this (exit 5); default: never')
    .option(...BLOCKED_WAIT_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples('wait www.example.com --for promoted --timeout 2h', 'wait www.example.com --for red-idle'),
    )
    .action(does((name, flags) => wait(terminal, name, { ...flags, goal: flags.for })));
};

interface WaitFlags extends PlaceFlags {
  readonly goal: WaitGoal;
  readonly timeout?: string | undefined;
  readonly blockedWait: string;
  readonly json?: true | undefined;
}

async function wait(terminal: Terminal, name: string, flags: WaitFlags): Promise<ExitCode> {
  const record = mustBeSubject(name);
  const { goal } = flags;
  const timeoutMs = flags.timeout === undefined ? null : must(parseSpan(flags.timeout, '--timeout'));
  const blockedWaitMs = must(parseSpan(flags.blockedWait, '--blocked-wait'));
  return withTemporal(terminal, flags, async (temporal) => {
    const interrupts = hearInterrupts();
    const say = (sentence: string) => terminal.err(sentence);
    try {
      const asked = { record, goal, timeoutMs, blockedWaitMs, interrupts, say };
      const { exit, sentence, status } = await awaitGoal(temporal, asked);
      const document = { schemaVersion: 1, record, goal, holds: exit === EXIT.done, sentence, status };
      if (flags.json === true) terminal.document(JSON.stringify(document, null, 2));
      else terminal.out(`${record}  ${outside(sentence)}`);
      return exit;
    } finally {
      interrupts.stop();
    }
  });
}
