import type { DeployRequest } from '../contracts/deploy.ts';
import { groupSubject, type GroupRequest } from '../contracts/deploy-group.ts';
import type { AlarmGate } from '../core/metrics/metric-gate.ts';
import type { Declared } from './declared.ts';
import type { RequestFlags } from './deploy-flags.ts';
import { deployRequest, type MadeRequest } from './deploy-request.ts';
import { EXIT } from './exit-codes.ts';
import { findGroup, type NamedGroup } from './group-policy.ts';
import { must } from './must-read.ts';
import { quoted, startFindings, type Findings } from './parse/parsed.ts';
import { parseRecordName } from './parse/record-name.ts';
import { problem, Stop } from './stop.ts';
import type { Environment } from './terminal.ts';

export interface GroupSources {
  readonly flags: RequestFlags;
  readonly declared: Pick<Declared, 'records' | 'groups'>;
  readonly env: Environment;
}

export interface MadeGroupRequest {
  readonly request: GroupRequest;
  /** What the operator should see before anything starts. */
  readonly notes: readonly string[];
}

/**
 * One request out of `--to NAME=VALUE...` and the file, or every problem of all records at once (A2).
 *
 * @throws Stop with exit 2.
 */
export function groupRequest(name: string, { flags, declared, env }: GroupSources): MadeGroupRequest {
  const group = must(findGroup(declared.groups, name));
  const findings = startFindings();
  refuseOfOneRecord(flags, findings);
  const targets = targetsOf(flags.to ?? [], group, findings);
  refuseStrangeAlarms(flags, alarmsOf(group.records, declared), findings);
  const made = group.records.flatMap((record): readonly MadeRequest[] => {
    const to = targets.get(record);
    if (to === undefined) return [];
    const own = alarmsOf([record], declared);
    const acceptAlarm = flags.acceptAlarm?.filter((alarm) => isOneOf(own, alarm));
    const sources = { flags: { ...flags, to, acceptAlarm }, env, policyOf: () => declared.records.get(record) ?? null };
    return collecting(findings, () => deployRequest(record, sources));
  });
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, unique(findings.problems));
  return { request: assembled(group, made), notes: made.flatMap(({ notes }) => notes) };
}

function assembled(group: NamedGroup, made: readonly MadeRequest[]): GroupRequest {
  const planHash = made[0]?.request.planHash ?? null; // of the group's plan, not of its records'
  const records = made.map(({ request }): DeployRequest => ({ ...request, planHash: null }));
  return { group: group.group, keepHealthy: group.keepHealthy, planHash, records };
}

/** An alarm that one of the records is watched by is accepted of that record alone. */
function refuseStrangeAlarms({ acceptAlarm = [] }: RequestFlags, alarms: readonly AlarmGate[], findings: Findings) {
  const known = alarms.map(({ alarm }) => alarm).join(', ') || 'no record of the group has a gate on an alarm';
  for (const name of acceptAlarm)
    if (!isOneOf(alarms, name))
      findings.note(problem(`--accept-alarm: ${quoted(name)} is no alarm of this deployment`, known));
}

const alarmsOf = (records: readonly string[], declared: GroupSources['declared']): readonly AlarmGate[] =>
  records
    .flatMap((record) => declared.records.get(record)?.metricGates ?? [])
    .flatMap((gate) => (gate.kind === 'alarm' ? [gate] : []));

/** By its own name, or by that of its gate. */
const isOneOf = (alarms: readonly AlarmGate[], name: string): boolean =>
  alarms.some((gate) => gate.alarm === name || gate.name === name);

/** Flags that mean one record: of many each has its own. */
function refuseOfOneRecord(flags: GroupSources['flags'], findings: Findings): void {
  for (const flag of ['zone', 'type', 'from'] as const)
    if (flags[flag] !== undefined)
      findings.note(problem(`--${flag} is for one record, and a group has many`, 'records: in switchyard.yaml'));
}

/** The values of `--to NAME=VALUE...` by record; several of one name are values of one set. */
function targetsOf(
  texts: readonly string[],
  { group, records }: NamedGroup,
  findings: Findings,
): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, readonly string[]>();
  for (const text of texts) {
    const [name = '', ...value] = text.split('=');
    const read = parseRecordName(name);
    const record = read.ok ? read.value.record : name;
    if (value.length === 0 || !records.includes(record))
      findings.note(
        problem(`--to ${JSON.stringify(text)} names no record of ${groupSubject(group)}`, expected(records)),
      );
    else targets.set(record, [...(targets.get(record) ?? []), value.join('=')]);
  }
  const without = records.filter((record) => !targets.has(record));
  if (without.length > 0) findings.note(problem(`no --to for ${without.join(', ')}`, expected(without)));
  return targets;
}

const expected = (records: readonly string[]): string => records.map((record) => `--to ${record}=VALUE`).join(' ');

/** What one record refuses is told with what the others do. */
function collecting<T>(findings: Findings, make: () => T): readonly T[] {
  try {
    return [make()];
  } catch (cause) {
    if (!(cause instanceof Stop) || cause.exit !== EXIT.usage) throw cause;
    for (const one of cause.problems) findings.note(one);
    return [];
  }
}

function unique<T>(problems: readonly T[]): readonly T[] {
  const texts = problems.map((one) => JSON.stringify(one));
  return problems.filter((_one, index) => texts.indexOf(texts[index] ?? '') === index);
}
