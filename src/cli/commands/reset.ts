import type { ResetSight, ResetTask } from '../../contracts/reset.ts';
import { collect, examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readDeclared } from '../declared.ts';
import { exitOfReset, exitOfSight, resetLines } from '../render-reset.ts';
import { resetTasks, type ResetFlags } from '../reset-tasks.ts';
import { askRunningToAbort } from '../ask-running.ts';
import { problem, Stop } from '../stop.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';

export const addReset: AddVerb = (program, { terminal, does }) => {
  program
    .command('reset [names...]')
    .description(
      "put records, and groups as group/G, back on their declared default, at any time, without Temporal, with the caller's own AWS credentials",
    )
    .option('--all', 'every record of switchyard.yaml that declares a default')
    .option('--to <values>', 'these values instead of the declared default (one name)', collect)
    .option('--to-snapshot', 'what the fence of a deployment that died in the middle holds')
    .option('--ttl <seconds>', 'TTL of what is put back; default: as before')
    .option(
      '--zone <zone>',
      'zone id or exact zone name; default: of switchyard.yaml, else the longest zone that holds the record',
    )
    .option('--role <name>', 'whose credentials reach the zone: a name of your own SWITCHYARD_ROLES')
    .option('--force', 'overwrite what somebody else wrote')
    .option('--dry-run', 'show what would be put back, write nothing')
    .option('--exit-code', 'with --dry-run: exit 8 when there is something to put back')
    .option('--by <who>', 'who asks, told to a running deployment; default: CI or OS user')
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .option('--address <host:port>', 'Temporal, to ask a running deployment to abort first')
    .option('--namespace <name>', 'Temporal namespace')
    .addHelpText(
      'after',
      examples(
        'reset www.example.com',
        'reset group/shop',
        'reset --all --dry-run',
        'reset www.example.com --to 192.0.2.10',
        'reset www.example.com --to-snapshot',
      ),
    )
    .action(does((names, flags) => reset(terminal, names, flags)));
};

interface Flags extends ResetFlags, PlaceFlags {
  readonly force?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly exitCode?: true | undefined;
  readonly by?: string | undefined;
  readonly json?: true | undefined;
  readonly config?: string | undefined;
}

async function reset(terminal: Terminal, names: readonly string[], flags: Flags): Promise<ExitCode> {
  const dry = flags.dryRun === true;
  if (flags.exitCode === true && !dry)
    throw new Stop(EXIT.usage, [problem('--exit-code says nothing without --dry-run', '--dry-run --exit-code')]);
  const tasks = resetTasks(names, flags, await readDeclared(terminal, flags.config));
  terminal.err(`${dry ? 'looking' : 'resetting'} without Temporal, with this client's own AWS credentials`);
  const rows = await run(terminal, tasks, flags);
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, dryRun: dry, records: rows }, null, 2));
  else for (const line of resetLines(rows, terminal.paint)) terminal.out(line);
  if (dry) terminal.err('Nothing was written.');
  return dry ? exitOfSight(rows, flags.exitCode === true) : exitOfReset(rows);
}

async function run(terminal: Terminal, tasks: readonly ResetTask[], flags: Flags): Promise<readonly ResetSight[]> {
  const { resetHere, sightHere } = await import('../reset-here.ts');
  return (flags.dryRun === true ? sightHere : resetHere)(tasks, {
    force: flags.force === true,
    env: terminal.env,
    askToAbort: (records) => askRunningToAbort(terminal, flags, records),
  });
}
