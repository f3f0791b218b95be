import type { ResetTask } from '../contracts/reset.ts';
import type { Declared } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { findGroup } from './group-policy.ts';
import { groupIn } from './parse/group-name.ts';
import { parseTtl } from './parse/numbers.ts';
import { parsed, startFindings, type Findings, type Parsed } from './parse/parsed.ts';
import { parseRecordName } from './parse/record-name.ts';
import { parseRoleName } from './parse/role-name.ts';
import { parseTarget } from './parse/target.ts';
import type { NamedPolicy } from './record-policy.ts';
import { problem, Stop } from './stop.ts';

/** What the command line says of which records to reset, and to what. */
export interface ResetFlags {
  readonly all?: true | undefined;
  readonly to?: readonly string[] | undefined;
  readonly toSnapshot?: true | undefined;
  readonly ttl?: string | undefined;
  readonly zone?: string | undefined;
  readonly role?: string | undefined;
}

interface Sources {
  readonly flags: ResetFlags;
  readonly declared: Declared;
  readonly findings: Findings;
}

/** A task a record: of records by their names, of all records of `group/G`, or of every record with a default. @throws Stop with exit 2. */
export function resetTasks(names: readonly string[], flags: ResetFlags, declared: Declared): readonly ResetTask[] {
  const findings = startFindings();
  const from = { flags, declared, findings };
  const tasks = recordsOf(names, from).flatMap((record) => taskOf(record, from) ?? []);
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return tasks;
}

function recordsOf(names: readonly string[], { flags, declared, findings }: Sources): readonly string[] {
  if (flags.to !== undefined && flags.toSnapshot === true)
    findings.note(problem('--to and --to-snapshot exclude each other', 'one of them'));
  if (flags.all === true) return everyRecord(names, { flags, declared, findings });
  if (names.length === 0) findings.note(problem('no record was named', 'names, group/G, or --all'));
  const records = names.flatMap((name) => findings.take<readonly string[]>(namedBy(name, declared), []));
  if ((names.length > 1 || names.some((name) => groupIn(name) !== null)) && flags.to !== undefined)
    findings.note(problem('--to goes with one name', 'one name, or the defaults of switchyard.yaml'));
  return [...new Set(records)];
}

function everyRecord(names: readonly string[], { flags, declared, findings }: Sources): readonly string[] {
  if (names.length > 0 || flags.to !== undefined)
    findings.note(problem('--all takes neither names nor --to', '--all alone, or names'));
  const all = [...declared.records.values()].filter(({ policy }) => policy.default !== undefined);
  if (all.length === 0)
    findings.note(problem('--all: no record with a default is declared', 'records with default: in switchyard.yaml'));
  return all.map(({ record }) => record);
}

/** The records that a text of the command line names: one, or those of `group/G`. */
export function namedBy(text: string, { groups }: Declared): Parsed<readonly string[]> {
  if (groupIn(text) !== null) {
    const group = findGroup(groups, text);
    return group.ok ? parsed(group.value.records) : group;
  }
  const one = parseRecordName(text);
  return one.ok ? parsed([one.value.record]) : one;
}

function taskOf(record: string, { flags, declared, findings }: Sources): ResetTask | null {
  const named = declared.records.get(record);
  const policy = named?.policy;
  const role = flags.role === undefined ? policy?.role : findings.take(parseRoleName(flags.role, '--role'), '');
  const place = { record, zone: flags.zone ?? policy?.zone ?? null, role: role ?? null };
  const base = { ...place, verify: policy?.verify ?? 'authoritative' };
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
