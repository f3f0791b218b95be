/**
 * Domain names as Route 53 stores them: lower case, with the final dot, everything but a-z 0-9 - _ as `\ooo`.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */

export type ReadName = { readonly name: string } | { readonly problem: string };

/** Reads a name as a client may write it; the problem is worded as Route 53 words it. */
export function readName(raw: string): ReadName {
  const decoded = decode(raw);
  if (decoded === undefined)
    return { problem: fatal('UnsupportedCharacter (Value contains unsupported characters)', raw) };
  const problem = lengthProblem(decoded);
  return problem === undefined ? { name: encode(decoded) } : { problem: fatal(problem, raw) };
}

/** The stored form of a name. @throws RangeError when it is not one; for callers inside the sandbox. */
export function storedName(raw: string): string {
  const read = readName(raw);
  if ('problem' in read) throw new RangeError(read.problem);
  return read.name;
}

/**
 * Sorts as ListResourceRecordSets does: by the labels reversed, the final dot included ("com.example.www."), in ASCII order.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
export function sortName(stored: string): string {
  return (decode(stored) ?? []).reverse().join('.') + '.';
}

/** True for the zone's own name and for names below it, by label: `barfoo.com.` is not in `foo.com.`. */
export function liesWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** The wording that Route 53 gives to values that it cannot read. */
export function fatal(problem: string, value: string): string {
  return `FATAL problem: ${problem} encountered with '${value}'`;
}

function lengthProblem(labels: readonly string[]): string | undefined {
  if (labels.length === 0) return 'DomainNameEmpty (Domain name is empty)';
  if (labels.includes('')) return 'DomainLabelEmpty (Domain label is empty)';
  if (labels.some((label) => label.length > 63)) return 'DomainLabelTooLong (Domain label is too long)';
  // On the wire each label carries a length byte, and the root one more: at most 255 in all.
  const octets = labels.reduce((sum, label) => sum + label.length + 1, 1);
  return octets > 255 ? 'DomainNameTooLong (Domain name is too long)' : undefined;
}

const TOKEN = /\\([0-3][0-7]{2})|(\.)|([!-[\]-~])/gy;

/** Labels with escapes resolved; undefined when a character is not allowed. */
function decode(raw: string): string[] | undefined {
  const labels: string[] = [];
  let label = '';
  let read = 0;
  for (const [token, octal, dot, plain] of raw.matchAll(TOKEN)) {
    read += token.length;
    if (dot === undefined) {
      label += lower(plain ?? String.fromCharCode(parseInt(octal ?? '0', 8)));
      continue;
    }
    labels.push(label);
    label = '';
  }
  if (read !== raw.length) return undefined;
  return label === '' ? labels : [...labels, label]; // nothing follows the final dot
}

/** Only ASCII has case in DNS (RFC 4343). */
function lower(character: string): string {
  return /[A-Z]/.test(character) ? character.toLowerCase() : character;
}

function encode(labels: readonly string[]): string {
  return labels.map((label) => label.replace(/[^a-z0-9_-]/g, octal)).join('.') + '.';
}

function octal(character: string): string {
  return '\\' + character.charCodeAt(0).toString(8).padStart(3, '0');
}
