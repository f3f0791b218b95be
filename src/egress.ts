/**
 * Which addresses this process connects to because somebody else said so.
 *
 * - A4 Metadata services, link-local and multicast addresses never. The targets of a record may be private. Everything else that a request
 *   names goes by the worker's own rule, `SWITCHYARD_EGRESS`. What `SWITCHYARD_CONNECT_TO` names is the operator's own word.
 */
import { BlockList, isIP } from 'node:net';

/** `never` is what nobody may name: it gives credentials to whoever asks, or belongs to no single machine. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'never';

/** Where a process may connect to. */
export interface EgressRule {
  readonly kinds: readonly Exclude<AddressKind, 'never'>[];
  readonly networks: readonly Network[];
}

export interface Network {
  readonly address: string;
  readonly prefix: number;
}

/** Hosts are named by the worker's own configuration wherever this is asked: many of them are inside, and hardly one is this machine. */
export const USUAL_EGRESS: EgressRule = { kinds: ['public', 'private'], networks: [] };

/** Reads `public`, `private`, `loopback`, a network as `10.20.0.0/16`, or an address; null where it is something else. */
export function readEgress(text: string): EgressRule | null {
  const kind = (['public', 'private', 'loopback'] as const).find((word) => word === text.toLowerCase());
  if (kind !== undefined) return { kinds: [kind], networks: [] };
  const [, address = '', digits] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const bits = bitsOf(address);
  const prefix = digits === undefined ? bits : Number(digits);
  if (bits === 0 || prefix > bits) return null;
  return { kinds: [], networks: [{ address, prefix }] };
}

export function joinEgress(rules: readonly EgressRule[]): EgressRule {
  return { kinds: rules.flatMap(({ kinds }) => kinds), networks: rules.flatMap(({ networks }) => networks) };
}

/** Why nothing is sent to this address, as the rest of a sentence; null: it may be connected to. */
export function whyNotConnect(address: string, rule: EgressRule): string | null {
  const kind = kindOfAddress(address);
  if (kind === 'never') return 'is of a metadata service, link-local or multicast, and is never asked';
  if (rule.kinds.includes(kind) || isWithin(address, rule.networks)) return null;
  return `is a ${kind} address, and this worker asks ${shownRule(rule)}`;
}

/**
 * An address as it is connected to, IPv4 inside of IPv6 unpacked: https://www.iana.org/assignments/iana-ipv6-special-registry. What is no
 * address at all is `never`.
 */
export function kindOfAddress(address: string): AddressKind {
  if (isIP(address) === 4) return kindOfIpv4(address);
  if (isIP(address) === 0 || address.includes('%')) return 'never'; // a zone id: link-local
  const embedded = ipv4Inside(address);
  if (embedded !== null) return kindOfIpv4(embedded);
  if (NEVER.check(address, 'ipv6')) return 'never';
  if (LOOPBACK.check(address, 'ipv6')) return 'loopback';
  return PRIVATE.check(address, 'ipv6') ? 'private' : 'public';
}

function shownRule({ kinds, networks }: EgressRule): string {
  const shown = [...kinds, ...networks.map(({ address, prefix }) => `${address}/${prefix}`)];
  return `${shown.join(', ')} addresses (SWITCHYARD_EGRESS)`;
}

function isWithin(address: string, networks: readonly Network[]): boolean {
  const block = blockOf(networks.map(({ address: network, prefix }) => [network, prefix]));
  return block.check(address, familyOf(address));
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function bitsOf(address: string): number {
  if (isIP(address) === 0) return 0;
  return isIP(address) === 4 ? 32 : 128;
}

function kindOfIpv4(address: string): AddressKind {
  if (NEVER.check(address)) return 'never';
  if (LOOPBACK.check(address)) return 'loopback';
  return PRIVATE.check(address) ? 'private' : 'public';
}

/** Mapped, compatible, NAT64 (RFC 6052, 8215) and 6to4: what is connected to is the IPv4 address in it. */
function ipv4Inside(address: string): string | null {
  const groups = groupsOf(address);
  const at = (index: number): number => groups[index] ?? 0;
  const zerosTo = (end: number): boolean => groups.slice(0, end).every((group) => group === 0);
  const isLow = zerosTo(5) && (at(5) === 0xffff || (at(5) === 0 && at(6) !== 0));
  const isTranslated =
    at(0) === 0x64 && at(1) === 0xff9b && (at(2) === 1 || groups.slice(2, 6).every((one) => one === 0));
  if (isLow || isTranslated || (zerosTo(4) && at(4) === 0xffff && at(5) === 0)) return ipv4Of(at(6), at(7));
  return at(0) === 0x2002 ? ipv4Of(at(1), at(2)) : null;
}

const ipv4Of = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');

/** The eight groups of an address that is known to be one. */
function groupsOf(address: string): readonly number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1); // without dots, and shortened in one way
  const [head = '', tail = ''] = plain.split('::');
  const read = (half: string): number[] => (half === '' ? [] : half.split(':').map((group) => parseInt(group, 16)));
  const [left, right] = [read(head), read(tail)];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function blockOf(networks: readonly (readonly [string, number])[]): BlockList {
  const block = new BlockList();
  for (const [network, prefix] of networks) block.addSubnet(network, prefix, familyOf(network));
  return block;
}

const NEVER = blockOf([
  ['0.0.0.0', 8], // this host, on many systems
  ['169.254.0.0', 16], // link-local, with the metadata services of AWS, Azure, Google and others
  ['100.100.100.200', 32], // metadata of Alibaba Cloud
  ['168.63.129.16', 32], // Azure's own agent
  ['192.0.0.192', 32], // metadata of Oracle Cloud
  ['224.0.0.0', 3], // multicast, reserved, broadcast
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32], // metadata, DNS, time and pod identity of AWS
  ['fd20:ce::254', 128], // metadata of Google Cloud
  ['2001::', 32], // Teredo: what is connected to cannot be told
  ['ff00::', 8],
]);

const LOOPBACK = blockOf([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

const PRIVATE = blockOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['100::', 64],
  ['fc00::', 7],
  ['fec0::', 10],
]);
