import type { Zone } from '../core/dns/snapshot.ts';
import { showHostPort, type HostPort } from '../host-port.ts';
import type { ResolveTarget } from './resolve-target.ts';

/** One authoritative server of a zone. */
export interface AuthoritativeServer {
  /** As people know it: `ns-1.awsdns-01.com`, or the address that the configuration names. */
  readonly name: string;
  /** Null: its name did not resolve. */
  readonly address: HostPort | null;
}

const DNS_PORT = 53;

/** The servers to ask: those of `SWITCHYARD_NAME_SERVERS`, else the zone's delegation set, resolved now. */
export async function authoritativeServers(
  zone: Pick<Zone, 'nameServers'>,
  configured: readonly HostPort[],
  resolve: ResolveTarget,
): Promise<readonly AuthoritativeServer[]> {
  if (configured.length > 0) return configured.map((address) => ({ name: showHostPort(address), address }));
  return Promise.all(zone.nameServers.map(async (name) => ({ name, address: await addressOf(name, resolve) })));
}

/** The names of those servers, without resolving them. */
export function serverNames(zone: Pick<Zone, 'nameServers'>, configured: readonly HostPort[]): readonly string[] {
  return configured.length > 0 ? configured.map(showHostPort) : zone.nameServers;
}

async function addressOf(name: string, resolve: ResolveTarget): Promise<HostPort | null> {
  for (const type of ['A', 'AAAA'] as const) {
    const [host] = await resolve(name, [type]).catch(() => []);
    if (host !== undefined) return { host, port: DNS_PORT };
  }
  return null;
}
