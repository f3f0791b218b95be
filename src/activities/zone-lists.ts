import {
  GetHostedZoneCommand,
  ListHostedZonesByNameCommand,
  type GetHostedZoneCommandOutput,
  type HostedZone,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { displayName, sameName } from '../core/dns/name.ts';
import { asFailure } from '../policies/classify.ts';
import { failure } from '../policies/failures.ts';

/** The account's hosted zones, as far as they were asked for. */
export interface ZoneLists {
  /** All with exactly this name: several may have it. */
  named(name: string): Promise<readonly HostedZone[]>;
  described(id: string): Promise<GetHostedZoneCommandOutput>;
}

/**
 * Remembers what it was told: a list starts at a name and goes on with what sorts after it, so that one answer tells of many names. An account has
 * ten requests a second, and fifty records ask for hardly more zones than one. For one look at many records, not for longer: zones come and go.
 */
export function zoneLists(client: Route53Client): ZoneLists {
  const lists: List[] = [];
  const known = new Map<string, GetHostedZoneCommandOutput>();
  return {
    named: async (name) => {
      const list = lists.find((one) => tellsOf(one, name)) ?? (await listFrom(client, name));
      lists.push(list);
      return list.zones.filter((zone) => sameName(zone.Name ?? '', name));
    },
    described: async (id) => {
      const answer = known.get(id) ?? (await describe(client, id));
      known.set(id, answer);
      return answer;
    },
  };
}

/** All zones from one name on, until another; to the last one where there is none. */
interface List {
  readonly from: string;
  readonly to: string | null;
  readonly zones: readonly HostedZone[];
}

function tellsOf({ from, to }: List, name: string): boolean {
  return sorts(from, name) && (to === null || (!sameName(to, name) && sorts(name, to)));
}

/** In the order of labels from the right, where it is the same with and without regard to the dots: the order of `-` and `.` is not documented. */
function sorts(first: string, second: string): boolean {
  return ['.', '\u0000'].every((dot) => orderKey(first, dot) <= orderKey(second, dot));
}

const orderKey = (name: string, dot: string): string => [...displayName(name).split('.').reverse(), ''].join(dot);

/** The name is where the list starts, not a filter: zones that merely sort later follow, and end it. */
async function listFrom(client: Route53Client, name: string): Promise<List> {
  const zones: HostedZone[] = [];
  let start: { DNSName?: string | undefined; HostedZoneId?: string | undefined } = { DNSName: name };
  for (;;) {
    const page = await client
      .send(new ListHostedZonesByNameCommand(start))
      .catch((error: unknown) => Promise.reject(asFailure(error, { action: 'ListHostedZonesByName', subject: name })));
    // An answer without a list is none of Route 53's: "could not look" is not "there is no such zone".
    if (page.HostedZones === undefined)
      throw failure('Unavailable', `no usable list of the hosted zones from ${name} on.`);
    zones.push(...page.HostedZones);
    const last = zones.at(-1)?.Name;
    if (page.IsTruncated !== true || last === undefined) return { from: name, to: null, zones };
    if (!sameName(last, name)) return { from: name, to: last, zones };
    start = { DNSName: page.NextDNSName, HostedZoneId: page.NextHostedZoneId };
  }
}

function describe(client: Route53Client, id: string): Promise<GetHostedZoneCommandOutput> {
  const request = { action: 'GetHostedZone', subject: `zone ${id}` };
  return client
    .send(new GetHostedZoneCommand({ Id: id }))
    .catch((error: unknown) => Promise.reject(asFailure(error, request)));
}
