import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type Change,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { setTimeout as sleep } from 'node:timers/promises';

/** What somebody without Switchyard would call: the yardstick. No checks, no fence, no reading back. */
export async function zoneIdOf(client: Route53Client, zone: string): Promise<string> {
  const { HostedZones = [] } = await client.send(new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: 1 }));
  const id = HostedZones[0]?.Id;
  if (id === undefined) throw new Error(`there is no zone ${zone}`);
  return id;
}

export async function setsOf(
  client: Route53Client,
  zoneId: string,
  record: string,
): Promise<readonly ResourceRecordSet[]> {
  const asked = { HostedZoneId: zoneId, StartRecordName: record };
  const { ResourceRecordSets = [] } = await client.send(new ListResourceRecordSetsCommand(asked));
  return ResourceRecordSets.filter(({ Name }) => Name === `${record}.`);
}

/** One batch, and waiting until it is in sync. */
export async function apply(
  client: Route53Client,
  zoneId: string,
  { changes, pollMs }: { readonly changes: Change[]; readonly pollMs: number },
): Promise<void> {
  const batch = { HostedZoneId: zoneId, ChangeBatch: { Changes: changes } };
  let { ChangeInfo: change } = await client.send(new ChangeResourceRecordSetsCommand(batch));
  while (change?.Status !== 'INSYNC') {
    await sleep(pollMs);
    ({ ChangeInfo: change } = await client.send(new GetChangeCommand({ Id: change?.Id })));
  }
}

/** The same name with one value. */
export function serving(record: string, value: string): ResourceRecordSet {
  return { Name: `${record}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: value }] };
}
