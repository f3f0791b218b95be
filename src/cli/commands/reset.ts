import type { ResetResult, ResetTask } from '../../activities/reset-task.ts';
import { collect, examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { startFindings, type Findings } from '../parse/parsed.ts';
import { parseTtl } from '../parse/numbers.ts';
import { parseRecordName } from '../parse/record-name.ts';
import { parseTarget } from '../parse/target.ts';
import { readPolicies } from '../policies.ts';
import type { NamedPolicy } from '../record-policy.ts';
import { askRunningToAbort } from '../ask-running.ts';
import { problem, Stop } from '../stop.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { outside, table } from '../words.ts';

export const addReset: AddVerb = (program, { terminal, does }) => {
  program
    .command('reset [names...]')
    .description(
      "put records back on their declared default, at any time, without Temporal, with the caller's own AWS credentials",
    )
    .option('--all', 'every record of switchyard.yaml that declares a default')
    .option('--to <values>', 'these values instead of the declared default (one name)', collect)
    .option('--to-snapshot', 'what the fence of a deployment that died in the middle holds')
    .option('--ttl <seconds>', 'TTL of what is put back; default: as before')
    .option(
      '--zone <zone>',
      'zone id or exact zone name; default: of switchyard.yaml, else the longest zone that holds the record',
    )
    .option('--force', 'overwrite what somebody else wrote')
    .option('--by <who>', 'who asks, told to a running deployment; default: CI or OS user')
    .option('--json', 'one JSON document')
    .option('--config <file>', 'switchyard.yaml; default: SWITCHYARD_CONFIG, else found up to the git root')
    .option('--address <host:port>', 'Temporal, to ask a running deployment to abort first')
    .option('--namespace <name>', 'Temporal namespace')
    .addHelpText(
      'after',
      examples(
        'reset www.example.com',
        'reset --all',
        'reset www.example.com --to 192.0.2.10',
        'reset www.example.com --to-snapshot',
      ),
    )
    .action(does((names, flags) => reset(terminal, names, flags)));
};

interface ResetFlags extends PlaceFlags {
  readonly all?: true | undefined;
  readonly to?: readonly string[] | undefined;
  readonly toSnapshot?: true | undefined;
  readonly ttl?: string | undefined;
  readonly zone?: string | undefined;
  readonly force?: true | undefined;
  readonly by?: string | undefined;
  readonly json?: true | undefined;
  readonly config?: string | undefined;
}

async function reset(terminal: Terminal, names: readonly string[], flags: ResetFlags): Promise<ExitCode> {
  const tasks = tasksOf(names, { flags, policies: await readPolicies(terminal, flags.config) });
  terminal.err("resetting without Temporal, with this client's own AWS credentials");
  const results = await run(terminal, tasks, flags);
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, records: results }, null, 2));
  else for (const line of resetLines(results, terminal.paint)) terminal.out(line);
  return exitOfReset(results);
}

interface Declared {
  readonly flags: ResetFlags;
  readonly policies: ReadonlyMap<string, NamedPolicy>;
}

/** @throws Stop with exit 2: every problem of all names at once. */
export function tasksOf(names: readonly string[], declared: Declared): readonly ResetTask[] {
  const findings = startFindings();
  const records = recordsOf(names, declared, findings);
  const tasks = records.flatMap((record) => taskOf(record, declared, findings) ?? []);
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return tasks;
}

function recordsOf(names: readonly string[], { flags, policies }: Declared, findings: Findings): readonly string[] {
  if (flags.to !== undefined && flags.toSnapshot === true)
    findings.note(problem('--to and --to-snapshot exclude each other', 'one of them'));
  if (flags.all === true) {
    if (names.length > 0 || flags.to !== undefined)
      findings.note(problem('--all takes neither names nor --to', '--all alone, or names'));
    const all = [...policies.values()].filter(({ policy }) => policy.default !== undefined);
    if (all.length === 0)
      findings.note(problem('--all: no record with a default is declared', 'records with default: in switchyard.yaml'));
    return all.map(({ record }) => record);
  }
  if (names.length === 0) findings.note(problem('no record was named', 'names, or --all'));
  if (names.length > 1 && flags.to !== undefined)
    findings.note(problem('--to goes with one name', 'one name, or the defaults of switchyard.yaml'));
  return [...new Set(names.flatMap((name) => findings.take<readonly string[]>(read(name), [])))];
}

function read(name: string) {
  const one = parseRecordName(name);
  return one.ok ? { ok: true as const, value: [one.value.record] } : one;
}

function taskOf(record: string, { flags, policies }: Declared, findings: Findings): ResetTask | null {
  const named = policies.get(record);
  const policy = named?.policy;
  const base = { record, zone: flags.zone ?? policy?.zone ?? null, verify: policy?.verify ?? 'authoritative' };
  if (flags.toSnapshot === true) return { ...base, wish: { kind: 'snapshot' } };
  const values = flags.to ?? (policy?.default === undefined ? null : [policy.default].flat());
  if (values === null) {
    findings.note(
      problem(`${record} declares no default`, 'default: in switchyard.yaml, --to VALUES, or --to-snapshot'),
    );
    return null;
  }
  const target = findings.take(parseTarget(values, flags.to === undefined ? placeOf(named, 'default') : '--to'), null);
  const ttl =
    flags.ttl === undefined ? ttlOf(policy?.ttl, placeOf(named, 'ttl'), findings) : ttlOf(flags.ttl, '--ttl', findings);
  return target === null ? null : { ...base, wish: { kind: 'default', target, ttl, leave: policy?.leave ?? [] } };
}

/** What a value of the file is called in sentences: `switchyard.yaml:12: ttl`. */
function placeOf(named: NamedPolicy | undefined, key: 'default' | 'ttl'): string {
  return named === undefined ? key : `${named.at(key)}: ${key}`;
}

function ttlOf(text: string | number | undefined, place: string, findings: Findings): number | null {
  return text === undefined ? null : findings.take(parseTtl(String(text), place), null);
}

async function run(
  terminal: Terminal,
  tasks: readonly ResetTask[],
  flags: ResetFlags,
): Promise<readonly ResetResult[]> {
  const { resetHere } = await import('../reset-here.ts');
  return resetHere(tasks, {
    force: flags.force === true,
    env: terminal.env,
    askToAbort: (records) => askRunningToAbort(terminal, flags, records),
  });
}

const WORDS: Readonly<Record<ResetResult['outcome'], string>> = {
  there: 'there already',
  restored: 'restored',
  unseen: 'restored, DNS not seen',
  foreign: 'FOREIGN, left',
  refused: 'refused',
  failed: 'NOT RESTORED',
  unverified: 'NOT SURE',
};

/** The table of a reset: what serves now, and where that was seen. */
export function resetLines(results: readonly ResetResult[], paint: Terminal['paint']): readonly string[] {
  const rows = results.map(({ record, outcome, sentence, servers, next }) => [
    record,
    WORDS[outcome],
    [outside(sentence), next === null ? null : outside(next)].filter((part) => part !== null).join(' '),
    servers.length === 0
      ? ''
      : `at ${servers.filter(({ kind }) => kind === 'agrees').length} of ${servers.length} name servers`,
  ]);
  return table(rows).map((line, at) => paint(isGood(results[at]) ? 'green' : 'red', line));
}

const isGood = (result: ResetResult | undefined): boolean =>
  result?.outcome === 'there' || result?.outcome === 'restored';

/** 4 when any record is not restored or not sure, else 3 when any was left as foreign or refused, else 1 when any was not seen in DNS. */
export function exitOfReset(results: readonly ResetResult[]): ExitCode {
  if (results.some(({ outcome }) => outcome === 'failed' || outcome === 'unverified')) return EXIT.actNow;
  if (results.some(({ outcome }) => outcome === 'foreign' || outcome === 'refused')) return EXIT.refused;
  return results.every(isGood) ? EXIT.done : EXIT.failedSafe;
}
