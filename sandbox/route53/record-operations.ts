/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html : record sets and changes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { answer, pageSize, zoneOf } from './call.ts';
import type { Call, Operation } from './call.ts';
import { readChangeRequest } from './change-request.ts';
import { readName } from './domain-name.ts';
import { isInSync } from './propagation.ts';
import type { AcceptedChange } from './propagation.ts';
import { recordSetContent } from './record-set-xml.ts';
import { keyOf, sortKey } from './record-set.ts';
import { invalidInput, noSuchChange, outOfBounds, priorRequestNotComplete } from './refusal.ts';
import type { XmlContent } from './xml-content.ts';

export const changeResourceRecordSets: Operation = async (call) => {
  const zone = zoneOf(call);
  const request = readChangeRequest(call.body);
  if (zone.busy) throw priorRequestNotComplete();
  const end = zone.beginProcessing();
  try {
    if (call.settings.processingMs > 0) await delay(call.settings.processingMs, undefined, { ref: false });
    const { insyncAfterMs } = call.settings;
    const change = call.account.write({ ...request, zone, by: call.by, limited: true, insyncAfterMs });
    return answer('ChangeResourceRecordSetsResponse', { ChangeInfo: changeInfo(change) });
  } finally {
    end();
  }
};

export const getChange: Operation = ({ account, path }) => {
  const [id = ''] = path;
  if (id.length > 32)
    throw outOfBounds([
      `Value '${id}' at 'id' failed to satisfy constraint: Member must have length less than or equal to 32`,
    ]);
  const change = account.changes.get(id);
  if (change === undefined) throw noSuchChange(id);
  return answer('GetChangeResponse', { ChangeInfo: changeInfo(change) });
};

/** Name, type and identifier are where the list starts; they filter nothing. What is accepted but PENDING is listed too. */
export const listResourceRecordSets: Operation = (call) => {
  const zone = zoneOf(call);
  const maxItems = pageSize(call.query, 'maxitems', 300);
  const from = startOf(call);
  const sets = zone.sorted.filter((set) => sortKey(keyOf(set)) >= from);
  const next = sets[maxItems];
  return answer('ListResourceRecordSetsResponse', {
    ResourceRecordSets: { ResourceRecordSet: sets.slice(0, maxItems).map(recordSetContent) },
    IsTruncated: next !== undefined,
    ...cursor(next),
    MaxItems: maxItems,
  });
};

export function changeInfo(change: AcceptedChange): XmlContent {
  return {
    Id: `/change/${change.id}`,
    Status: isInSync(change) ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date(change.at).toISOString(),
    Comment: change.comment,
  };
}

function startOf({ query }: Call): string {
  const name = query.get('name');
  const type = query.get('type');
  const setIdentifier = query.get('identifier');
  if (type !== null && name === null) throw invalidInput('The input is not valid: type is specified without name.');
  if (setIdentifier !== null && (name === null || type === null))
    throw invalidInput('The input is not valid: identifier is specified without name and type.');
  if (name === null) return '';
  const read = readName(name);
  if ('problem' in read) throw invalidInput(read.problem);
  return sortKey({ name: read.name, type: type ?? '', setIdentifier: setIdentifier ?? '' });
}

function cursor(next: ResourceRecordSet | undefined): Readonly<Record<string, XmlContent>> {
  return { NextRecordName: next?.Name, NextRecordType: next?.Type, NextRecordIdentifier: next?.SetIdentifier };
}
