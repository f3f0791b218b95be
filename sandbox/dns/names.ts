/**
 * Names between packets, where dns-packet gives them as plain text, and the form in which Route 53 stores them.
 */

/** The stored form of a name out of a packet, whatever bytes are in it: an asker may send any. */
export function nameFromWire(name: string): string {
  const bytes = [...Buffer.from(name.replace(/\.$/, ''))];
  return `${bytes.map((byte) => escapeByte(byte)).join('')}.`;
}

/** The text that dns-packet writes into a packet for a name as records have it: escapes resolved, no final dot. */
export function nameForWire(name: string): string {
  const bytes = Buffer.from(name.replace(/\.$/, '')).toString('latin1').replace(OCTAL_ESCAPE, unescapeByte);
  return Buffer.from(bytes, 'latin1').toString();
}

/** The stored name one label up. */
export function parentName(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

const OCTAL_ESCAPE = /\\([0-3][0-7]{2})/g;

function unescapeByte(_escape: string, octal: string): string {
  return String.fromCharCode(parseInt(octal, 8));
}

/** Only ASCII has case in DNS (RFC 4343). */
function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Z]/.test(character)) return character.toLowerCase();
  return /[a-z0-9_.-]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
}
