import { DEPLOY_QUEUE, DOCTOR_WORKFLOW, roleOf } from '../../contracts/deploy.ts';
import { DOCS_DOCTOR_WORKFLOW, DOCS_QUEUE, docsScheduleId } from '../../contracts/docs-runs.ts';
import type { DiagnoseInput, Finding } from '../../contracts/doctor.ts';
import { guardScheduleId } from '../../contracts/guard.ts';
import { scheduleId, SYNC_DOCTOR_WORKFLOW, SYNC_QUEUE } from '../../contracts/sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { readDeclared } from '../declared.ts';
import { diagnose, type DiagnoseOptions } from '../diagnose.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findSchedule } from '../find-schedules.ts';
import { findGroup } from '../group-policy.ts';
import { GUARD_NAME, scheduleOfGuard } from '../guard-schedule.ts';
import { readFileInForce } from '../must-read-file.ts';
import { must, mustBeRecord } from '../must-read.ts';
import { mustReadPair } from '../pairs.ts';
import { isDocsName, parseDocsName } from '../parse/docs-name.ts';
import { groupIn } from '../parse/group-name.ts';
import { pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { guardFinding, scheduleFinding, siteFinding } from '../schedule-finding.ts';
import { mustReadSite } from '../sites.ts';
import { asSentence, Stop } from '../stop.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { CONFIG_OPTION, JSON_OPTION } from '../verb-options.ts';
import { outside } from '../words.ts';

export const addDoctor: AddVerb = (program, { terminal, does }) => {
  program
    .command('doctor [name]')
    .description('check this client, Temporal and the worker; changes nothing')
    .option('--zone <zone>', 'zone id or name whose permissions the worker tries, without changing anything')
    .option('--role <name>', "whose credentials reach it: a name of the worker's SWITCHYARD_ROLES")
    .option(
      '--pair <pair>',
      'a pair of switchyard.yaml: its Schedule, and its sign-in and services as the worker sees them',
    )
    .option(...CONFIG_OPTION)
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      examples(
        'doctor',
        'doctor www.example.com --zone example.com',
        'doctor group/shop',
        'doctor sync/tasks',
        'doctor docs/handbook',
      ),
    )
    .action(does((name, flags) => doctor(terminal, name, flags)));
};

interface DoctorFlags extends PlaceFlags {
  readonly zone?: string | undefined;
  readonly role?: string | undefined;
  readonly pair?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

async function doctor(terminal: Terminal, name: string | undefined, flags: DoctorFlags): Promise<ExitCode> {
  const checks = await checksOf(terminal, name, flags);
  const { findings, exit } = await diagnose({ flags, env: terminal.env, ...checks });
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, findings }, null, 2));
  else for (const line of findingLines(findings, terminal.paint)) terminal.out(line);
  return exit ?? (findings.some(({ ok }) => ok === false) ? EXIT.failedSafe : EXIT.done);
}

/** A pair or a site alone asks the workers of its chore alone: in production they are others than those of deployments. */
async function checksOf(terminal: Terminal, name: string | undefined, flags: DoctorFlags): Promise<Checks> {
  if (name !== undefined && isDocsName(name)) return aboutSite(terminal, must(parseDocsName(name)).site, flags);
  const pair = flags.pair ?? (name === undefined ? null : pairIn(name));
  const ofPair = pair === null ? NONE : await aboutPair(terminal, must(parsePairName(pair)), flags);
  const isRecord = name !== undefined && pairIn(name) === null;
  if (pair !== null && !isRecord && flags.zone === undefined) return ofPair;
  const inputs = await inputsOf(terminal, isRecord ? name : null, flags);
  const ofDeployments = inputs.map((input) => ({
    type: DOCTOR_WORKFLOW,
    id: 'doctor',
    taskQueue: DEPLOY_QUEUE,
    input,
  }));
  const sights = [...(await aboutGuard(terminal, flags)), ...ofPair.sights];
  return { questions: [...ofDeployments, ...ofPair.questions], sights };
}

/** Of a group one for each of its records: each may have a zone and a role of its own. */
async function inputsOf(
  terminal: Terminal,
  name: string | null,
  flags: DoctorFlags,
): Promise<readonly DiagnoseInput[]> {
  if (name === null || groupIn(name) === null)
    return [await inputOf(terminal, name === null ? null : mustBeRecord(name), flags)];
  const { groups } = await readDeclared(terminal, flags.config);
  const { records } = must(findGroup(groups, name));
  return Promise.all(records.map((record) => inputOf(terminal, record, flags)));
}

/** Only where a file has records: without them there is nothing to guard. */
async function aboutGuard(terminal: Terminal, { config }: DoctorFlags): Promise<Checks['sights']> {
  const check = 'guard';
  try {
    const file = await readFileInForce(terminal, config);
    if (file === null || Object.keys(file.file.records ?? {}).length === 0) return [];
    const wanted = scheduleOfGuard(file);
    const id = guardScheduleId(GUARD_NAME);
    return [{ check, see: async (temporal) => guardFinding(wanted, await findSchedule(temporal, id)) }];
  } catch (cause) {
    // A file that is wrong keeps nothing else from being checked.
    if (!(cause instanceof Stop)) throw cause;
    const finding = { check, ok: false, sentence: cause.problems.map(asSentence).join('; '), next: null };
    return [{ check, see: () => Promise.resolve(finding) }];
  }
}

/** Zone and role are those of `switchyard.yaml` where the command says nothing else. */
async function inputOf(terminal: Terminal, record: string | null, flags: DoctorFlags): Promise<DiagnoseInput> {
  const declared = record === null ? null : await readDeclared(terminal, flags.config);
  const policy = declared?.records.get(record ?? '')?.policy;
  return { record, zone: flags.zone ?? policy?.zone ?? null, ...roleOf({ role: flags.role ?? policy?.role }) };
}

type Checks = Pick<DiagnoseOptions, 'questions' | 'sights'>;
const NONE: Checks = { questions: [], sights: [] };

async function aboutPair(terminal: Terminal, pair: string, { config }: DoctorFlags): Promise<Checks> {
  const declared = await mustReadPair(terminal, pair, config);
  const { spec } = declared;
  return {
    questions: [{ type: SYNC_DOCTOR_WORKFLOW, id: `doctor-sync:${pair}`, taskQueue: SYNC_QUEUE, input: { spec } }],
    sights: [
      {
        check: 'schedule',
        see: async (temporal) => scheduleFinding(declared, await findSchedule(temporal, scheduleId(pair))),
      },
    ],
  };
}

async function aboutSite(terminal: Terminal, site: string, { config }: DoctorFlags): Promise<Checks> {
  const declared = await mustReadSite(terminal, site, config);
  const input = { spec: declared.spec };
  const see: Checks['sights'][number]['see'] = async (temporal) =>
    siteFinding(declared, await findSchedule(temporal, docsScheduleId(site)));
  return {
    questions: [{ type: DOCS_DOCTOR_WORKFLOW, id: `doctor-docs:${site}`, taskQueue: DOCS_QUEUE, input }],
    sights: [{ check: 'schedule', see }],
  };
}

/** One line a finding; what could not be looked at is neither good nor bad. */
export function findingLines(findings: readonly Finding[], paint: Terminal['paint']): readonly string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings.map(({ check, ok, sentence, next }) => {
    const mark =
      ok === true ? paint('green', 'ok      ') : ok === false ? paint('red', 'PROBLEM ') : paint('yellow', 'not seen');
    return `${mark}  ${outside(check).padEnd(width)}  ${outside(sentence)}${next === null ? '' : `  ${outside(next)}`}`;
  });
}
