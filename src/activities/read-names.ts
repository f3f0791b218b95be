import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { fenceName, wireName } from '../core/dns/name.ts';
import type { RecordSet } from '../core/dns/record-set.ts';
import type { Standing } from '../core/dns/snapshot.ts';
import { asFailure } from '../policies/classify.ts';
import { readName } from './read-standing.ts';
import { fromWire } from './wire-record-set.ts';

/**
 * What stands at many names of one zone, and at their fences: whole pages in the zone's own order, skipping the stretches
 * between them, since an account has five requests a second. A name that the sweep did not see is asked for by itself.
 */
export async function readNames(
  client: Route53Client,
  zoneId: string,
  records: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const standings = new Map<string, Standing>();
  const few = records.length <= 2;
  const seen = few
    ? []
    : await sweep(
        client,
        zoneId,
        records.flatMap((record) => [wireName(record), fenceName(record)]),
      );
  for (const record of records) {
    const sets = seen.filter(({ name }) => name === wireName(record));
    const fence = seen.find(({ name, type }) => name === fenceName(record) && type === 'TXT') ?? null;
    standings.set(record, sets.length > 0 ? { sets, fence } : await readName(client, { record, zone: { id: zoneId } }));
  }
  return standings;
}

async function sweep(client: Route53Client, zoneId: string, names: readonly string[]): Promise<readonly RecordSet[]> {
  const wanted = new Set(names);
  const found: RecordSet[] = [];
  let left = [...wanted].sort(byZoneOrder);
  let start: PageStart | null = { name: left[0] ?? '' };
  while (start !== null && left.length > 0) {
    const page = await list(client, zoneId, start);
    found.push(...(page.ResourceRecordSets ?? []).map(fromWire).filter(({ name }) => wanted.has(name)));
    const next = pageAfter(page);
    left = next === null ? [] : left.filter((name) => byZoneOrder(name, next.name) >= 0);
    const [first] = left;
    start = next === null || first === undefined || first === next.name ? next : { name: first };
  }
  return found;
}

interface PageStart {
  readonly name: string;
  readonly type?: ListResourceRecordSetsCommandOutput['NextRecordType'];
  readonly identifier?: string | undefined;
}

function pageAfter(page: ListResourceRecordSetsCommandOutput): PageStart | null {
  if (page.IsTruncated !== true || page.NextRecordName === undefined) return null;
  return { name: page.NextRecordName, type: page.NextRecordType, identifier: page.NextRecordIdentifier };
}

function list(client: Route53Client, zoneId: string, start: PageStart): Promise<ListResourceRecordSetsCommandOutput> {
  const command = new ListResourceRecordSetsCommand({
    HostedZoneId: zoneId,
    StartRecordName: start.name,
    StartRecordType: start.type,
    StartRecordIdentifier: start.identifier,
  });
  return client
    .send(command)
    .catch((error: unknown) =>
      Promise.reject(asFailure(error, { action: 'ListResourceRecordSets', subject: `zone ${zoneId}` })),
    );
}

/** By label from the right, as ListResourceRecordSets sorts. */
function byZoneOrder(a: string, b: string): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : Number(left > right);
}

const keyOf = (name: string): string => name.replace(/\.$/, '').split('.').reverse().join('\u0000');
