/**
 * Judges a change batch on a working copy, change by change, and reports everything that is wrong with it.
 *
 * Atomic: a batch is applied whole or not at all, so the caller takes the working copy only when there is no failure.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Change } from './change-request.ts';
import { aliasFailures } from './alias-target.ts';
import type { BatchContext, WorkingCopy } from './batch-context.ts';
import { liesWithin, readName } from './domain-name.ts';
import { isWeighted, keyOf, sameSet, sortKey, storedSet, valuesOf } from './record-set.ts';
import type { RecordSetKey, RecordSets } from './record-set.ts';
import { valueProblem } from './record-value.ts';
import { cnameFailures, policyFailures, weightedFailures } from './routing-rules.ts';

export interface Judged {
  /** Normalised, where they could be read. */
  readonly changes: readonly Change[];
  readonly failures: readonly string[];
  /** The record sets after the batch; meaningless when there are failures. */
  readonly sets: RecordSets;
}

export function judgeBatch(context: BatchContext, changes: readonly Change[]): Judged {
  const failures = context.limited ? limitFailures(changes) : [];
  const working = new Map(context.sets);
  const read: Change[] = [];
  for (const change of changes) {
    const problems = nameProblems(change.recordSet);
    failures.push(...problems);
    if (problems.length > 0) continue;
    const stored = { ...change, recordSet: storedSet(change.recordSet) };
    read.push(stored);
    failures.push(...applyChange(context, working, stored));
  }
  failures.push(...repeatFailures(read), ...weightedFailures(working, read), ...apexFailures(context, working));
  return { changes: read, failures, sets: working };
}

/** Applies one change to the working copy if nothing is wrong with it. */
function applyChange(context: BatchContext, working: WorkingCopy, change: Change): string[] {
  const { action, recordSet } = change;
  const key = keyOf(recordSet);
  const failures = [
    ...placeFailures(context, key),
    ...(action === 'DELETE' ? deleteFailures(working, recordSet) : createFailures(context, working, change)),
  ];
  if (failures.length > 0) return failures;
  if (action === 'DELETE') working.delete(sortKey(key));
  else working.set(sortKey(key), recordSet);
  return [];
}

function nameProblems({ Name = '', AliasTarget }: ResourceRecordSet): string[] {
  const names = [Name, ...(AliasTarget ? [AliasTarget.DNSName ?? ''] : [])];
  return names.map(readName).flatMap((read) => ('problem' in read ? [read.problem] : []));
}

function placeFailures({ zoneName, protectionOf }: BatchContext, key: RecordSetKey): string[] {
  if (!liesWithin(key.name, zoneName)) return [`RRSet with DNS name ${key.name} is not permitted in zone ${zoneName}`];
  const protection = protectionOf(key);
  if (protection === undefined) return [];
  // The documentation promises the comment in the message, not the words around it.
  const why = protection.comment === undefined ? '' : `: ${protection.comment}`;
  return [`RRSet with DNS name ${key.name}, type ${key.type} is protected and cannot be changed${why}`];
}

function deleteFailures(working: WorkingCopy, set: ResourceRecordSet): string[] {
  const found = working.get(sortKey(keyOf(set)));
  if (found === undefined) return [`Tried to delete resource record set ${label(set)} but it was not found`];
  if (sameSet(found, set)) return [];
  return [`Tried to delete resource record set ${label(set)} but the values provided do not match the current values`];
}

function createFailures(context: BatchContext, working: WorkingCopy, { action, recordSet }: Change): string[] {
  const exists = action === 'CREATE' && working.has(sortKey(keyOf(recordSet)));
  return [
    ...(exists ? [`Tried to create resource record set ${label(recordSet)} but it already exists`] : []),
    ...valueFailures(recordSet),
    ...cnameFailures(context, working, recordSet),
    ...policyFailures(working, recordSet),
    ...aliasFailures(context, working, recordSet),
  ];
}

function valueFailures(set: ResourceRecordSet): string[] {
  const values = valuesOf(set);
  const type = set.Type ?? '';
  const repeated = values.filter((value, index) => values.indexOf(value) !== index);
  return [
    ...values.flatMap((value) => valueProblem(type, value) ?? []),
    ...repeated.map((value) => `Duplicate Resource Record: '${value}'`),
    // "You can specify more than one value for all record types except CNAME and SOA" (API_ResourceRecord).
    ...(values.length > 1 && ['CNAME', 'SOA'].includes(type) ? [singleValue(set, `of type ${type}`)] : []),
    // "ResourceRecord must contain one value" for routing policies (API_ResourceRecordSet, SetIdentifier, Weight).
    ...(values.length > 1 && isWeighted(set) ? [singleValue(set, 'with a weight')] : []),
  ];
}

function singleValue(set: ResourceRecordSet, kind: string): string {
  return `RRSet ${label(set)} ${kind} must contain exactly one ResourceRecord, but contains ${valuesOf(set).length}`;
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html: an UPSERT counts twice. */
function limitFailures(changes: readonly Change[]): string[] {
  let elements = 0;
  let characters = 0;
  for (const { action, recordSet } of changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    const values = valuesOf(recordSet);
    elements += times * (values.length + (recordSet.AliasTarget === undefined ? 0 : 1));
    characters += times * values.reduce((sum, value) => sum + value.length, 0);
  }
  return [
    ...(elements > 1000 ? ['Number of records limit of 1000 exceeded.'] : []),
    ...(characters > 32000 ? ['Number of characters limit of 32000 exceeded.'] : []),
  ];
}

/** A record set may be named once in a batch, or twice as DELETE, then CREATE. */
function repeatFailures(changes: readonly Change[]): string[] {
  const actions = new Map<string, { set: ResourceRecordSet; actions: string }>();
  for (const { action, recordSet } of changes) {
    const key = sortKey(keyOf(recordSet));
    const before = actions.get(key)?.actions;
    actions.set(key, { set: recordSet, actions: before === undefined ? action : `${before} ${action}` });
  }
  return [...actions.values()]
    .filter(({ actions }) => actions.includes(' ') && actions !== 'DELETE CREATE')
    .map(({ set }) => {
      const rrset = `'${set.Type ?? ''} ${set.Name ?? ''}'`;
      return `The request contains an invalid set of changes for a resource record set ${rrset}`;
    });
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
function apexFailures({ zoneName, sets }: BatchContext, working: WorkingCopy): string[] {
  const lost = (type: string) => {
    const key = sortKey({ name: zoneName, type });
    return sets.has(key) && !working.has(key);
  };
  return [
    ...(lost('SOA') ? ['A HostedZone must contain exactly one SOA record.'] : []),
    ...(lost('NS') ? ['A HostedZone must contain at least one NS record for the zone itself.'] : []),
  ];
}

function label(set: ResourceRecordSet): string {
  const id = set.SetIdentifier === undefined ? '' : `, set-identifier='${set.SetIdentifier}'`;
  return `[name='${set.Name ?? ''}', type='${set.Type ?? ''}'${id}]`;
}
