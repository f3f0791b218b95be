import { isIP } from 'node:net';
import type { ProbeSide } from '../contracts/deploy-activities.ts';
import { displayName } from '../core/dns/name.ts';
import type { RecordSet } from '../core/dns/record-set.ts';
import { joinEgress, kindOfAddress, USUAL_EGRESS, whyNotConnect } from '../egress.ts';
import { detourFor, plainHost, type HostPort } from '../host-port.ts';
import type { LookDeps } from './look-deps.ts';
import type { AddressType } from './resolve-target.ts';

/** One value of one side: an address, or the name that a CNAME or an alias points at. */
export interface ProbeTarget {
  readonly side: 'red' | 'black';
  readonly value: string;
  /** Families that clients reach it by; an alias of type A says nothing about IPv6. */
  readonly types: readonly AddressType[];
}

/** Where to connect, and what to call it. */
export interface Spot {
  readonly address: string;
  readonly connect: HostPort;
}

/** Every value of the sides, once each. */
export function probeTargets(sides: readonly ProbeSide[]): readonly ProbeTarget[] {
  const targets = sides.flatMap(({ side, sets }) => sets.flatMap((set) => targetsOf(side, set)));
  const byKey = new Map<string, ProbeTarget>();
  for (const target of targets) {
    const key = `${target.side} ${target.value}`;
    byKey.set(key, { ...target, types: [...new Set([...(byKey.get(key)?.types ?? []), ...target.types])] });
  }
  return [...byKey.values()];
}

/**
 * Where a probe of this value connects: names are resolved anew each time and every address is probed, unless
 * `SWITCHYARD_CONNECT_TO` maps the name itself.
 *
 * @throws Error with a short sentence where there is nothing to connect to.
 */
export async function spotsOf(deps: LookDeps, target: ProbeTarget, port: number): Promise<readonly Spot[]> {
  const { connectTo } = deps.reach;
  const mapped = detourFor(connectTo, { host: target.value, port });
  if (mapped !== null) return [{ address: target.value, connect: mapped }];
  const addresses = isIP(target.value) > 0 ? [target.value] : await resolved(deps, target);
  return addresses.map((address) => {
    const detour = detourFor(connectTo, { host: address, port });
    const refused = detour === null ? whyNotProbe(address, deps.reach) : null;
    if (refused !== null) throw new Error(`${address} ${refused}`);
    return { address, connect: detour ?? { host: address, port } };
  });
}

function targetsOf(side: ProbeTarget['side'], set: RecordSet): readonly ProbeTarget[] {
  if (set.alias !== null)
    return [{ side, value: displayName(set.alias.dnsName), types: [set.type === 'AAAA' ? 'AAAA' : 'A'] }];
  switch (set.type) {
    case 'A':
      return set.values.map((value) => ({ side, value, types: ['A'] }));
    case 'AAAA':
      return set.values.map((value) => ({ side, value: plainHost(value), types: ['AAAA'] }));
    case 'CNAME':
      return set.values.map((value) => ({ side, value: displayName(value), types: ['A', 'AAAA'] }));
    default:
      return []; // no endpoint
  }
}

async function resolved(deps: LookDeps, { value, types }: ProbeTarget): Promise<readonly string[]> {
  const addresses = await deps.resolve(value, types).catch((cause: unknown) => {
    throw new Error(`${value} does not resolve (${(cause as NodeJS.ErrnoException).code ?? 'no answer'})`);
  });
  if (addresses.length === 0) throw new Error(`${value} has no address`);
  return [...new Set(addresses)];
}

/** A record's own targets may be private; this machine only where `SWITCHYARD_PROBE_HOSTS` says so, whatever metrics and notices may reach (A4). */
function whyNotProbe(address: string, { probeHosts, egress }: LookDeps['reach']): string | null {
  if (kindOfAddress(address) === 'loopback')
    return probeHosts.includes(address) ? null : 'is a loopback address, and SWITCHYARD_PROBE_HOSTS does not name it';
  return whyNotConnect(address, joinEgress([egress, USUAL_EGRESS]));
}
