/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_Operations_Amazon_Route_53.html : hosted zones. */
import { answer, pageSize, zoneOf } from './call.ts';
import type { Operation } from './call.ts';
import { readName, sortName } from './domain-name.ts';
import { changeInfo } from './record-operations.ts';
import { invalidInput, outOfBounds, Refusal } from './refusal.ts';
import { child, readRequest, text } from './xml.ts';
import type { XmlContent } from './xml-content.ts';
import type { Zone } from './zone.ts';

export const createHostedZone: Operation = ({ account, body, settings }) => {
  const request = readRequest(body, 'CreateHostedZoneRequest');
  const config = child(request, 'HostedZoneConfig') ?? {};
  const callerReference = text(request, 'CallerReference') ?? '';
  if (callerReference === '' || callerReference.length > 128)
    throw outOfBounds([
      `Value '${callerReference}' at 'callerReference' failed to satisfy constraint: length 1 to 128`,
    ]);
  mustBeUnused(account.zones, callerReference);
  const comment = text(config, 'Comment');
  const zone = account.addZone({
    name: readZoneName(text(request, 'Name') ?? ''),
    private: isPrivate(text(config, 'PrivateZone') === 'true', child(request, 'VPC') !== undefined),
    callerReference,
    ...(comment !== undefined && { comment }),
  });
  const change = account.accept(settings.insyncAfterMs);
  const content = { ...zoneContent(zone), ChangeInfo: changeInfo(change) };
  const location = `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.identity.id}`;
  return answer('CreateHostedZoneResponse', content, { status: 201, headers: { location } });
};

export const getHostedZone: Operation = (call) => answer('GetHostedZoneResponse', zoneContent(zoneOf(call)));

export const deleteHostedZone: Operation = (call) => {
  const zone = zoneOf(call);
  const required = zone.sorted.filter(
    ({ Name, Type }) => Name === zone.identity.name && ['NS', 'SOA'].includes(Type ?? ''),
  );
  if (zone.sets.size > required.length)
    throw notEmpty('The specified hosted zone contains non-required resource record sets and so cannot be deleted.');
  if (zone.protections.size > 0)
    throw notEmpty('The specified hosted zone contains resource record set protections and so cannot be deleted.');
  call.account.removeZone(zone);
  const change = call.account.accept(call.settings.insyncAfterMs);
  return answer('DeleteHostedZoneResponse', { ChangeInfo: changeInfo(change) });
};

export const getHostedZoneCount: Operation = ({ account }) =>
  answer('GetHostedZoneCountResponse', { HostedZoneCount: account.zones.length });

export const listHostedZones: Operation = ({ account, query }) => {
  const marker = query.get('marker');
  const maxItems = pageSize(query, 'maxitems', 100);
  const zones = account.zones.filter((zone) => zone.identity.private || !query.has('hostedzonetype'));
  const start = marker === null ? 0 : zones.findIndex(({ identity }) => identity.id === marker);
  if (start === -1) throw invalidInput(`The marker ${marker ?? ''} does not name a hosted zone.`);
  const next = zones[start + maxItems];
  return answer('ListHostedZonesResponse', {
    HostedZones: { HostedZone: zones.slice(start, start + maxItems).map(summary) },
    Marker: marker ?? undefined,
    IsTruncated: next !== undefined,
    NextMarker: next?.identity.id,
    MaxItems: maxItems,
  });
};

/** The name is where the list starts, in the order of reversed labels; it filters nothing. */
export const listHostedZonesByName: Operation = ({ account, query }) => {
  const dnsName = query.get('dnsname');
  const zoneId = query.get('hostedzoneid')?.replace('/hostedzone/', '');
  if (zoneId !== undefined && dnsName === null) throw invalidInput('DNSName must be specified with HostedZoneId.');
  const maxItems = pageSize(query, 'maxitems', 100);
  const from = dnsName === null ? '' : position(readZoneName(dnsName), zoneId ?? '');
  const zones = account.zones.map((zone) => ({ zone, at: position(zone.identity.name, zone.identity.id) }));
  const listed = zones.filter(({ at }) => at >= from).sort((one, other) => (one.at < other.at ? -1 : 1));
  const next = listed[maxItems]?.zone.identity;
  return answer('ListHostedZonesByNameResponse', {
    HostedZones: { HostedZone: listed.slice(0, maxItems).map(({ zone }) => summary(zone)) },
    DNSName: dnsName ?? undefined,
    HostedZoneId: zoneId,
    IsTruncated: next !== undefined,
    NextDNSName: next?.name,
    NextHostedZoneId: next?.id,
    MaxItems: maxItems,
  });
};

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZoneLimit.html */
export const getHostedZoneLimit: Operation = (call) => {
  const zone = zoneOf(call);
  const type = call.path[1] ?? '';
  if (type === 'MAX_RRSETS_BY_ZONE')
    return answer('GetHostedZoneLimitResponse', { Limit: { Type: type, Value: 10000 }, Count: zone.sets.size });
  if (type !== 'MAX_VPCS_ASSOCIATED_BY_ZONE')
    throw outOfBounds([`Value '${type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set`]);
  if (!zone.identity.private)
    throw new Refusal(
      { status: 400, code: 'HostedZoneNotPrivate' },
      'The specified hosted zone is a public hosted zone.',
    );
  return answer('GetHostedZoneLimitResponse', { Limit: { Type: type, Value: 300 }, Count: 1 });
};

function mustBeUnused(zones: readonly Zone[], callerReference: string): void {
  if (!zones.some(({ identity }) => identity.callerReference === callerReference)) return;
  throw new Refusal(
    { status: 409, code: 'HostedZoneAlreadyExists' },
    `A hosted zone has already been created with the specified caller reference.`,
  );
}

function readZoneName(raw: string): string {
  const read = readName(raw);
  if ('problem' in read) throw new Refusal({ status: 400, code: 'InvalidDomainName' }, read.problem);
  return read.name;
}

function isPrivate(asked: boolean, withVpc: boolean): boolean {
  if (asked && !withVpc) throw invalidInput('When you create a private hosted zone, you must specify a VPC.');
  return withVpc;
}

function notEmpty(message: string): Refusal {
  return new Refusal({ status: 400, code: 'HostedZoneNotEmpty' }, message);
}

function position(name: string, id: string): string {
  return `${sortName(name)}\0${id}`;
}

function zoneContent(zone: Zone): Readonly<Record<string, XmlContent>> {
  const { nameServers } = zone.identity;
  return {
    HostedZone: summary(zone),
    ...(zone.identity.private
      ? { VPCs: { VPC: [{ VPCRegion: 'us-east-1', VPCId: 'vpc-5a4db0e5' }] } }
      : { DelegationSet: { NameServers: { NameServer: nameServers } } }),
  };
}

function summary({ identity, sets }: Zone): XmlContent {
  return {
    Id: `/hostedzone/${identity.id}`,
    Name: identity.name,
    CallerReference: identity.callerReference,
    Config: { Comment: identity.comment, PrivateZone: identity.private },
    ResourceRecordSetCount: sets.size,
  };
}
