import type { Endpoint } from '../sandbox/endpoints/endpoint.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { observe, type Observer } from '../test/support/observer.ts';

/** A record of the group. */
export interface Shop {
  readonly record: string;
  readonly black: Endpoint;
  readonly observer: Observer;
}

const ZONES = ['eu', 'us'];
const LABELS = ['one', 'two', 'three'];

/** Two zones of their own, served by the stage's name servers: each record on the red of its zone, with a black of its own. */
export async function openShops(sandbox: Sandbox): Promise<readonly Shop[]> {
  const { route53, endpoints, zone } = sandbox;
  const nameServers = route53.zones()[0]?.nameServers ?? [];
  const shops: Shop[] = [];
  for (const [at, part] of ZONES.entries()) {
    const name = `${part}.${zone}`;
    const hosts = [`*.${name}`];
    const zoneId = route53.createZone({ name, nameServers });
    const red = await endpoints.add(`192.0.2.${150 + at}`, { hosts });
    for (const [index, label] of LABELS.entries()) {
      const record = `${label}.${name}`;
      route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: red.address }] });
      const black = await endpoints.add(`198.51.100.${150 + 10 * at + index}`, { hosts });
      const colours = { red: [red.address], black: [black.address] };
      shops.push({ record, black, observer: observe({ ...sandbox, zoneId }, record, colours) });
    }
  }
  return shops;
}
