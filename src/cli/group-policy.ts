import type { GroupPolicy } from '../contracts/file.ts';
import { asGroupSubject, parseGroupName } from './parse/group-name.ts';
import { parsed, quoted, rejected, type Findings, type Parsed } from './parse/parsed.ts';
import { parseRecordName } from './parse/record-name.ts';
import type { NamedPolicy } from './record-policy.ts';
import type { ReadFile } from './read-file.ts';
import { problem } from './stop.ts';

/** A group out of `switchyard.yaml`, its records by their canonical names, in the order of the file. */
export interface NamedGroup {
  readonly group: string;
  readonly records: readonly string[];
  /** Null: no rule. */
  readonly keepHealthy: number | null;
  /** `switchyard.yaml:12`, of a key of this group. */
  readonly at: (...keys: readonly PropertyKey[]) => string;
}

/** Every group that the file declares. Noted: records that are not declared, and records that are named twice in one group. */
export function readGroups(
  { file, at }: ReadFile,
  records: ReadonlyMap<string, NamedPolicy>,
  findings: Findings,
): ReadonlyMap<string, NamedGroup> {
  const groups = new Map<string, NamedGroup>();
  for (const [group, policy] of Object.entries(file.groups ?? {})) {
    const place = (...keys: readonly PropertyKey[]): string => at(['groups', group, ...keys]);
    const members = membersOf(policy, { records, place, findings });
    groups.set(group, { group, records: members, keepHealthy: policy.keepHealthy ?? null, at: place });
  }
  return groups;
}

interface Members {
  readonly records: ReadonlyMap<string, NamedPolicy>;
  readonly place: NamedGroup['at'];
  readonly findings: Findings;
}

function membersOf(policy: GroupPolicy, { records, place, findings }: Members): readonly string[] {
  const members = new Set<string>();
  for (const [index, text] of policy.records.entries()) {
    const where = place('records', index);
    const read = parseRecordName(text);
    const name = read.ok ? read.value.record : text;
    if (!records.has(name)) {
      const known = [...records.keys()].join(', ') || 'none is declared under records:';
      findings.note(problem(`${where}: there is no record ${quoted(text)}`, known));
    } else if (members.has(name)) findings.note(problem(`${where}: ${name} is named twice`, 'every record once'));
    members.add(name);
  }
  return [...members];
}

/** The group that `group/G` names, or why there is none. */
export function findGroup(groups: ReadonlyMap<string, NamedGroup>, text: string): Parsed<NamedGroup> {
  const name = parseGroupName(text);
  if (!name.ok) return name;
  const group = groups.get(name.value);
  if (group !== undefined) return parsed(group);
  const known =
    [...groups.keys()].map(asGroupSubject).join(', ') || 'none is declared under groups: in switchyard.yaml';
  return rejected(problem(`there is no group ${quoted(name.value)}`, known));
}
