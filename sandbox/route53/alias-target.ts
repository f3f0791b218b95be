import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { BatchContext, WorkingCopy } from './batch-context.ts';
import { liesWithin } from './domain-name.ts';
import type { RecordSets } from './record-set.ts';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html */
export function aliasFailures(context: BatchContext, working: WorkingCopy, set: ResourceRecordSet): string[] {
  if (set.AliasTarget === undefined) return [];
  const { DNSName: target = '', HostedZoneId: id = '' } = set.AliasTarget;
  const tried = `Tried to create an alias that targets ${target}, type ${set.Type ?? ''} in zone ${id}`;
  const zone = id === context.zoneId ? { name: context.zoneName, sets: working } : context.otherZone(id);
  if (zone === undefined)
    return liesInAwsZone(target, id) ? [] : [`${tried}, but the alias target name does not lie within the target zone`];
  return [
    ...(liesWithin(target, zone.name)
      ? []
      : [`${tried}, but the alias target name does not lie within the target zone`]),
    ...(targetExists(zone.sets, target, set) ? [] : [`${tried}, but that target was not found`]),
  ];
}

/** Zones of AWS services in which alias targets live, by their published ids. Ids that are not listed are not checked. */
const AWS_ZONES: Readonly<Record<string, string>> = {
  Z2FDTNDATAQYW2: 'cloudfront.net.',
  Z2BJ6XQ5FK7U4H: 'awsglobalaccelerator.com.',
  Z35SXDOTRQ7X7K: 'us-east-1.elb.amazonaws.com.',
  Z3AADJGX6KTTL2: 'us-east-2.elb.amazonaws.com.',
  Z32O12XQLNTSW2: 'eu-west-1.elb.amazonaws.com.',
  Z26RNL4JYFTOTI: 'elb.us-east-1.amazonaws.com.',
};
const AWS_SUFFIXES =
  'amazonaws.com cloudfront.net awsglobalaccelerator.com elasticbeanstalk.com on.aws awsapprunner.com';

function liesInAwsZone(target: string, id: string): boolean {
  const suffixes = AWS_ZONES[id] === undefined ? AWS_SUFFIXES.split(' ').map((name) => `${name}.`) : [AWS_ZONES[id]];
  return suffixes.some((suffix) => target.endsWith(`.${suffix}`));
}

function targetExists(sets: RecordSets, target: string, alias: ResourceRecordSet): boolean {
  for (const set of sets.values())
    if (set.Name === target && set.Type === alias.Type && target !== alias.Name) return true;
  return false;
}
