import { examples, type AddVerb } from '../command.ts';
import { changeSchedule } from '../change-schedule.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { mustReadFile } from '../must-read-file.ts';
import { pairIn } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { changeLine, isToDo, planSchedules, type ScheduleChange } from '../plan-schedules.ts';
import { declaredSites } from '../site-policy.ts';
import { declaredPairs } from '../sync-policy.ts';
import { scheduleOfPair } from '../sync-schedule.ts';
import { scheduleOfGuard } from '../guard-schedule.ts';
import { scheduleOfSite } from '../docs-schedule.ts';
import { problem, Stop } from '../stop.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';
import { count, outside } from '../words.ts';

export const addApply: AddVerb = (program, { terminal, does }) => {
  program
    .command('apply')
    .description('make the Temporal Schedules equal to switchyard.yaml; a paused one stays paused')
    .option('--dry-run', 'show what would change, change nothing')
    .option('--prune', 'remove the Schedules of this program that are not in the file, and records from its guard')
    .option('--exit-code', 'with --dry-run: exit 8 when there is something to change')
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('apply --dry-run', 'apply --prune'))
    .action(does((flags) => apply(terminal, flags)));
};

interface ApplyFlags extends PlaceFlags {
  readonly dryRun?: true | undefined;
  readonly prune?: true | undefined;
  readonly exitCode?: true | undefined;
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

async function apply(terminal: Terminal, flags: ApplyFlags): Promise<ExitCode> {
  const file = await mustReadFile(terminal, flags.config);
  const wanted = [
    ...[...declaredPairs(file).values()].map(scheduleOfPair),
    ...[...declaredSites(file).values()].map(scheduleOfSite),
    scheduleOfGuard(file),
  ].filter((one) => one !== null);
  const prune = { prune: flags.prune === true };
  return withTemporal(terminal, flags, async (temporal) => {
    const changes = await planSchedules(temporal, wanted);
    const toDo = changes.filter((change) => isToDo(change, prune));
    if (flags.json !== true) for (const change of changes) terminal.out(changeLine(change, prune));
    if (flags.dryRun !== true && !prune.prune) mustKeepGuarding(changes);
    if (flags.dryRun !== true) for (const change of toDo) await changeSchedule(temporal, change);
    if (flags.json === true) document(terminal, changes, flags);
    else terminal.out(lastLine(toDo.length, flags));
    return flags.dryRun === true && flags.exitCode === true && toDo.length > 0 ? EXIT.changes : EXIT.done;
  });
}

/**
 * A namespace has one guard, so a second file with `guard:` would take it from the first one, and nobody would look at its records any more.
 *
 * @throws Stop with exit 3, before anything is changed.
 */
function mustKeepGuarding(changes: readonly ScheduleChange[]): void {
  const records = changes.flatMap((change) => (change.kind === 'update' ? change.unguarded : []));
  if (records.length === 0) return;
  const found = `the guard of this namespace looks after ${outside(records.join(', '))}, not in this file; nothing was changed`;
  const next = `where another file has ${records.length === 1 ? 'it' : 'them'}, give one of both a namespace of its own, or put all records into one file; else: ./switchyard apply --prune`;
  throw new Stop(EXIT.refused, [problem(found, null, next)]);
}

function lastLine(toDo: number, { dryRun }: ApplyFlags): string {
  if (toDo === 0) return 'Nothing to do.';
  return dryRun === true ? `${count(toDo, 'change')} to make. Nothing was changed.` : `${count(toDo, 'change')} made.`;
}

function document(terminal: Terminal, changes: readonly ScheduleChange[], { dryRun, prune }: ApplyFlags): void {
  const schedules = changes.map((change) => ({
    subject: change.subject,
    pair: pairIn(change.subject),
    change: change.kind === 'extra' && prune === true ? 'remove' : change.kind,
    everyMs: change.kind === 'extra' ? null : change.wanted.everyMs,
    why: change.kind === 'update' ? change.why : [],
    unguarded: change.kind === 'update' ? change.unguarded : [],
  }));
  terminal.document(JSON.stringify({ schemaVersion: 1, dryRun: dryRun === true, schedules }, null, 2));
}
