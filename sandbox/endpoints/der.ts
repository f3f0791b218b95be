/**
 * The little of ASN.1 DER (ITU-T X.690) that a certificate needs.
 */

/** One element: tag, length, content. */
export function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body), body]);
}

export function sequence(...content: readonly Buffer[]): Buffer {
  return element(0x30, ...content);
}

/** A constructed element with the context-specific tag `[number]`. */
export function tagged(number: number, ...content: readonly Buffer[]): Buffer {
  return element(0xa0 | number, ...content);
}

/** An integer from its big-endian bytes, taken as not negative; DER wants the shortest form, and readers insist on it. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.from([0]) : bytes.subarray(first);
  const signed = (digits[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  return element(0x02, signed);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([40 * first + second, ...rest.flatMap((arc) => base128(arc))]));
}

export function utf8String(text: string): Buffer {
  return element(0x0c, Buffer.from(text));
}

export function octetString(...content: readonly Buffer[]): Buffer {
  return element(0x04, ...content);
}

export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return element(0x03, Buffer.from([unusedBits]), bytes);
}

/** RFC 5280 asks for UTCTime until 2049. */
export function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

export const TRUE = element(0x01, Buffer.from([0xff]));

function lengthOf(body: Buffer): Buffer {
  if (body.length < 0x80) return Buffer.from([body.length]);
  const hex = body.length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** Seven bits a byte, most significant first; all but the last have the top bit set. */
function base128(arc: number): number[] {
  const low = arc & 0x7f;
  return arc < 0x80 ? [low] : [...base128(arc >>> 7).map((byte) => byte | 0x80), low];
}
