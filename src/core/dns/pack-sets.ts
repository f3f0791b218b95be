import { hashSets } from './record-set.ts';
import type { Alias, RecordSet, RecordSets } from './record-set.ts';

/**
 * Record sets as one short readable text without spaces, quotes or backslashes, for the fence:
 * `www.example.com.;A;60;192.0.2.10,192.0.2.11|;AAAA;60;2001:db8::10`. Sets are divided by `|`, fields by `;`, in the order name, type, TTL, values,
 * alias (`zone,name,1`), identifier, weight, health check; a name that repeats is left out, and so are empty fields at the end.
 * Null when a set has fields that the text has no place for.
 */
export function packSets(sets: RecordSets): string | null {
  if (sets.some((set) => Object.keys(set.other).length > 0)) return null;
  return sets.length === 0 ? EMPTY : sets.map((set, index) => packSet(set, sets[index - 1]?.name ?? null)).join('|');
}

/** The sets of a packed text; null when it is not one, a hash for instance. */
export function unpackSets(packed: string): RecordSets | null {
  if (packed === EMPTY) return [];
  const sets: RecordSet[] = [];
  for (const tuple of packed.split('|')) {
    const set = unpackSet(tuple, sets.at(-1)?.name ?? null);
    if (set === null) return null;
    sets.push(set);
  }
  return sets;
}

/** The packed sets, or `sha256:<hex>` of them where they cannot be packed. */
export function packRed(sets: RecordSets): string {
  return packSets(sets) ?? hashedRed(sets);
}

/** `sha256:<hex>`: what is left of sets that the fence has no room for. */
export function hashedRed(sets: RecordSets): string {
  return `sha256:${hashSets(sets)}`;
}

/** An empty text, an empty list: an empty field means null. */
const EMPTY = '%';

function packSet(set: RecordSet, nameBefore: string | null): string {
  const fields = [
    set.name === nameBefore ? '' : encode(set.name),
    encode(set.type),
    set.ttl === null ? '' : String(set.ttl),
    set.values.map(encode).join(','),
    set.alias === null ? '' : packAlias(set.alias),
    set.setIdentifier === null ? '' : encode(set.setIdentifier),
    set.weight === null ? '' : String(set.weight),
    set.healthCheckId === null ? '' : encode(set.healthCheckId),
  ];
  return fields.join(';').replace(/;+$/, '');
}

function packAlias({ zoneId, dnsName, evaluateTargetHealth }: Alias): string {
  return [encode(zoneId), encode(dnsName), evaluateTargetHealth ? '1' : '0'].join(',');
}

function unpackSet(tuple: string, nameBefore: string | null): RecordSet | null {
  const fields = tuple.split(';');
  const [name = '', type = '', ttl = '', values = '', alias = '', identifier = '', weight = '', check = ''] = fields;
  const texts = [name, type, identifier, check].map(decode);
  const readValues = values === '' ? [] : values.split(',').map(decode);
  const readAlias = unpackAlias(alias);
  const numbers = [ttl, weight].map(unpackNumber);
  const bad = [...texts, ...readValues, ...numbers, readAlias].includes(undefined);
  const setName = texts[0] ?? nameBefore;
  const setType = texts[1] ?? null;
  if (bad || fields.length > 8 || setName === null || setType === null) return null;
  return {
    name: setName,
    type: setType,
    ttl: numbers[0] ?? null,
    values: readValues.filter((value) => typeof value === 'string'),
    alias: readAlias ?? null,
    setIdentifier: texts[2] ?? null,
    weight: numbers[1] ?? null,
    healthCheckId: texts[3] ?? null,
    other: {},
  };
}

/** Null: no alias. Undefined, here and below: not what `packSets` writes. */
function unpackAlias(text: string): Alias | null | undefined {
  if (text === '') return null;
  const [zoneId, dnsName, health, ...rest] = text.split(',');
  const [zone, name] = [decode(zoneId ?? ''), decode(dnsName ?? '')];
  if (typeof zone !== 'string' || typeof name !== 'string' || rest.length > 0) return undefined;
  return health === '0' || health === '1'
    ? { zoneId: zone, dnsName: name, evaluateTargetHealth: health === '1' }
    : undefined;
}

function unpackNumber(text: string): number | null | undefined {
  if (text === '') return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function encode(text: string): string {
  if (text === '') return EMPTY;
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/%(3A|2F|40)/g, decodeURIComponent);
}

function decode(text: string): string | null | undefined {
  if (text === '') return null;
  if (text === EMPTY) return '';
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined; // decodeURIComponent has no other way to say "malformed"
  }
}
