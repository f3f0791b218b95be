/** A hosted zone: its record sets as they were accepted, its protections, and what has reached its name servers. */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Protection } from './batch-context.ts';
import { Propagation } from './propagation.ts';
import type { AcceptedChange } from './propagation.ts';
import { keyOf, sorted, sortKey, storedSet } from './record-set.ts';
import type { RecordSetKey, RecordSets } from './record-set.ts';

export interface ZoneIdentity {
  readonly id: string;
  /** As stored: lower case, final dot. */
  readonly name: string;
  readonly private: boolean;
  readonly comment?: string;
  readonly callerReference: string;
  readonly nameServers: readonly string[];
}

export class Zone {
  readonly identity: ZoneIdentity;
  readonly propagation = new Propagation();
  readonly protections = new Map<string, Protection>();
  readonly #processing = new Set<symbol>();
  #sets: RecordSets = new Map();
  #sorted: readonly ResourceRecordSet[] = [];

  constructor(identity: ZoneIdentity, created: AcceptedChange) {
    this.identity = identity;
    this.become(new Map(initialSets(identity).map((set) => [sortKey(keyOf(set)), set])), created);
  }

  get sets(): RecordSets {
    return this.#sets;
  }

  /** In the order of ListResourceRecordSets. */
  get sorted(): readonly ResourceRecordSet[] {
    return this.#sorted;
  }

  become(sets: RecordSets, change: AcceptedChange): void {
    this.#sets = sets;
    this.#sorted = sorted(sets);
    this.propagation.record(change, this.#sorted);
  }

  /** While it is true the zone processes a batch, and refuses others. */
  get busy(): boolean {
    return this.#processing.size > 0;
  }

  /** Makes the zone busy until the returned function is called. */
  beginProcessing(): () => void {
    const batch = Symbol('batch');
    this.#processing.add(batch);
    return () => void this.#processing.delete(batch);
  }

  /** A protection covers every record set of its name and type, whatever the set identifier. */
  protectionOf({ name, type }: RecordSetKey): Protection | undefined {
    return this.protections.get(sortKey({ name, type }));
  }

  setsOf(names: ReadonlySet<string>): ResourceRecordSet[] {
    return this.#sorted.filter(({ Name }) => names.has(Name ?? ''));
  }
}

/** What each zone is born with: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
function initialSets({ name, nameServers }: ZoneIdentity): ResourceRecordSet[] {
  const [primary = 'ns-1.awsdns-00.com'] = nameServers;
  const soa = `${primary}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  return [
    storedSet({
      Name: name,
      Type: 'NS',
      TTL: 172800,
      ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })),
    }),
    storedSet({ Name: name, Type: 'SOA', TTL: 900, ResourceRecords: [{ Value: soa }] }),
  ];
}
