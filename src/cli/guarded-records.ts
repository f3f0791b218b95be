import { roleOf } from '../contracts/deploy.ts';
import type { GuardedRecord } from '../core/dns/stand-guard.ts';
import type { Declared } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { startFindings } from './parse/parsed.ts';
import { namedBy } from './reset-tasks.ts';
import { problem, Stop } from './stop.ts';

/** The records whose fences a guard reads: the named ones, or every one that the file declares. @throws Stop with exit 2. */
export function guardedRecords(names: readonly string[], declared: Declared): readonly GuardedRecord[] {
  const findings = startFindings();
  const named = names.flatMap((name) => findings.take<readonly string[]>(namedBy(name, declared), []));
  const records = names.length === 0 ? [...declared.records.keys()] : named;
  if (records.length === 0 && findings.problems.length === 0)
    findings.note(problem('there is no record to guard', 'NAME, group/G, or records: in switchyard.yaml'));
  if (findings.problems.length > 0) throw new Stop(EXIT.usage, findings.problems);
  return [...new Set(records)].map((record) => {
    const policy = declared.records.get(record)?.policy;
    const place = { record, zone: policy?.zone ?? null, ...roleOf(policy ?? {}) };
    return { ...place, verify: policy?.verify ?? 'authoritative' };
  });
}
