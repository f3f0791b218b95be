import {
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  type HostedZone,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { displayName, isInZone, sameName, wireName } from '../core/dns/name.ts';
import type { Zone } from '../core/dns/snapshot.ts';
import { asFailure } from '../policies/classify.ts';
import { failure } from '../policies/failures.ts';

/**
 * The hosted zone that holds `record`: by id, by its exact name, or (`zone` null) the longest suffix of the record by label.
 * Of several zones with one name the only public one is taken, as resolvers see that one.
 *
 * @throws ZoneUnclear where there is none, or several: the sentence lists them.
 */
export async function findZone(client: Route53Client, record: string, zone: string | null): Promise<Zone> {
  return holding(record, zone === null ? await longestZone(client, record) : await theZone(client, zone));
}

/** The zone, where the record is in it. @throws ZoneUnclear */
export function holding(record: string, zone: Zone): Zone {
  if (isInZone(record, zone.name)) return zone;
  throw failure('ZoneUnclear', `${record} is not in the zone ${zone.name} (${zone.id}).`, {
    next: 'Name the zone that holds it with --zone.',
  });
}

/** The zone with this id or this exact name. @throws ZoneUnclear */
export async function theZone(client: Route53Client, zone: string): Promise<Zone> {
  const id = zoneId(zone) ?? (await idAmong(client, [displayName(zone)]));
  if (id !== null) return describeZone(client, id);
  throw noZone(zone);
}

async function longestZone(client: Route53Client, record: string): Promise<Zone> {
  const id = await idAmong(client, suffixes(record));
  if (id !== null) return describeZone(client, id);
  throw noZone(`for ${record}`);
}

/** @throws ZoneUnclear where the account has no such zone; Refused where another AWS service owns it. */
async function describeZone(client: Route53Client, id: string): Promise<Zone> {
  const request = { action: 'GetHostedZone', subject: `zone ${id}` };
  const { HostedZone: zone, DelegationSet } = await client
    .send(new GetHostedZoneCommand({ Id: id }))
    .catch((error: unknown) => Promise.reject(asFailure(error, request)));
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
async function idAmong(client: Route53Client, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const zones = await zonesNamed(client, name);
    if (zones.length > 0) return bareId(theOnly(zones, name));
  }
  return null;
}

/** `www.example.com` -> itself, `example.com`, `com`; by label, so that `barfoo.com` is not in `foo.com`. */
function suffixes(record: string): readonly string[] {
  const labels = displayName(record).split('.');
  return labels.map((_, index) => labels.slice(index).join('.')).filter((suffix) => !suffix.startsWith('*'));
}

/** The name is where the list starts, not a filter: zones that merely sort later follow, and end it. */
async function zonesNamed(client: Route53Client, name: string): Promise<readonly HostedZone[]> {
  const found: HostedZone[] = [];
  let start: { DNSName?: string | undefined; HostedZoneId?: string | undefined } = { DNSName: name };
  for (;;) {
    const page = await client
      .send(new ListHostedZonesByNameCommand(start))
      .catch((error: unknown) => Promise.reject(asFailure(error, { action: 'ListHostedZonesByName', subject: name })));
    // An answer without a list is none of Route 53's: "could not look" is not "there is no such zone".
    if (page.HostedZones === undefined)
      throw failure('Unavailable', `no usable list of the hosted zones from ${name} on.`);
    const zones = page.HostedZones;
    const equal = zones.filter((zone) => sameName(zone.Name ?? '', name));
    found.push(...equal);
    if (page.IsTruncated !== true || equal.length < zones.length) return found;
    start = { DNSName: page.NextDNSName, HostedZoneId: page.NextHostedZoneId };
  }
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
