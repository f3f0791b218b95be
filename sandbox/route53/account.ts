/** All state of one account: zones and changes. What accounts share is who owns what, and an append-only log of who changed what. */
import { randomBytes } from 'node:crypto';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { judgeBatch } from './batch.ts';
import type { Judged } from './batch.ts';
import type { BatchContext } from './batch-context.ts';
import type { Change, ChangeRequest } from './change-request.ts';
import { isInSync, SERVERS } from './propagation.ts';
import type { AcceptedChange } from './propagation.ts';
import { invalidChangeBatch, noSuchHostedZone } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { Zone } from './zone.ts';
import type { ZoneIdentity } from './zone.ts';

export interface ChangeLogEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  /** Milliseconds since the epoch, when the batch was judged. */
  readonly at: number;
  readonly zoneId: string;
  /** Absent when the batch was refused. */
  readonly changeId?: string;
  /** The access key id of the writer, or `foreign`. */
  readonly by: string;
  readonly comment?: string;
  readonly changes: readonly Change[];
  /** All record sets of the touched names, before and after. */
  readonly before: readonly ResourceRecordSet[];
  readonly after: readonly ResourceRecordSet[];
  readonly accepted: boolean;
  /** The words of the refusal. */
  readonly refusal?: string;
}

export interface Write extends ChangeRequest {
  readonly zone: Zone;
  readonly by: string;
  /** False: the limits of a single request do not count. */
  readonly limited: boolean;
  readonly insyncAfterMs: number;
}

/** Of all accounts together. */
export interface Ledger {
  readonly log: ChangeLogEntry[];
  readonly listeners: Set<(entry: ChangeLogEntry) => void>;
  /** By the id of a zone or of a change. */
  readonly owners: Map<string, Account>;
}

export const newLedger = (): Ledger => ({ log: [], listeners: new Set(), owners: new Map() });

export class Account {
  readonly changes = new Map<string, AcceptedChange>();
  readonly #zones = new Map<string, Zone>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** In order of creation. */
  get zones(): readonly Zone[] {
    return [...this.#zones.values()];
  }

  /** @throws Refusal NoSuchHostedZone. */
  zone(id: string): Zone {
    const zone = this.#zones.get(id);
    if (zone === undefined) throw noSuchHostedZone(id);
    return zone;
  }

  addZone(wanted: Omit<ZoneIdentity, 'id' | 'nameServers'> & { id?: string; nameServers?: readonly string[] }): Zone {
    const id = wanted.id ?? newId('Z');
    if (this.#ledger.owners.has(id)) throw new RangeError(`Zone ${id} exists already.`);
    const nameServers = wanted.nameServers ?? awsNameServers(this.#ledger.owners.size);
    const zone = new Zone({ ...wanted, id, nameServers }, { id: newId('C'), at: Date.now(), insyncAfterMs: 0 });
    this.#zones.set(id, zone);
    this.#ledger.owners.set(id, this);
    return zone;
  }

  removeZone(zone: Zone): void {
    this.#zones.delete(zone.identity.id);
    this.#ledger.owners.delete(zone.identity.id);
  }

  /** An accepted change of its own, such as the creation of a zone. */
  accept(insyncAfterMs: number, comment?: string): AcceptedChange {
    const change = { id: newId('C'), at: Date.now(), insyncAfterMs, ...(comment !== undefined && { comment }) };
    this.changes.set(change.id, change);
    this.#ledger.owners.set(change.id, this);
    return change;
  }

  /** Judges a batch and, if nothing is wrong with it, applies it whole. Logged either way. @throws Refusal InvalidChangeBatch. */
  write(write: Write): AcceptedChange {
    const { zone, changes } = write;
    const judged = judgeBatch(this.#contextOf(write), changes);
    const names = new Set(judged.changes.map(({ recordSet }) => recordSet.Name ?? ''));
    const before = zone.setsOf(names);
    if (judged.failures.length > 0) throw this.#refuse(write, judged, before);
    const change = this.accept(write.insyncAfterMs, write.comment);
    zone.become(judged.sets, change);
    const after = zone.setsOf(names);
    this.#append(write, { changes: judged.changes, before, after, accepted: true, changeId: change.id });
    return change;
  }

  /** Pending changes stay pending for ever. */
  strand(): void {
    for (const change of this.#pending()) change.insyncAfterMs = Infinity;
  }

  /** Pending changes, stranded ones included, are in sync now. */
  settle(): void {
    for (const change of this.#pending()) change.insyncAfterMs = 0;
  }

  #pending(): AcceptedChange[] {
    return [...this.changes.values()].filter((change) => !isInSync(change));
  }

  #contextOf({ zone, limited }: Write): BatchContext {
    return {
      zoneId: zone.identity.id,
      zoneName: zone.identity.name,
      sets: zone.sets,
      protectionOf: (key) => zone.protectionOf(key),
      otherZone: (id) => {
        const other = this.#zones.get(id);
        return other && { name: other.identity.name, sets: other.sets };
      },
      limited,
    };
  }

  #refuse(write: Write, { changes, failures }: Judged, before: readonly ResourceRecordSet[]): Refusal {
    const refusal = invalidChangeBatch(failures);
    this.#append(write, { changes, before, after: before, accepted: false, refusal: refusal.message });
    return refusal;
  }

  #append(
    { zone, by, comment }: Write,
    outcome: Pick<ChangeLogEntry, 'changes' | 'before' | 'after' | 'accepted' | 'changeId' | 'refusal'>,
  ): void {
    const entry: ChangeLogEntry = {
      seq: this.#ledger.log.length + 1,
      at: Date.now(),
      zoneId: zone.identity.id,
      by,
      ...(comment !== undefined && { comment }),
      ...outcome,
    };
    this.#ledger.log.push(entry);
    if (entry.accepted) for (const listener of this.#ledger.listeners) listener(entry);
  }
}

/** Ids look like Route 53's: a letter, then capitals and digits. */
function newId(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return letter + Array.from(randomBytes(20), (byte) => alphabet[byte % alphabet.length]).join('');
}

function awsNameServers(zone: number): string[] {
  const domains = ['com', 'net', 'org', 'co.uk'];
  return Array.from({ length: SERVERS }, (_, server) => {
    const number = zone * SERVERS + server;
    return `ns-${512 * server + number}.awsdns-${String(number % 64).padStart(2, '0')}.${domains[server] ?? 'com'}`;
  });
}
