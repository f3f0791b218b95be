import { lookup, Resolver } from 'node:dns/promises';
import { showHostPort, type HostPort } from '../host-port.ts';

export type AddressType = 'A' | 'AAAA';

/** Looks up names of targets anew at each call: `SWITCHYARD_RESOLVERS` where they are given, else the system's own. */
export type ResolveTarget = (name: string, types: readonly AddressType[]) => Promise<readonly string[]>;

/** @returns a look-up that rejects where there is no answer at all; a name without addresses of the wanted types has none. */
export function createResolveTarget(resolvers: readonly HostPort[]): ResolveTarget {
  return resolvers.length === 0 ? bySystem : byServers(resolvers);
}

const bySystem: ResolveTarget = async (name, types) => {
  const found = await lookup(bare(name), { all: true });
  return found.filter(({ family }) => types.includes(family === 6 ? 'AAAA' : 'A')).map(({ address }) => address);
};

const TIMEOUT_MS = 1_500;

function byServers(servers: readonly HostPort[]): ResolveTarget {
  return async (name, types) => {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
    resolver.setServers(servers.map(showHostPort));
    const lists = await Promise.all(types.map((type) => addressesOf(resolver, bare(name), type)));
    return lists.flat();
  };
}

async function addressesOf(resolver: Resolver, name: string, type: AddressType): Promise<readonly string[]> {
  try {
    return type === 'A' ? await resolver.resolve4(name) : await resolver.resolve6(name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENODATA') return []; // the name is there, without this family
    throw cause;
  }
}

function bare(name: string): string {
  return name.replace(/\.$/, '');
}
