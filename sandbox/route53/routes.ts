/** Which operation a request asks for. Paths are the API's; a final slash is accepted, as the older SDKs send one. */
import type { Operation } from './call.ts';
import {
  createResourceRecordSetProtections,
  deleteResourceRecordSetProtections,
  listResourceRecordSetProtections,
} from './protection-operations.ts';
import { changeResourceRecordSets, getChange, listResourceRecordSets } from './record-operations.ts';
import { testDnsAnswer } from './test-dns-answer.ts';
import {
  createHostedZone,
  deleteHostedZone,
  getHostedZone,
  getHostedZoneCount,
  getHostedZoneLimit,
  listHostedZones,
  listHostedZonesByName,
} from './zone-operations.ts';

export interface Route {
  readonly name: string;
  readonly run: Operation;
  /** The open parts of the path, decoded. */
  readonly path: readonly string[];
}

/** Undefined when the API has no such operation, or this stand-in does not have it. */
export function routeOf(method: string, url: string): Route | undefined {
  const path = url.split('?')[0]?.replace(/\/$/, '') ?? '';
  for (const [name, on, pattern, run] of ROUTES) {
    const found = on === method ? pattern.exec(path) : null;
    if (found) return { name, run, path: found.slice(1).map(decodeURIComponent) };
  }
  return undefined;
}

const ROUTES: readonly (readonly [name: string, method: string, pattern: RegExp, run: Operation])[] = [
  ['CreateHostedZone', 'POST', route('hostedzone'), createHostedZone],
  ['ListHostedZones', 'GET', route('hostedzone'), listHostedZones],
  ['ListHostedZonesByName', 'GET', route('hostedzonesbyname'), listHostedZonesByName],
  ['GetHostedZoneCount', 'GET', route('hostedzonecount'), getHostedZoneCount],
  ['GetHostedZone', 'GET', route('hostedzone/*'), getHostedZone],
  ['DeleteHostedZone', 'DELETE', route('hostedzone/*'), deleteHostedZone],
  ['GetHostedZoneLimit', 'GET', route('hostedzonelimit/*/*'), getHostedZoneLimit],
  ['ChangeResourceRecordSets', 'POST', route('hostedzone/*/rrset'), changeResourceRecordSets],
  ['ListResourceRecordSets', 'GET', route('hostedzone/*/rrset'), listResourceRecordSets],
  ['GetChange', 'GET', route('change/*'), getChange],
  ['TestDNSAnswer', 'GET', route('testdnsanswer'), testDnsAnswer],
  [
    'CreateResourceRecordSetProtections',
    'POST',
    route('hostedzone/*/rrsetprotection'),
    createResourceRecordSetProtections,
  ],
  [
    'DeleteResourceRecordSetProtections',
    'POST',
    route('hostedzone/*/rrsetprotection/delete'),
    deleteResourceRecordSetProtections,
  ],
  ['ListResourceRecordSetProtections', 'GET', route('hostedzone/*/rrsetprotection'), listResourceRecordSetProtections],
];

function route(path: string): RegExp {
  return new RegExp(`^/2013-04-01/${path.replaceAll('*', '([^/]+)')}$`);
}
