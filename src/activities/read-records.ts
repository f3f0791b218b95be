import type { Route53Client } from '@aws-sdk/client-route-53';
import type { AwsClients } from '../clients.ts';
import type { ReadRecordInput } from '../contracts/deploy-activities.ts';
import type { Many } from '../contracts/group-activities.ts';
import { canonicalName, fenceName, sameName } from '../core/dns/name.ts';
import type { Protection, Snapshot, Zone } from '../core/dns/snapshot.ts';
import { failure } from '../policies/failures.ts';
import { findZoneIn } from './find-zone.ts';
import { patiently, type Patience } from './patiently.ts';
import { beating, type Pulse } from './pulse.ts';
import { readNames } from './read-names.ts';
import { readZoneProtections } from './read-standing.ts';
import { zoneLists, type ZoneLists } from './zone-lists.ts';

/** An account has ten requests a second: one that is throttled is asked again here, so that the others need not be. */
const PATIENCE: Patience = { firstMs: 500, maxMs: 5_000, tries: 6 };

/** Everything at each name, with zone, fence and protections, zone by zone: whole pages, where many records share them (D1). */
export async function readRecords(
  aws: AwsClients,
  { records }: Many<ReadRecordInput>,
  pulse: Pulse,
): Promise<Many<Snapshot>> {
  return beating(pulse, async () => {
    const places = await placesOf(aws, records, pulse);
    const zones = [...new Map(places.map((place) => [`${place.zone.id} ${place.role ?? ''}`, place])).values()];
    const read = await Promise.all(
      zones.map((of) => {
        const names = places.filter(({ zone, role }) => zone.id === of.zone.id && role === of.role);
        return readZone(
          { client: aws.inRole(of.role).route53(), pulse },
          of.zone,
          names.map(({ record }) => record),
        );
      }),
    );
    const found = new Map(read.flat().map((snapshot) => [snapshot.record, snapshot]));
    return { records: places.flatMap(({ record }) => found.get(record) ?? []) };
  });
}

interface Asking {
  readonly client: Route53Client;
  readonly pulse: Pulse;
}

interface Place {
  readonly record: string;
  readonly zone: Zone;
  readonly role: string | undefined;
}

/** One after the other: the account's bucket is everybody's, and what is told of one record answers for others. */
async function placesOf(aws: AwsClients, records: readonly ReadRecordInput[], pulse: Pulse): Promise<readonly Place[]> {
  const told = new Map<string | undefined, ZoneLists>();
  const places: Place[] = [];
  for (const { record: text, zone, role } of records) {
    const name = canonicalName(text);
    if (name.kind === 'bad') throw failure('Invalid', name.why);
    const lists = told.get(role) ?? zoneLists(aws.inRole(role).route53());
    told.set(role, lists);
    places.push({
      record: name.name,
      zone: await patiently(pulse, PATIENCE, () => findZoneIn(lists, name.name, zone)),
      role,
    });
  }
  return places;
}

async function readZone({ client, pulse }: Asking, zone: Zone, names: readonly string[]): Promise<readonly Snapshot[]> {
  const standings = await patiently(pulse, PATIENCE, () => readNames(client, zone.id, names));
  const protections = await readZoneProtections(client, zone.id);
  const readAt = pulse.now();
  return names.map((record) => {
    const { sets, fence } = standings.get(record) ?? { sets: [], fence: null };
    return { record, zone, sets, fence, protections: protectionsOf(protections, record), readAt };
  });
}

function protectionsOf(all: readonly Protection[] | null, record: string): readonly Protection[] | null {
  return all?.filter(({ name }) => sameName(name, record) || sameName(name, fenceName(record))) ?? null;
}
