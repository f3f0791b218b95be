import type { RecordSet, RecordSets } from './record-set.ts';

/** The hosted zone that holds a record. */
export interface Zone {
  /** Without `/hostedzone/`. */
  readonly id: string;
  /** Lower case, final dot. */
  readonly name: string;
  readonly private: boolean;
  /** The delegation set, as names; empty for a private zone. */
  readonly nameServers: readonly string[];
}

/** A protection that makes Route 53 refuse every change of a name and type. */
export interface Protection {
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
}

/** Everything at a name as it was read before the first write (D1). */
export interface Snapshot {
  /** The record, as the user means it: lower case, punycode, no final dot; `*` for a wildcard. */
  readonly record: string;
  readonly zone: Zone;
  /** Every record set of the name, of whatever type; the fence is not among them. */
  readonly sets: RecordSets;
  /** The TXT set at the fence's name, or null where none stands. */
  readonly fence: RecordSet | null;
  /** Protections of the record and of its fence; null where they could not be read ("could not look" is not "none"). */
  readonly protections: readonly Protection[] | null;
  /** Milliseconds since the epoch, by the worker's clock. */
  readonly readAt: number;
}

/** What stands at a record and at its fence: the unit that every write swaps (D2). */
export interface Standing {
  /** The sets that a plan moves, and only those. */
  readonly sets: RecordSets;
  readonly fence: RecordSet | null;
}
