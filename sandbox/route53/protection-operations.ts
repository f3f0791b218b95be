/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/rrset-protection.html */
import type { Protection } from './batch-context.ts';
import { answer, pageSize, zoneOf } from './call.ts';
import type { Operation } from './call.ts';
import { liesWithin, readName } from './domain-name.ts';
import { sortKey } from './record-set.ts';
import { invalidInput, outOfBounds, Refusal } from './refusal.ts';
import { child, children, readRequest, text } from './xml.ts';
import type { XmlElement } from './xml.ts';
import type { Zone } from './zone.ts';

export const createResourceRecordSetProtections: Operation = (call) => {
  const zone = zoneOf(call);
  const root = 'CreateResourceRecordSetProtectionsRequest';
  const entries = readEntries(readRequest(call.body, root), 'ResourceRecordSetProtectionConfig');
  refuseFailures(invalidEntries(zone, entries));
  refuseExisting(zone, entries);
  for (const entry of entries) zone.protections.set(sortKey(entry), entry);
  return answer('CreateResourceRecordSetProtectionsResponse', {});
};

export const deleteResourceRecordSetProtections: Operation = (call) => {
  const zone = zoneOf(call);
  const root = 'DeleteResourceRecordSetProtectionsRequest';
  const entries = readEntries(readRequest(call.body, root), 'ResourceRecordSetProtectionKey');
  const missing = entries.filter((entry) => zone.protectionOf(entry) === undefined);
  refuseFailures([
    ...invalidEntries(zone, entries),
    ...missing.map((entry) => failure(entry, 'ProtectionNotFound', 'No protection exists for the name and type.')),
  ]);
  for (const entry of entries) zone.protections.delete(sortKey(entry));
  return answer('DeleteResourceRecordSetProtectionsResponse', {});
};

export const listResourceRecordSetProtections: Operation = (call) => {
  const { query } = call;
  const zone = zoneOf(call);
  const most = pageSize(query, 'maxresults', 300);
  const from = startOf(query);
  const listed = [...zone.protections].filter(([key]) => key >= from).sort(([one], [other]) => (one < other ? -1 : 1));
  const next = listed[most]?.[0];
  const protections = listed.slice(0, most).map(([, { name, type, comment }]) => ({
    RecordName: name,
    RecordType: type,
    Comment: comment,
  }));
  return answer('ListResourceRecordSetProtectionsResponse', {
    ResourceRecordSetProtections: { ResourceRecordSetProtection: protections },
    NextToken: next === undefined ? undefined : Buffer.from(next).toString('base64url'),
  });
};

interface Failure {
  readonly entry: Protection;
  readonly code: string;
  readonly message: string;
}

const PROTECTABLE = 'SOA A TXT NS CNAME MX NAPTR PTR SRV SPF AAAA CAA DS TLSA SSHFP SVCB HTTPS'.split(' ');

function readEntries(request: XmlElement, element: string): Protection[] {
  const nodes = children(child(request, 'Protections') ?? {}, element);
  if (nodes.length < 1 || nodes.length > 100)
    throw outOfBounds([
      `Value at 'protections' failed to satisfy constraint: Member must have length between 1 and 100`,
    ]);
  return nodes.map((node) => readEntry(typeof node === 'string' ? {} : node));
}

function readEntry(element: XmlElement): Protection {
  const raw = text(element, 'RecordName') ?? '';
  const read = readName(raw);
  const comment = text(element, 'Comment');
  if (comment !== undefined && comment.length > 256)
    throw outOfBounds([
      `Value '${comment}' at 'comment' failed to satisfy constraint: Member must have length less than or equal to 256`,
    ]);
  return {
    name: 'problem' in read ? raw : read.name,
    type: text(element, 'RecordType') ?? '',
    ...(comment !== undefined && { comment }),
  };
}

function invalidEntries(zone: Zone, entries: readonly Protection[]): Failure[] {
  const keys = entries.map(({ name, type }) => `${name} ${type}`);
  return entries.flatMap((entry, index) => {
    const invalid = (message: string) => [failure(entry, 'InvalidInput', message)];
    if (!liesWithin(entry.name, zone.identity.name)) return invalid('The name is not in the hosted zone.');
    if (!PROTECTABLE.includes(entry.type)) return invalid("The record type can't be protected.");
    if (keys.indexOf(keys[index] ?? '') !== index) return invalid('The name and type appear more than once.');
    return [];
  });
}

/** Only when every entry exists already does the error have a code of its own. */
function refuseExisting(zone: Zone, entries: readonly Protection[]): void {
  const code = 'ProtectionAlreadyExists';
  const failures = entries
    .filter((entry) => zone.protectionOf(entry) !== undefined)
    .map((entry) => failure(entry, code, 'A protection already exists for the name and type.'));
  if (failures.length === entries.length) throw refusal(409, code, failures);
  refuseFailures(failures);
}

function refuseFailures(failures: readonly Failure[]): void {
  if (failures.length > 0) throw refusal(400, 'InvalidResourceRecordSetProtectionBatch', failures);
}

function refusal(status: number, code: string, failures: readonly Failure[]): Refusal {
  const errors = failures.map(({ entry, code: Code, message: Message }) => ({
    RecordName: entry.name,
    RecordType: entry.type,
    Code,
    Message,
  }));
  const summary = errors.map(({ RecordName, RecordType, Message }) => `${RecordName} ${RecordType}: ${Message}`);
  return new Refusal({ status, code, members: { Errors: { ProtectionError: errors } } }, summary.join(' '));
}

function failure(entry: Protection, code: string, message: string): Failure {
  return { entry, code, message };
}

function startOf(query: URLSearchParams): string {
  const token = query.get('nexttoken');
  if (token !== null) return Buffer.from(token, 'base64url').toString();
  const name = query.get('name');
  const type = query.get('type');
  if (type !== null && name === null) throw invalidInput('StartRecordName must be specified with StartRecordType.');
  if (name === null) return '';
  const read = readName(name);
  if ('problem' in read) throw invalidInput(read.problem);
  return sortKey({ name: read.name, type: type ?? '' });
}
