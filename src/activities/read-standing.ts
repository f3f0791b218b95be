import {
  ListResourceRecordSetProtectionsCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { fenceName, sameName, wireName } from '../core/dns/name.ts';
import type { RecordSet, RecordSets } from '../core/dns/record-set.ts';
import type { Protection, Standing } from '../core/dns/snapshot.ts';
import { asFailure } from '../policies/classify.ts';
import { failure } from '../policies/failures.ts';
import { fromWire } from './wire-record-set.ts';

/** Where to look. */
export interface Place {
  readonly record: string;
  readonly zone: { readonly id: string };
}

/** Every record set of the record's name and of its fence's, pending changes included, as one moment saw them where one page holds both. */
export async function readName(client: Route53Client, place: Place): Promise<Standing> {
  const names = { record: wireName(place.record), fence: fenceName(place.record) };
  const first = await listFrom(client, place, names.record);
  const alreadyThere = first.sets.some((set) => set.name === names.fence);
  // The fence sorts behind its record, nearly always on the same page; where that page ends before it, it is asked for by name.
  const second = alreadyThere || first.whole ? [] : (await listFrom(client, place, names.fence)).sets;
  const sets = [...first.sets, ...second];
  return {
    sets: sets.filter((set) => set.name === names.record),
    fence: sets.find((set) => set.name === names.fence && set.type === 'TXT') ?? null,
  };
}

/** What stands there of `types`, the ones that a plan moves. */
export async function readStanding(client: Route53Client, place: Place, types: readonly string[]): Promise<Standing> {
  const { sets, fence } = await readName(client, place);
  return { sets: sets.filter((set) => types.includes(set.type)), fence };
}

/** The types that any of these states has. */
export function typesOf(...states: readonly RecordSets[]): readonly string[] {
  return [...new Set(states.flat().map((set) => set.type))];
}

/**
 * Protections of the record and of its fence, which make Route 53 refuse every change.
 * Null where they could not be read: the permission may be missing, and older endpoints do not know them ("could not look" is not "none").
 */
export async function readProtections(client: Route53Client, place: Place): Promise<readonly Protection[] | null> {
  const names = [wireName(place.record), fenceName(place.record)];
  try {
    const lists = await Promise.all(names.map((name) => protectionsOf(client, place.zone.id, name)));
    return lists.flat();
  } catch {
    return null;
  }
}

/** Every protection of a zone: of many names at once there are seldom more than of one. Null where they could not be read. */
export async function readZoneProtections(
  client: Route53Client,
  zoneId: string,
): Promise<readonly Protection[] | null> {
  const found: Protection[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new ListResourceRecordSetProtectionsCommand({
          HostedZoneId: zoneId,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      for (const { RecordName, RecordType, Comment } of page.ResourceRecordSetProtections ?? [])
        found.push({ name: RecordName ?? '', type: RecordType ?? '', comment: Comment ?? null });
      token = page.NextToken;
    } while (token !== undefined);
    return found;
  } catch {
    return null;
  }
}

interface Listed {
  /** Up to the end of the first name at least. */
  readonly sets: readonly RecordSet[];
  /** Nothing follows in the zone. */
  readonly whole: boolean;
}

/**
 * The sets from `name` on: whole pages, as many as it takes to hold all sets of `name`.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
async function listFrom(client: Route53Client, place: Place, name: string): Promise<Listed> {
  const sets: RecordSet[] = [];
  let start: Omit<ListResourceRecordSetsCommandInput, 'HostedZoneId'> = { StartRecordName: name };
  for (;;) {
    const page = await client
      .send(new ListResourceRecordSetsCommand({ HostedZoneId: place.zone.id, ...start }))
      .catch((error: unknown) =>
        Promise.reject(asFailure(error, { action: 'ListResourceRecordSets', subject: place.record })),
      );
    if (page.ResourceRecordSets === undefined) throw unreadable(place);
    sets.push(...page.ResourceRecordSets.map(fromWire));
    if (page.IsTruncated !== true) return { sets, whole: true };
    if (page.NextRecordName !== name) return { sets, whole: false };
    start = {
      StartRecordName: page.NextRecordName,
      StartRecordType: page.NextRecordType,
      StartRecordIdentifier: page.NextRecordIdentifier,
    };
  }
}

/** A page of something in between can pass for XML: without a list it says nothing of what stands there. */
function unreadable({ record }: Place): Error {
  return failure('Unavailable', `ListResourceRecordSets for ${record}: no usable answer (it has no list).`);
}

async function protectionsOf(client: Route53Client, zoneId: string, name: string): Promise<readonly Protection[]> {
  const found: Protection[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListResourceRecordSetProtectionsCommand({
        HostedZoneId: zoneId,
        ...(token === undefined ? { StartRecordName: name } : { NextToken: token }),
      }),
    );
    const listed = page.ResourceRecordSetProtections ?? [];
    const ours = listed.filter((protection) => sameName(protection.RecordName ?? '', name));
    found.push(...ours.map(({ RecordType, Comment }) => ({ name, type: RecordType ?? '', comment: Comment ?? null })));
    token = ours.length < listed.length ? undefined : page.NextToken; // the name is where the list starts, not a filter
  } while (token !== undefined);
  return found;
}
