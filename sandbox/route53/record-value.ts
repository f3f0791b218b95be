/**
 * The syntax of record values.
 *
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
 */
import { isIPv4, isIPv6 } from 'node:net';
import { fatal, readName } from './domain-name.ts';

/** What is wrong with a value, worded as Route 53 words it; undefined when nothing is. */
export function valueProblem(type: string, value: string): string | undefined {
  const problem = value.length > 4000 ? fatal('TooLong (Value is too long)', value) : CHECKS[type]?.(value);
  return problem === undefined ? undefined : `Invalid Resource Record: '${problem}'`;
}

/** Types without an entry are taken as they are: nothing here moves them. */
const CHECKS: Readonly<Record<string, (value: string) => string | undefined>> = {
  A: (value) => addressProblem(value, isIPv4, 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)'),
  AAAA: (value) => addressProblem(value, isIPv6, 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)'),
  CNAME: nameProblem,
  NS: nameProblem,
  PTR: nameProblem,
  TXT: textProblem,
  SPF: textProblem,
  MX: (value) => (/^\d{1,5} \S+$/.test(value) ? undefined : fatal('MXRRDATAMissingField (Value is not valid)', value)),
};

function addressProblem(value: string, isAddress: (text: string) => boolean, problem: string): string | undefined {
  if (/\s/.test(value)) return fatal('ARRDATANotSingleField (Value contains spaces)', value);
  return isAddress(value) && !value.includes('%') ? undefined : fatal(problem, value);
}

function nameProblem(value: string): string | undefined {
  if (/\s/.test(value)) return fatal('UnsupportedCharacter (Value contains unsupported characters)', value);
  const read = readName(value);
  return 'problem' in read ? read.problem : undefined;
}

/** One or more strings in quotation marks, separated by white space; `\"`, `\\` and `\ooo` inside them. */
const CHARACTER_STRING = /^"((?:[^"\\]|\\["\\]|\\[0-3][0-7]{2})*)"(?:[ \t]+|$)/;

function textProblem(value: string): string | undefined {
  let rest = value.trim();
  if (!rest.startsWith('"'))
    return fatal('InvalidCharacterString (Value should be enclosed in quotation marks)', value);
  if (/[^\t -~]/.test(rest)) return fatal('UnsupportedCharacter (Value contains unsupported characters)', value);
  while (rest !== '') {
    const [whole, inside] = CHARACTER_STRING.exec(rest) ?? [];
    if (whole === undefined) return fatal('InvalidCharacterString (Unexpected quotation mark or escape)', value);
    if (octets(inside ?? '') > 255) return fatal('CharacterStringTooLong (Value is too long)', value);
    rest = rest.slice(whole.length);
  }
  return undefined;
}

function octets(inside: string): number {
  return inside.replace(/\\(?:[0-3][0-7]{2}|.)/g, 'x').length;
}
