/** Record sets as they are stored, compared and ordered. */
import { isDeepStrictEqual } from 'node:util';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { sortName, storedName } from './domain-name.ts';

/** Record sets of a zone by `sortKey`. */
export type RecordSets = ReadonlyMap<string, ResourceRecordSet>;

/** What identifies a record set within its zone. */
export interface RecordSetKey {
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
}

/** Identifies a record set in its zone, and orders as ListResourceRecordSets does: name (labels reversed), type, identifier. */
export function sortKey({ name, type, setIdentifier }: RecordSetKey): string {
  return `${sortName(name)}\0${type}\0${setIdentifier ?? ''}`;
}

export function keyOf(set: ResourceRecordSet): RecordSetKey {
  const { Name = '', Type = '', SetIdentifier } = set;
  return { name: Name, type: Type, ...(SetIdentifier !== undefined && { setIdentifier: SetIdentifier }) };
}

/** The form in which a set is stored and returned: names normalised, absent fields dropped, unknown fields kept. */
export function storedSet(set: ResourceRecordSet): ResourceRecordSet {
  const stored = structuredClone(withoutUndefined(set));
  stored.Name = storedName(set.Name ?? '');
  if (set.AliasTarget) stored.AliasTarget = { ...set.AliasTarget, DNSName: storedName(set.AliasTarget.DNSName ?? '') };
  return stored;
}

/** Every field equal, values as a set: what a DELETE must give. */
export function sameSet(one: ResourceRecordSet, other: ResourceRecordSet): boolean {
  return isDeepStrictEqual(comparable(one), comparable(other));
}

/** The routing policy of a set; fields that nobody knows yet count as a policy of their own. */
export function routingPolicies(set: ResourceRecordSet): string[] {
  return Object.keys(set).filter((field) => POLICY_FIELDS.has(field) || !KNOWN_FIELDS.has(field));
}

export function isWeighted(set: ResourceRecordSet): boolean {
  return set.Weight !== undefined;
}

export function valuesOf(set: ResourceRecordSet): string[] {
  return (set.ResourceRecords ?? []).map((record) => record.Value ?? '');
}

/** Sets in the order of the API. */
export function sorted(sets: RecordSets): ResourceRecordSet[] {
  const entries = [...sets].sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([, set]) => set);
}

const POLICY_FIELDS: ReadonlySet<string> = new Set([
  'Weight',
  'Region',
  'GeoLocation',
  'Failover',
  'MultiValueAnswer',
  'CidrRoutingConfig',
  'GeoProximityLocation',
]);

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  ...POLICY_FIELDS,
  'Name',
  'Type',
  'SetIdentifier',
  'TTL',
  'ResourceRecords',
  'AliasTarget',
  'HealthCheckId',
  'TrafficPolicyInstanceId',
]);

function comparable(set: ResourceRecordSet): unknown {
  return { ...withoutUndefined(set), ResourceRecords: valuesOf(set).sort() };
}

function withoutUndefined(set: ResourceRecordSet): ResourceRecordSet {
  const entries = Object.entries(set).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as ResourceRecordSet; // the same object less its undefined fields
}
