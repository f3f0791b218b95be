import { GUARD_PACE, type GuardPace } from '../../contracts/guard.ts';
import { matterOf, outcomeOf } from '../../core/dns/judge-guard.ts';
import type { Guarded } from '../../core/dns/stand-guard.ts';
import { examples, type AddVerb } from '../command.ts';
import { readDeclared } from '../declared.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { githubError } from '../github.ts';
import { guardedRecords } from '../guarded-records.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { exitOfGuard, guardLines } from '../render-guard.ts';
import { problem, Stop } from '../stop.ts';
import { findTemporal, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';
import { outside } from '../words.ts';

export const addGuard: AddVerb = (program, { terminal, does }) => {
  program
    .command('guard [names...]')
    .description(
      "look for records whose deployment was terminated, reset or lost, from anywhere, with the caller's own AWS credentials; `apply` makes a Schedule that does so by itself",
    )
    .option('--once', 'look now: twice, 2 min apart, at what has no living run')
    .option('--restore', 'put red back where the run is dead, or out of sight and 5 min past its planned end')
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', `\n${EXITS}`)
    .addHelpText(
      'after',
      examples(
        'guard --once',
        'guard --once --restore',
        'guard --once --restore www.example.com',
        'guard --once --json',
      ),
    )
    .action(does((names, flags) => guardOnce(terminal, names, flags)));
};

const EXITS = `Exit codes:
  0  every fence is at rest or has a living run, or red was restored
  1  restored, but no authoritative server could be asked
  3  left alone: a fence of another namespace or version, or somebody else wrote the record
  4  act now: a dead run stands there, or a restore failed or is not sure
  6  could not look: Route 53 or Temporal did not say`;

export interface GuardFlags extends PlaceFlags {
  readonly once?: true | undefined;
  readonly restore?: true | undefined;
  readonly json?: true | undefined;
  readonly config?: string | undefined;
}

/** Looks now, and tells; the pace is production's, but for tests. */
export async function guardOnce(
  terminal: Terminal,
  names: readonly string[],
  { pace = GUARD_PACE, ...flags }: GuardFlags & { readonly pace?: GuardPace },
): Promise<ExitCode> {
  if (flags.once !== true) throw notOnce();
  const records = guardedRecords(names, await readDeclared(terminal, flags.config));
  const place = await findTemporal(flags, terminal.env);
  terminal.err(
    `guarding with this client's own AWS credentials; runs are asked for at ${place.address} (${place.from})`,
  );
  const { guardHere } = await import('../guard-here.ts');
  const act = flags.restore === true ? 'restore' : 'report';
  const show = (guarded: readonly Guarded[]): void => tellMeanwhile(terminal, guarded);
  const guarded = await guardHere({ records, act, pace, env: terminal.env, place, show });
  tell(terminal, guarded, { json: flags.json === true, act, fences: records.length });
  return exitOfGuard(guarded);
}

function notOnce(): Stop {
  const next = 'guard: in switchyard.yaml and ./switchyard apply make one that runs by itself';
  return new Stop(EXIT.usage, [problem('guard was not told what to do', '--once', next)]);
}

/** What is open after a look: the next one is minutes away. */
function tellMeanwhile(terminal: Terminal, guarded: readonly Guarded[]): void {
  for (const { record, verdict, sentence } of guarded)
    if (verdict === 'suspect' || verdict === 'not-seen') terminal.err(`${record}: ${outside(sentence)}`);
}

interface Telling {
  readonly json: boolean;
  readonly act: 'report' | 'restore';
  readonly fences: number;
}

function tell(terminal: Terminal, guarded: readonly Guarded[], { json, act, fences }: Telling): void {
  const outcome = outcomeOf(guarded);
  if (json)
    terminal.document(JSON.stringify({ schemaVersion: 1, guard: { outcome, act, fences, records: guarded } }, null, 2));
  else for (const line of guardLines(guarded, { fences, paint: terminal.paint })) terminal.out(line);
  if (terminal.github)
    for (const one of guarded) if (matterOf(one) === 'act') githubError(terminal, outside(one.sentence));
}
