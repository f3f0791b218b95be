import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../sha256.ts';

/** The alias part of a record set: what it points at inside AWS. */
export interface Alias {
  readonly zoneId: string;
  /** As Route 53 returns it: lower case, escaped, with the final dot. */
  readonly dnsName: string;
  readonly evaluateTargetHealth: boolean;
}

/**
 * One record set, exactly as Route 53 lists it: a DELETE must repeat every field, so none is ever dropped (D2).
 * Null means that the service returned no such field.
 */
export interface RecordSet {
  /** Lower case, octal escapes, final dot. */
  readonly name: string;
  readonly type: string;
  /** Seconds; null for an alias. */
  readonly ttl: number | null;
  /** As written in the zone (TXT with its quotes); empty for an alias. */
  readonly values: readonly string[];
  readonly alias: Alias | null;
  readonly setIdentifier: string | null;
  readonly weight: number | null;
  readonly healthCheckId: string | null;
  /** Every other field of the service's answer by its own name (`Region`, `Failover`, `GeoLocation`, fields newer than this code). */
  readonly other: Readonly<Record<string, unknown>>;
}

/** Record sets of one name; their order means nothing. */
export type RecordSets = readonly RecordSet[];

/** Whether two sets are one and the same to a DELETE: values as a set, every other field exactly (D2). */
export function sameSet(a: RecordSet, b: RecordSet): boolean {
  return setKey(a) === setKey(b);
}

/** Whether two groups hold the same sets, in any order. */
export function sameSets(a: RecordSets, b: RecordSets): boolean {
  return canonicalSets(a) === canonicalSets(b);
}

/** sha256 in hex of the sets; their order and that of their values mean nothing. */
export function hashSets(sets: RecordSets): string {
  return sha256(canonicalSets(sets));
}

/** A text that two sets share exactly when `sameSet` holds. */
export function setKey(set: RecordSet): string {
  return canonicalJson({ ...set, values: [...new Set(set.values)].sort() });
}

const canonicalSets = (sets: RecordSets): string => sets.map(setKey).sort().join('\n');
