import { cleanText } from '../clean-text.ts';

export type NameReading =
  { readonly kind: 'ok'; readonly name: string } | { readonly kind: 'bad'; readonly why: string };

/**
 * A record's name as the user means it, in the one form that keys, locks and comparisons use: lower case, no final dot, `*` for a
 * wildcard, `\ooo` for whatever else is not a letter, digit, hyphen or underscore.
 * Takes any case, an optional final dot and octal escapes; unicode is refused, the client converts it to punycode first.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function canonicalName(text: string): NameReading {
  const read = readLabels(text);
  if (typeof read === 'string') return bad(read);
  const first = read[0] ?? '';
  if (first === '_switchyard' || first === '_wildcard')
    return bad(`${shown(text)} begins with ${first}, which is where Switchyard keeps its fences.`);
  const length = lengthOf(read);
  const longest = first === '*' ? LONGEST_WILDCARD : LONGEST_RECORD;
  if (length > longest)
    return bad(
      `${shown(text)} has ${length} characters; at most ${longest} leave room for the fence at _switchyard.<name>.`,
    );
  return { kind: 'ok', name: read.map(escaped).join('.') };
}

/** The name that something points at (a CNAME's value, an alias' target), in the same form; no wildcard. */
export function canonicalTarget(text: string): NameReading {
  const read = readLabels(text);
  if (typeof read === 'string') return bad(read);
  if (read[0] === '*') return bad(`${shown(text)} is a wildcard: nothing can point at it.`);
  return { kind: 'ok', name: read.map(escaped).join('.') };
}

/** A canonical name as Route 53 lists it: `\052.example.com.` */
export function wireName(record: string): string {
  return `${record.replace(/^\*(?=\.|$)/, '\\052')}.`;
}

/** Any spelling of a name (Route 53's above all) as people write it: `*.example.com`. Never refuses. */
export function displayName(name: string): string {
  return decodedLabels(name)
    .map((label, index) => (index === 0 && label === '*' ? '*' : escaped(label)))
    .join('.');
}

/** The wire name of the fence: `_switchyard.www.example.com.`; `_switchyard._wildcard.example.com.` for a wildcard. */
export function fenceName(record: string): string {
  return `_switchyard.${wireName(record).replace(/^\\052\./, '_wildcard.')}`;
}

/** Whether two spellings name the same record. */
export function sameName(a: string, b: string): boolean {
  return displayName(a) === displayName(b);
}

/** Whether a name is a zone's apex or below it, by label: `foobar.com` is not in `bar.com`. */
export function isInZone(name: string, zone: string): boolean {
  return sameName(name, zone) || displayName(name).endsWith(`.${displayName(zone)}`);
}

const LONGEST_NAME = 253;
const LONGEST_RECORD = LONGEST_NAME - '_switchyard.'.length;
const LONGEST_WILDCARD = LONGEST_NAME - '_switchyard._wildcard'.length + '*'.length;
const LONGEST_LABEL = 63;

const bad = (why: string): NameReading => ({ kind: 'bad', why });

/** The decoded labels, or why the text is no name. */
function readLabels(text: string): readonly string[] | string {
  if (text === '' || text === '.') return 'The name is empty.';
  const stray = /[^A-Za-z0-9_.*\\-]/u.exec(text)?.[0];
  if (stray !== undefined) return strayCharacter(text, stray);
  if (/\\(?![0-3][0-7]{2})/.test(text))
    return `${shown(text)} has a \\ that is not followed by three octal digits, as in \\052.`;
  const labels = decodedLabels(text);
  return (
    labels.map((label, index) => labelProblem(text, label, index)).find((problem) => problem !== null) ??
    wholeProblem(text, labels)
  );
}

function wholeProblem(text: string, labels: readonly string[]): readonly string[] | string {
  const length = lengthOf(labels);
  return length > LONGEST_NAME
    ? `${shown(text)} has ${length} characters; a name has at most ${LONGEST_NAME}.`
    : labels;
}

function strayCharacter(text: string, stray: string): string {
  const code = stray.codePointAt(0) ?? 0;
  if (code > 0x7f)
    return `${shown(text)} has a character outside ASCII, ${unicode(code)}: write the name in punycode (xn--...).`;
  if (code <= 0x20 || code === 0x7f)
    return `${shown(text)} has a space or control character, ${unicode(code)}: no name has one.`;
  return `${shown(text)} has ${stray}: names have letters, digits, - and _; anything else is written as its octal code, here ${octal(stray)}.`;
}

function labelProblem(text: string, label: string, index: number): string | null {
  if (label === '') return `${shown(text)} has an empty label: two dots in a row, or one in front.`;
  if (label.length > LONGEST_LABEL)
    return `${shown(text)} has a label of ${label.length} characters, ${shown(label)}; a label has at most ${LONGEST_LABEL}.`;
  if (label.includes('*') && (index > 0 || label !== '*'))
    return `${shown(text)} has a * that is not the whole first label; a wildcard is written *.example.com.`;
  if (/[^\x21-\x7e]/.test(label)) return `${shown(text)} has an escape of a character that is not printable ASCII.`;
  if (label.startsWith('xn--') && !/^xn--[a-z0-9-]*[a-z0-9]$/.test(label))
    return `${shown(text)} has broken punycode, ${shown(label)}.`;
  return null;
}

/** Splits at the dots that are not escaped, then decodes `\ooo` and lowers the case. */
function decodedLabels(name: string): string[] {
  return name
    .replace(/\.$/, '')
    .split('.')
    .map((label) =>
      label.replace(/\\([0-3][0-7]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8))).toLowerCase(),
    );
}

function escaped(label: string): string {
  return label === '*' ? label : label.replace(/[^a-z0-9_-]/g, octal);
}

const octal = (char: string): string => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`;
const unicode = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
const lengthOf = (labels: readonly string[]): number => labels.join('.').length;
const shown = (text: string): string => JSON.stringify(cleanText(text, 80));
