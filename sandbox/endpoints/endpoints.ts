import { writeFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';
import { createAuthority } from './certificate-authority.ts';
import { startEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';

export interface Endpoints {
  /** PEM of the authority that issues every certificate here. */
  readonly ca: string;
  /** In the order in which they were added. */
  readonly all: readonly Endpoint[];
  /** Starts a server that stands for `address`; an address that has one already is refused. */
  add(address: string, options?: { readonly hosts?: readonly string[] }): Promise<Endpoint>;
  /** The value of SWITCHYARD_CONNECT_TO with which probes for the addresses arrive here. */
  connectTo(): string;
  /** Writes `ca` to a file, for SWITCHYARD_CA_FILE or NODE_EXTRA_CA_CERTS. */
  writeCa(path: string): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_HOSTS = ['example.com', '*.example.com'];

/** HTTP and HTTPS servers that stand for red and black; none runs before the first `add`. */
export function startEndpoints(): Endpoints {
  const authority = createAuthority('Switchyard sandbox CA');
  const stranger = authority.issue(['stranger.invalid']);
  const started: Awaited<ReturnType<typeof startEndpoint>>[] = [];
  return {
    ca: authority.pem,
    all: started,
    add: async (address, { hosts = DEFAULT_HOSTS } = {}) => {
      if (started.some((endpoint) => endpoint.address === address))
        throw new Error(`${address} has an endpoint already`);
      const endpoint = await startEndpoint({ address, hosts, own: authority.issue(hosts), stranger });
      started.push(endpoint);
      return endpoint;
    },
    connectTo: () => started.flatMap((endpoint) => connectEntries(endpoint)).join(','),
    writeCa: (path) => writeFile(path, authority.pem),
    close: async () => void (await Promise.all(started.map((endpoint) => endpoint.close()))),
  };
}

function connectEntries({ address, httpPort, httpsPort }: Endpoint): string[] {
  const host = isIPv6(address) ? `[${address}]` : address;
  return [`${host}:443=127.0.0.1:${httpsPort}`, `${host}:80=127.0.0.1:${httpPort}`];
}
