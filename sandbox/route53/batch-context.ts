import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { RecordSetKey, RecordSets } from './record-set.ts';

/** The record sets of the zone as the batch has changed them so far. */
export type WorkingCopy = Map<string, ResourceRecordSet>;

export interface Protection {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
}

export interface BatchContext {
  readonly zoneId: string;
  readonly zoneName: string;
  readonly sets: RecordSets;
  /** The protection on a name and type, if any. */
  readonly protectionOf: (key: RecordSetKey) => Protection | undefined;
  /** The sets of another zone of the account, for aliases that point there. */
  readonly otherZone: (id: string) => { readonly name: string; readonly sets: RecordSets } | undefined;
  /** False for writes that stand for more than one request. */
  readonly limited: boolean;
}

/** All sets of the same name, whatever their type and identifier. */
export function namesakes(working: RecordSets, { Name }: ResourceRecordSet): ResourceRecordSet[] {
  return [...working.values()].filter((set) => set.Name === Name);
}
