import { isIPv6 } from 'node:net';

/** Where to connect to. */
export interface HostPort {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** One rule of `SWITCHYARD_CONNECT_TO`: connections for `host` (at any port where `port` is null) go to `to`. */
export interface Detour {
  readonly host: string;
  readonly port: number | null;
  readonly to: HostPort;
}

/** Reads `HOST:PORT`, IPv6 in brackets; null where it is something else. A missing port is `defaultPort`, where there is one. */
export function readHostPort(text: string, defaultPort: number | null = null): HostPort | null {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^\s:[\]=,/]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  if (found === null) return null;
  const [, bracketed, plain, digits] = found;
  if (bracketed !== undefined && !isIPv6(bracketed)) return null;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === null || port < 1 || port > 65_535) return null;
  return { host: plainHost(bracketed ?? plain ?? ''), port };
}

/** Reads `HOST[:PORT]=HOST:PORT`, as `curl --connect-to` means it; null where it is something else. */
export function readDetour(text: string): Detour | null {
  const [left = '', right = '', ...more] = text.split('=');
  const to = readHostPort(right);
  const exact = readHostPort(left);
  if (to === null || more.length > 0) return null;
  if (exact !== null) return { ...exact, to };
  const anyPort = readHostPort(left, 1);
  return anyPort === null ? null : { host: anyPort.host, port: null, to };
}

/** Where a connection for `host` and `port` goes: an entry with the port wins over one without. */
export function detourFor(detours: readonly Detour[], { host, port }: HostPort): HostPort | null {
  const ofHost = detours.filter((detour) => detour.host === plainHost(host));
  const found = ofHost.find((detour) => detour.port === port) ?? ofHost.find((detour) => detour.port === null);
  return found?.to ?? null;
}

/** One spelling for one host: lower case, no final dot, IPv6 compressed and without brackets. */
export function plainHost(host: string): string {
  const bare = host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  return isIPv6(bare) ? new URL(`http://[${bare}]`).hostname.slice(1, -1) : bare;
}

/** `192.0.2.1:53`, `[2001:db8::1]:53`. */
export function showHostPort({ host, port }: HostPort): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
