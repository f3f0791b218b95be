import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { joinEgress, kindOfAddress, whyNotConnect, type EgressRule } from './egress.ts';
import { detourFor, plainHost, type Detour, type HostPort } from './host-port.ts';

/** Where a socket goes, and how it looks a name up. */
export interface Way extends HostPort {
  readonly lookup?: LookupFunction;
}

/** What the worker's configuration says of ways. */
export interface Ways {
  readonly connectTo: readonly Detour[];
  readonly egress: EgressRule;
}

/**
 * The way to a host that the worker's configuration names (A4): the operator's detour as it is, else an address that may be connected to.
 * Sockets look no literal address up, so it is judged here; a literal, as `localhost`, was meant by whoever wrote it.
 *
 * @throws Error with a sentence where the address is one that is never asked.
 */
export function wayTo(target: HostPort, { connectTo, egress }: Ways, lookup?: Lookup): Way {
  const detour = detourFor(connectTo, target);
  if (detour !== null) return detour;
  const name = plainHost(target.host);
  const refused = isIP(name) > 0 && kindOfAddress(name) === 'never' ? whyNotConnect(name, egress) : null;
  if (refused !== null) throw new Error(`${name} ${refused}`);
  const own = name === 'localhost' || name.endsWith('.localhost');
  const rule = own ? joinEgress([egress, { kinds: ['loopback'], networks: [] }]) : egress;
  return { ...target, lookup: guardedLookup(rule, lookup) };
}

/**
 * A look-up for a socket that hands out only what may be connected to. What was judged is what is connected to, so that a name cannot change
 * in between, and one bad address among good ones is a refusal.
 */
function guardedLookup(rule: EgressRule, lookup: Lookup = systemLookup): LookupFunction {
  return (hostname, { all, ...options }, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const refused = error ?? refusal(hostname, addresses, rule);
      const [first] = error === null ? addresses : [];
      if (refused !== null || first === undefined) callback(refused ?? new Error(`${hostname} has no address`), '');
      else if (all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/** `dns.lookup` in its form that gives every address. */
export type Lookup = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

function refusal(hostname: string, addresses: readonly LookupAddress[], rule: EgressRule): Error | null {
  for (const { address } of addresses) {
    const why = whyNotConnect(address, rule);
    if (why !== null) return new Error(`${hostname} is at ${address}, which ${why}`);
  }
  return null;
}
