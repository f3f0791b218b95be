import type { Answer, CaaData } from 'dns-packet';
import { nameForWire } from './names.ts';

/** One value of a record set, to be sent with the name `owner`. */
export interface ResourceRecord {
  readonly owner: string;
  readonly type: string;
  /** Seconds. */
  readonly ttl: number;
  /** As Route 53 writes it: presentation format, TXT in quotes. */
  readonly value: string;
}

/** The record as dns-packet encodes it; undefined for a type that this responder does not serve. */
export function resourceRecord({ owner, type, ttl, value }: ResourceRecord): Answer | undefined {
  const common = { name: nameForWire(owner), ttl };
  switch (type) {
    case 'A':
    case 'AAAA':
      return { ...common, type, data: value };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { ...common, type, data: nameForWire(value) };
    case 'TXT':
      return { ...common, type, data: textStrings(value) };
    case 'SOA':
      return { ...common, type, data: startOfAuthority(value) };
    case 'MX':
      return { ...common, type, data: mailExchange(value) };
    case 'SRV':
      return { ...common, type, data: service(value) };
    case 'CAA':
      return { ...common, type, data: authorityAuthorization(value) };
    default:
      return undefined;
  }
}

/** The strings of a TXT value such as `"a \"b\"" "c\344"`, unquoted and unescaped. */
function textStrings(value: string): Buffer[] {
  const quoted = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inside = '']) => inside);
  return (quoted.length > 0 ? quoted : [value]).map((text) => unescapeText(text));
}

function unescapeText(text: string): Buffer {
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/\\([0-3][0-7]{2}|.)/gs, (_escape, code: string) =>
      code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : code,
    );
  return Buffer.from(bytes, 'latin1');
}

function startOfAuthority(value: string) {
  const [mname = '.', rname = '.', ...numbers] = value.trim().split(/\s+/);
  const [serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0] = numbers.map(Number);
  return { mname: nameForWire(mname), rname: nameForWire(rname), serial, refresh, retry, expire, minimum };
}

function mailExchange(value: string) {
  const [preference, exchange = '.'] = value.trim().split(/\s+/);
  return { preference: Number(preference), exchange: nameForWire(exchange) };
}

function service(value: string) {
  const [priority, weight, port, target = '.'] = value.trim().split(/\s+/);
  return { priority: Number(priority), weight: Number(weight), port: Number(port), target: nameForWire(target) };
}

function authorityAuthorization(value: string): CaaData {
  const [flags, tag, ...rest] = value.trim().split(/\s+/);
  // The tags that dns-packet's types admit are the ones that Route 53 documents.
  return { flags: Number(flags), tag: tag as CaaData['tag'], value: rest.join(' ').replace(/^"|"$/g, '') };
}
