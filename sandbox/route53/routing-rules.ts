/**
 * Which record sets may stand beside each other at one name.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-weighted.html
 */
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { namesakes } from './batch-context.ts';
import type { BatchContext, WorkingCopy } from './batch-context.ts';
import type { Change } from './change-request.ts';
import { isWeighted, keyOf, sortKey } from './record-set.ts';

export function cnameFailures({ zoneName }: BatchContext, working: WorkingCopy, set: ResourceRecordSet): string[] {
  const rrset = `RRSet of type ${set.Type ?? ''} with DNS name ${set.Name ?? ''} is not permitted`;
  if (set.Type === 'CNAME' && set.Name === zoneName) return [`${rrset} at apex in zone ${zoneName}`];
  const others = namesakes(working, set).filter((other) => other.Type !== set.Type);
  if (set.Type === 'CNAME')
    return others.length === 0
      ? []
      : [`${rrset} as it conflicts with other records with the same DNS name in zone ${zoneName}`];
  if (!others.some((other) => other.Type === 'CNAME')) return [];
  const conflict = 'a conflicting RRSet of type CNAME with the same DNS name already exists';
  return [`${rrset} because ${conflict} in zone ${zoneName}`];
}

export function policyFailures(working: WorkingCopy, set: ResourceRecordSet): string[] {
  const own = sortKey(keyOf(set));
  const siblings = namesakes(working, set).filter((other) => other.Type === set.Type && sortKey(keyOf(other)) !== own);
  const rrset = `RRSet with DNS name ${set.Name ?? ''}, type ${set.Type ?? ''}`;
  if (set.SetIdentifier === undefined)
    return siblings.length === 0
      ? []
      : [`${rrset} cannot be created as other RRSets exist with the same name and type.`];
  if (siblings.every((other) => policyOf(other) === policyOf(set))) return [];
  const conflict = `cannot be created as a non-${policyOf(set)} set exists with the same name and type.`;
  return [`${rrset}, SetIdentifier ${set.SetIdentifier} ${conflict}`];
}

/** Judged on the outcome: the TTL of a weighted set can only be changed by changing all its members in one batch. */
export function weightedFailures(working: WorkingCopy, changes: readonly Change[]): string[] {
  const written = changes.filter(({ action, recordSet }) => action !== 'DELETE' && isWeighted(recordSet));
  return written.flatMap(({ recordSet }) => {
    const members = namesakes(working, recordSet).filter((other) => other.Type === recordSet.Type && isWeighted(other));
    const id = `SetIdentifier ${recordSet.SetIdentifier ?? ''}`;
    const rrset = `RRSet with DNS name ${recordSet.Name ?? ''} and type ${recordSet.Type ?? ''}, ${id}`;
    const ttls = new Set(members.flatMap(({ TTL }) => TTL ?? []));
    return [
      ...(ttls.size > 1 ? [`${rrset} cannot be created as weighted sets must contain the same TTL.`] : []),
      ...(members.length > 100 ? [`${rrset} cannot be created as more than 100 weighted sets would exist.`] : []),
    ];
  });
}

function policyOf(set: ResourceRecordSet): string {
  if (isWeighted(set)) return 'weighted';
  if (set.Region !== undefined) return 'latency';
  if (set.Failover !== undefined) return 'failover';
  if (set.GeoLocation !== undefined) return 'geolocation';
  if (set.MultiValueAnswer !== undefined) return 'multivalue';
  return set.SetIdentifier === undefined ? 'simple' : 'routed';
}
