/** An address in the form in which it is compared and written (RFC 5952 for IPv6); `not-one` when the text is no attempt at an address. */
export type AddressReading =
  | { readonly kind: 'ok'; readonly type: 'A' | 'AAAA'; readonly value: string }
  | { readonly kind: 'bad'; readonly why: string }
  | { readonly kind: 'not-one' };

/**
 * Reads an address strictly: four decimal numbers without leading zeros, or IPv6 without a zone id. Addresses that no resolver's
 * client could reach (unspecified, loopback, link-local, multicast, reserved, IPv4-mapped) are `bad`.
 */
export function readAddress(text: string): AddressReading {
  if (/^[\da-f.]*:[\da-f:.]*(%.*)?$/i.test(text)) return readIpv6(text);
  return /^[\d.]*\d[\d.]*$/.test(text) ? readIpv4(text) : { kind: 'not-one' };
}

/** The canonical form of an address, or the text itself where it is none: for comparing what stands with what is wanted. */
export function sameForm(text: string): string {
  if (!text.includes(':')) return text;
  const groups = parseGroups(text);
  return groups === null ? text : formatGroups(groups);
}

/** Whether the address is from a range that only its own network can reach: https://www.rfc-editor.org/rfc/rfc1918, rfc4193. */
export function isPrivateAddress(value: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/.test(
    value,
  );
}

const bad = (why: string): AddressReading => ({ kind: 'bad', why });

function readIpv4(text: string): AddressReading {
  const octets = parseOctets(text);
  if (octets === null) return bad('it is not four numbers from 0 to 255 without leading zeros');
  const [first = 0, second = 0] = octets;
  if (first === 0) return bad('it is the unspecified network 0.0.0.0/8');
  if (first === 127) return bad('it is a loopback address');
  if (first === 169 && second === 254) return bad('it is a link-local address');
  if (first >= 240) return bad('it is a reserved address');
  if (first >= 224) return bad('it is a multicast address');
  return { kind: 'ok', type: 'A', value: text };
}

function readIpv6(text: string): AddressReading {
  if (text.includes('%')) return bad('it has a zone id, which means something on one machine only');
  const groups = parseGroups(text);
  if (groups === null) return bad('it is not an IPv6 address');
  const why = unreachable(groups);
  return why === null ? { kind: 'ok', type: 'AAAA', value: formatGroups(groups) } : bad(why);
}

function unreachable(groups: readonly number[]): string | null {
  const [first = 0] = groups;
  const last = groups[7] ?? 0;
  const zeros = groups.findIndex((group) => group !== 0);
  if (zeros === -1) return 'it is the unspecified address';
  if (zeros === 7 && last === 1) return 'it is the loopback address';
  if (zeros === 5 && groups[5] === 0xffff) return 'it is an IPv4 address in IPv6 form';
  if ((first & 0xffc0) === 0xfe80) return 'it is a link-local address';
  if (first >= 0xff00) return 'it is a multicast address';
  return null;
}

function parseOctets(text: string): readonly number[] | null {
  const octets = text.split('.');
  const good = octets.length === 4 && octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
  return good ? octets.map(Number) : null;
}

/** The eight groups, or null. */
function parseGroups(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = [parseHalf(halves[0] ?? '', halves.length === 1), parseHalf(halves[1] ?? '', true)];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : null;
  return missing < 1 ? null : [...head, ...Array<number>(missing).fill(0), ...tail];
}

function parseHalf(text: string, endsTheAddress: boolean): readonly number[] | null {
  if (text === '') return [];
  const parts = text.split(':').map((part, index, all) => parsePart(part, endsTheAddress && index === all.length - 1));
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

function parsePart(part: string, mayBeIpv4: boolean): readonly number[] | null {
  if (/^[0-9a-f]{1,4}$/i.test(part)) return [parseInt(part, 16)];
  const octets = mayBeIpv4 ? parseOctets(part) : null;
  if (octets === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = octets;
  return [a * 256 + b, c * 256 + d];
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two zero groups or more as `::`. */
function formatGroups(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':');
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return text;
  const at = new RegExp(`(^|:)${longest}(:|$)`).exec(text);
  return at === null ? text : `${text.slice(0, at.index)}::${text.slice(at.index + at[0].length)}`;
}
