/**
 * A strict Route 53 on loopback: it speaks the REST-XML of the API, and rejects what the real service rejects, in its words.
 *
 * What it keeps to: a batch is judged whole and applied whole; a DELETE must match exactly; reads show what was accepted, name servers what has
 * reached them. https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html
 */
import { randomUUID } from 'node:crypto';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { startFaultedServer } from '../faulted-server.ts';
import type { FaultedServer } from '../faulted-server.ts';
import { createFaultPlan } from '../faults.ts';
import type { FaultedRequest, FaultPlan } from '../faults.ts';
import type { Identities } from '../sts/identities.ts';
import type { Account } from './account.ts';
import type { ChangeLogEntry } from './account.ts';
import type { Change } from './change-request.ts';
import { storedName } from './domain-name.ts';
import { accountIn, createFrontDoor, protocolOf } from './front-door.ts';
import type { FrontDoor } from './front-door.ts';
import type { Policy } from './policy.ts';
import { sortKey } from './record-set.ts';
import type { RecordSetKey } from './record-set.ts';
import type { Limits } from './throttle.ts';
import type { Zone } from './zone.ts';

export type { ChangeLogEntry } from './account.ts';

export interface Route53Options {
  /** A fixed port; any free one unless told otherwise. */
  readonly port?: number;
  /** How long an accepted change stays PENDING, in milliseconds; 50 unless told otherwise. */
  readonly insyncAfterMs?: number;
  /** `real` counts requests against `limits`; `off` unless told otherwise. */
  readonly throttling?: 'real' | 'off';
  /** Route 53's published rates unless told otherwise. */
  readonly limits?: Limits;
  /** Whose keys are whose; every key is one of the home account unless told otherwise. */
  readonly identities?: Identities;
}

export interface NewZone {
  readonly name: string;
  /** The account that it belongs to; the home account unless told otherwise. */
  readonly accountId?: string;
  readonly id?: string;
  readonly private?: boolean;
  readonly comment?: string;
  readonly nameServers?: readonly string[];
}

export interface Route53StandIn {
  /** `http://127.0.0.1:PORT`, for the SDK's `endpoint` or `AWS_ENDPOINT_URL_ROUTE_53`. */
  readonly url: string;
  readonly faults: FaultPlan;
  /** Creates a zone with its NS and SOA sets, visible at once; several may have the same name. Returns its id. */
  createZone(zone: NewZone): string;
  /**
   * Writes without the API, as a foreign hand: upserts by name, type and identifier, atomic, in sync at once, logged with by: 'foreign'.
   *
   * @throws Error with Route 53's words when the outcome would be one that Route 53 does not allow.
   */
  put(zoneId: string, ...sets: ResourceRecordSet[]): void;
  /** Removes a set as a foreign hand. @throws Error when there is none. */
  remove(zoneId: string, key: RecordSetKey): void;
  /** Applies a batch as a foreign hand, atomic, with the rules of `put`. */
  change(zoneId: string, ...changes: Change[]): void;
  /** As accepted (the view of the API, PENDING included), in the order of the API. */
  recordSets(zoneId: string, name?: string): readonly ResourceRecordSet[];
  /**
   * As served by name server 0 to 3: what had reached it by now. A change reaches server i after (i + 1) / 4 of its time to INSYNC, plus the
   * server's own lag.
   */
  visibleRecordSets(zoneId: string, serverIndex: number): readonly ResourceRecordSet[];
  /** Makes a name server lag `ms` behind; Infinity stops it where it is, 0 lets it catch up. INSYNC does not wait for it. */
  lag(zoneId: string, serverIndex: number, ms: number): void;
  /** In order of creation. */
  zones(): readonly { id: string; name: string; private: boolean; nameServers: readonly string[] }[];
  /** Every batch that was judged, refused ones included; append-only. */
  readonly log: readonly ChangeLogEntry[];
  /** For changes accepted from now on, in milliseconds; Infinity: they stay PENDING until `settle`. */
  insyncAfterMs: number;
  /** How long the zone is busy with a batch (and refuses others with PriorRequestNotComplete), in milliseconds. 0 unless set. */
  processingMs: number;
  throttling: 'real' | 'off';
  /** Makes the zone busy until the returned function is called: PriorRequestNotComplete for every batch. */
  occupy(zoneId: string): () => void;
  /** What is PENDING now stays so for ever, and does not reach the name servers. */
  strand(): void;
  /** What is PENDING now, stranded included, is INSYNC. */
  settle(): void;
  protect(zoneId: string, protection: { name: string; type: string; comment?: string }): void;
  unprotect(zoneId: string, protection: { name: string; type: string }): void;
  /** AccessDenied for the operation, or for requests that match, until the returned function is called. */
  deny(target: string | ((request: FaultedRequest) => boolean)): () => void;
  /** From now on the access key may do what this policy of IAM allows, and nothing else. */
  grant(accessKeyId: string, policy: Policy): void;
  /** Called after each accepted batch, foreign ones included. Returns what ends it. */
  onChange(listener: (entry: ChangeLogEntry) => void): () => void;
  /** Resets every open connection, hanging ones included. */
  dropConnections(): void;
  close(): Promise<void>;
}

export async function startRoute53(options: Route53Options = {}): Promise<Route53StandIn> {
  const faults = createFaultPlan();
  const door = createFrontDoor(options);
  return new RunningRoute53(door, { faults, server: await startFaultedServer(protocolOf(door, faults), options.port) });
}

class RunningRoute53 implements Route53StandIn {
  readonly #door: FrontDoor;
  readonly #server: FaultedServer;
  readonly faults: FaultPlan;

  constructor(door: FrontDoor, { faults, server }: { faults: FaultPlan; server: FaultedServer }) {
    this.#door = door;
    this.#server = server;
    this.faults = faults;
  }

  get url(): string {
    return this.#server.url;
  }

  get log(): readonly ChangeLogEntry[] {
    return this.#door.ledger.log;
  }

  get insyncAfterMs(): number {
    return this.#door.settings.insyncAfterMs;
  }

  set insyncAfterMs(ms: number) {
    this.#door.settings.insyncAfterMs = ms;
  }

  get processingMs(): number {
    return this.#door.settings.processingMs;
  }

  set processingMs(ms: number) {
    this.#door.settings.processingMs = ms;
  }

  get throttling(): 'real' | 'off' {
    return this.#door.throttling;
  }

  set throttling(mode: 'real' | 'off') {
    this.#door.throttling = mode;
  }

  createZone({ accountId, ...zone }: NewZone): string {
    const identity = { ...zone, name: storedName(zone.name), private: zone.private ?? false };
    return accountIn(this.#door, accountId).addZone({ ...identity, callerReference: randomUUID() }).identity.id;
  }

  put(zoneId: string, ...sets: ResourceRecordSet[]): void {
    this.change(zoneId, ...sets.map((recordSet) => ({ action: 'UPSERT' as const, recordSet })));
  }

  remove(zoneId: string, key: RecordSetKey): void {
    const recordSet = this.#zone(zoneId).sets.get(sortKey({ ...key, name: storedName(key.name) }));
    if (recordSet === undefined) throw new RangeError(`There is no record set ${JSON.stringify(key)} to remove.`);
    this.change(zoneId, { action: 'DELETE', recordSet });
  }

  change(zoneId: string, ...changes: Change[]): void {
    const zone = this.#zone(zoneId);
    this.#owner(zoneId).write({ zone, by: 'foreign', changes, limited: false, insyncAfterMs: 0 });
  }

  recordSets(zoneId: string, name?: string): readonly ResourceRecordSet[] {
    const zone = this.#zone(zoneId);
    return name === undefined ? zone.sorted : zone.setsOf(new Set([storedName(name)]));
  }

  visibleRecordSets(zoneId: string, serverIndex: number): readonly ResourceRecordSet[] {
    return this.#zone(zoneId).propagation.visibleAt(serverIndex);
  }

  lag(zoneId: string, serverIndex: number, ms: number): void {
    this.#zone(zoneId).propagation.delay(serverIndex, ms);
  }

  zones(): ReturnType<Route53StandIn['zones']> {
    return this.#accounts.flatMap(({ zones }) => zones.map(({ identity }) => identity));
  }

  occupy(zoneId: string): () => void {
    return this.#zone(zoneId).beginProcessing();
  }

  strand(): void {
    for (const account of this.#accounts) account.strand();
  }

  settle(): void {
    for (const account of this.#accounts) account.settle();
  }

  protect(zoneId: string, protection: { name: string; type: string; comment?: string }): void {
    const stored = { ...protection, name: storedName(protection.name) };
    this.#zone(zoneId).protections.set(sortKey({ name: stored.name, type: stored.type }), stored);
  }

  unprotect(zoneId: string, { name, type }: { name: string; type: string }): void {
    this.#zone(zoneId).protections.delete(sortKey({ name: storedName(name), type }));
  }

  deny(target: string | ((request: FaultedRequest) => boolean)): () => void {
    const { denials } = this.#door;
    const denies = typeof target === 'string' ? ({ operation }: FaultedRequest) => operation === target : target;
    denials.add(denies);
    return () => void denials.delete(denies);
  }

  grant(accessKeyId: string, policy: Policy): void {
    this.#door.policies.set(accessKeyId, policy);
  }

  onChange(listener: (entry: ChangeLogEntry) => void): () => void {
    const { listeners } = this.#door.ledger;
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  dropConnections(): void {
    this.#server.dropConnections();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  get #accounts(): readonly Account[] {
    return [...this.#door.accounts.values()];
  }

  #owner(zoneId: string): Account {
    return this.#door.ledger.owners.get(zoneId) ?? accountIn(this.#door);
  }

  #zone(id: string): Zone {
    return this.#owner(id).zone(id);
  }
}
