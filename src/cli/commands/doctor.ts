import { DEPLOY_QUEUE, DOCTOR_WORKFLOW } from '../../contracts/deploy.ts';
import type { DiagnoseInput, Finding } from '../../contracts/doctor.ts';
import { SYNC_DOCTOR_WORKFLOW, SYNC_QUEUE } from '../../contracts/sync.ts';
import { examples, type AddVerb } from '../command.ts';
import { diagnose, type Question } from '../diagnose.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { must, mustBeRecord } from '../must-read.ts';
import { mustReadPair } from '../pairs.ts';
import { pairIn, parsePairName } from '../parse/pair-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { outside } from '../words.ts';

export const addDoctor: AddVerb = (program, { terminal, does }) => {
  program
    .command('doctor [name]')
    .description('check this client, Temporal and the worker; changes nothing')
    .option('--zone <zone>', 'zone id or name whose permissions the worker tries, without changing anything')
    .option('--pair <pair>', 'a pair of switchyard.yaml, whose sign-in and services the worker tries')
    .option('--config <file>', 'switchyard.yaml; default: SWITCHYARD_CONFIG, else found up to the git root')
    .option('--json', 'one JSON document')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('doctor', 'doctor www.example.com --zone example.com', 'doctor sync/tasks'))
    .action(does((name, flags) => doctor(terminal, name, flags)));
};

interface DoctorFlags extends PlaceFlags {
  readonly zone?: string | undefined;
  readonly pair?: string | undefined;
  readonly config?: string | undefined;
  readonly json?: true | undefined;
}

async function doctor(terminal: Terminal, name: string | undefined, flags: DoctorFlags): Promise<ExitCode> {
  const questions = await questionsOf(terminal, name, flags);
  const { findings, exit } = await diagnose({ flags, env: terminal.env, questions });
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, findings }, null, 2));
  else for (const line of findingLines(findings, terminal.paint)) terminal.out(line);
  return exit ?? (findings.some(({ ok }) => ok === false) ? EXIT.failedSafe : EXIT.done);
}

/** A pair alone asks the workers of syncs alone: in production they are others than those of deployments. */
async function questionsOf(
  terminal: Terminal,
  name: string | undefined,
  flags: DoctorFlags,
): Promise<readonly Question[]> {
  const pair = flags.pair ?? (name === undefined ? null : pairIn(name));
  const ofPair = pair === null ? [] : [await aboutPair(terminal, must(parsePairName(pair)), flags)];
  const isRecord = name !== undefined && pairIn(name) === null;
  if (pair !== null && !isRecord && flags.zone === undefined) return ofPair;
  const input: DiagnoseInput = { record: isRecord ? mustBeRecord(name) : null, zone: flags.zone ?? null };
  return [{ type: DOCTOR_WORKFLOW, id: 'doctor', taskQueue: DEPLOY_QUEUE, input }, ...ofPair];
}

async function aboutPair(terminal: Terminal, pair: string, { config }: DoctorFlags): Promise<Question> {
  const { spec } = await mustReadPair(terminal, pair, config);
  return { type: SYNC_DOCTOR_WORKFLOW, id: `doctor-sync:${pair}`, taskQueue: SYNC_QUEUE, input: { spec } };
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
