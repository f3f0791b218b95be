import type { HostedZone, Route53Client } from '@aws-sdk/client-route-53';
import { displayName, isInZone, wireName } from '../core/dns/name.ts';
import type { Zone } from '../core/dns/snapshot.ts';
import { failure } from '../policies/failures.ts';
import { zoneLists, type ZoneLists } from './zone-lists.ts';

/**
 * The hosted zone that holds `record`: by id, by its exact name, or (`zone` null) the longest suffix of the record by label.
 * Of several zones with one name the only public one is taken, as resolvers see that one.
 *
 * @throws ZoneUnclear where there is none, or several: the sentence lists them.
 */
export function findZone(client: Route53Client, record: string, zone: string | null): Promise<Zone> {
  return findZoneIn(zoneLists(client), record, zone);
}

/** The same, of one record of many. @throws ZoneUnclear */
export async function findZoneIn(lists: ZoneLists, record: string, zone: string | null): Promise<Zone> {
  return holding(record, zone === null ? await longestZone(lists, record) : await zoneCalled(lists, zone));
}

/** The zone, where the record is in it. @throws ZoneUnclear */
export function holding(record: string, zone: Zone): Zone {
  if (isInZone(record, zone.name)) return zone;
  throw failure('ZoneUnclear', `${record} is not in the zone ${zone.name} (${zone.id}).`, {
    next: 'Name the zone that holds it with --zone.',
  });
}

/** The zone with this id or this exact name. @throws ZoneUnclear */
export function theZone(client: Route53Client, zone: string): Promise<Zone> {
  return zoneCalled(zoneLists(client), zone);
}

async function zoneCalled(lists: ZoneLists, zone: string): Promise<Zone> {
  const id = zoneId(zone) ?? (await idAmong(lists, [displayName(zone)]));
  if (id !== null) return describeZone(lists, id);
  throw noZone(zone);
}

async function longestZone(lists: ZoneLists, record: string): Promise<Zone> {
  const id = await idAmong(lists, suffixes(record));
  if (id !== null) return describeZone(lists, id);
  throw noZone(`for ${record}`);
}

/** @throws ZoneUnclear where the account has no such zone; Refused where another AWS service owns it. */
async function describeZone(lists: ZoneLists, id: string): Promise<Zone> {
  const { HostedZone: zone, DelegationSet } = await lists.described(id);
  if (zone?.LinkedService !== undefined) throw managedElsewhere(id, zone.LinkedService.ServicePrincipal);
  return {
    id,
    name: wireName(displayName(zone?.Name ?? '')),
    private: zone?.Config?.PrivateZone ?? false,
    nameServers: (DelegationSet?.NameServers ?? []).map((name) => name.toLowerCase()),
  };
}

/** Ids are capitals and digits; a zone's name has a dot or small letters. Null for a name. */
function zoneId(zone: string): string | null {
  return /^(?:\/hostedzone\/)?(Z[A-Z0-9]{1,31})$/.exec(zone)?.[1] ?? null;
}

/** The id of the only zone with the first of these names that any zone has. */
async function idAmong(lists: ZoneLists, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const zones = await lists.named(name);
    if (zones.length > 0) return bareId(theOnly(zones, name));
  }
  return null;
}

/** `www.example.com` -> itself, `example.com`, `com`; by label, so that `barfoo.com` is not in `foo.com`. */
function suffixes(record: string): readonly string[] {
  const labels = displayName(record).split('.');
  return labels.map((_, index) => labels.slice(index).join('.')).filter((suffix) => !suffix.startsWith('*'));
}

function theOnly(zones: readonly HostedZone[], name: string): HostedZone {
  const open = zones.filter((zone) => zone.Config?.PrivateZone !== true);
  const candidates = open.length > 0 ? open : zones;
  const [only, ...more] = candidates;
  if (only !== undefined && more.length === 0) return only;
  const list = zones.map((zone) => `${bareId(zone)} (${zone.Config?.PrivateZone === true ? 'private' : 'public'})`);
  throw failure('ZoneUnclear', `${zones.length} hosted zones are called ${name}: ${list.join(', ')}.`, {
    next: 'Name one of them by its id with --zone.',
  });
}

function bareId(zone: HostedZone): string {
  return (zone.Id ?? '').replace(/^\/hostedzone\//, '');
}

function managedElsewhere(id: string, service = 'another AWS service') {
  return failure('Refused', `The zone ${id} is managed by ${service}, which alone may change it.`);
}

function noZone(what: string) {
  return failure('ZoneUnclear', `There is no hosted zone ${what} in this account.`, {
    next: 'Check the name of the zone and the account of the credentials.',
  });
}
