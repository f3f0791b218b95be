import { examples, type AddVerb } from '../command.ts';
import { diagnose } from '../diagnose.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { mustBeRecord } from '../must-read.ts';
import type { Finding } from '../../contracts/doctor.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import type { PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { outside } from '../words.ts';

export const addDoctor: AddVerb = (program, { terminal, does }) => {
  program
    .command('doctor [name]')
    .description('check this client, Temporal and the worker; changes nothing')
    .option('--zone <zone>', 'zone id or name whose permissions the worker tries, without changing anything')
    .option('--json', 'one JSON document')
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText('after', examples('doctor', 'doctor www.example.com --zone example.com'))
    .action(does((name, flags) => doctor(terminal, name, flags)));
};

interface DoctorFlags extends PlaceFlags {
  readonly zone?: string | undefined;
  readonly json?: true | undefined;
}

async function doctor(terminal: Terminal, name: string | undefined, flags: DoctorFlags): Promise<ExitCode> {
  const record = name === undefined ? null : mustBeRecord(name);
  const { findings, exit } = await diagnose({ flags, env: terminal.env, input: { record, zone: flags.zone ?? null } });
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, findings }, null, 2));
  else for (const line of findingLines(findings, terminal.paint)) terminal.out(line);
  return exit ?? (findings.some(({ ok }) => ok === false) ? EXIT.failedSafe : EXIT.done);
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
