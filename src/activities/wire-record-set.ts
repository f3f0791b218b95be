import type { ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import type { Alias, RecordSet } from '../core/dns/record-set.ts';

/**
 * A record set as the SDK returns it, nothing dropped: a DELETE must repeat every field (D2), so fields that this code does not know are kept in `other`.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html
 */
export function fromWire(wire: ResourceRecordSet): RecordSet {
  const { Name, Type, TTL, ResourceRecords, AliasTarget, SetIdentifier, Weight, HealthCheckId, ...other } = wire;
  return {
    name: Name ?? '',
    type: Type ?? '',
    ttl: TTL ?? null,
    values: (ResourceRecords ?? []).map((record) => record.Value ?? ''),
    alias: AliasTarget === undefined ? null : aliasFrom(AliasTarget),
    setIdentifier: SetIdentifier ?? null,
    weight: Weight ?? null,
    healthCheckId: HealthCheckId ?? null,
    other: Object.fromEntries(Object.entries(other).filter(([, value]) => value !== undefined)),
  };
}

/** The same record set as the SDK sends it. */
export function toWire(set: RecordSet): ResourceRecordSet {
  return {
    Name: set.name,
    Type: set.type as RRType,
    ...(set.setIdentifier === null ? {} : { SetIdentifier: set.setIdentifier }),
    ...(set.weight === null ? {} : { Weight: set.weight }),
    ...set.other,
    ...(set.ttl === null ? {} : { TTL: set.ttl }),
    ...(set.values.length === 0 ? {} : { ResourceRecords: set.values.map((Value) => ({ Value })) }),
    ...(set.alias === null ? {} : { AliasTarget: aliasTo(set.alias) }),
    ...(set.healthCheckId === null ? {} : { HealthCheckId: set.healthCheckId }),
  };
}

function aliasFrom(wire: NonNullable<ResourceRecordSet['AliasTarget']>): Alias {
  return {
    zoneId: wire.HostedZoneId ?? '',
    dnsName: wire.DNSName ?? '',
    evaluateTargetHealth: wire.EvaluateTargetHealth ?? false,
  };
}

function aliasTo(alias: Alias): NonNullable<ResourceRecordSet['AliasTarget']> {
  return { HostedZoneId: alias.zoneId, DNSName: alias.dnsName, EvaluateTargetHealth: alias.evaluateTargetHealth };
}
