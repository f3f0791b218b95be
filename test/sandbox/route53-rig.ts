import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  Route53ServiceException,
} from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet, RRType } from '@aws-sdk/client-route-53';
import { startRoute53 } from '../../sandbox/route53/stand-in.ts';
import type { Route53Options, Route53StandIn } from '../../sandbox/route53/stand-in.ts';

/** A stand-in, and the real SDK talking to it without retries. */
export interface Rig {
  readonly route53: Route53StandIn;
  readonly client: Route53Client;
  change(zoneId: string, ...changes: Change[]): Promise<string>;
  list(zoneId: string): Promise<ResourceRecordSet[]>;
  close(): Promise<void>;
}

export async function startRig(options: Route53Options = {}): Promise<Rig> {
  const route53 = await startRoute53(options);
  const client = clientFor(route53, 'AKIDSANDBOX');
  return {
    route53,
    client,
    change: async (HostedZoneId, ...Changes) => {
      const command = new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } });
      return (await client.send(command)).ChangeInfo?.Id ?? '';
    },
    list: async (HostedZoneId) =>
      (await client.send(new ListResourceRecordSetsCommand({ HostedZoneId }))).ResourceRecordSets ?? [],
    close: async () => {
      client.destroy();
      await route53.close();
    },
  };
}

export function clientFor(route53: Route53StandIn, accessKeyId: string): Route53Client {
  const credentials = { accessKeyId, secretAccessKey: 'x' };
  return new Route53Client({ endpoint: route53.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

export function create(set: ResourceRecordSet): Change {
  return { Action: 'CREATE', ResourceRecordSet: set };
}

export function remove(set: ResourceRecordSet): Change {
  return { Action: 'DELETE', ResourceRecordSet: set };
}

export function upsert(set: ResourceRecordSet): Change {
  return { Action: 'UPSERT', ResourceRecordSet: set };
}

/** A simple set of TTL 60. */
export function simple(Name: string, Type: RRType, ...values: string[]): ResourceRecordSet {
  return { Name, Type, TTL: 60, ResourceRecords: values.map((Value) => ({ Value })) };
}

export function weighted(SetIdentifier: string, Weight: number, set: ResourceRecordSet): ResourceRecordSet {
  return { ...set, SetIdentifier, Weight };
}

/** The error of the service that a call ends with. */
export async function refusalOf(call: Promise<unknown>): Promise<Route53ServiceException> {
  const outcome = await call.then(
    () => new Error('Expected a refusal, but the call was accepted.'),
    (cause: unknown) => cause,
  );
  if (outcome instanceof Route53ServiceException) return outcome;
  throw outcome;
}
