import { domainToASCII } from 'node:url';
import { canonicalName } from '../../core/dns/name.ts';
import { problem } from '../stop.ts';
import { groupIn } from './group-name.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

export interface RecordName {
  /** Lower case, punycode, no final dot; `*` for a wildcard: what the workflow id is made from. */
  readonly record: string;
  /** As it was typed, where that was an international name; null otherwise. */
  readonly international: string | null;
}

const ACCEPTED = 'a DNS name such as www.example.com or *.example.com';

/** What else has a name, and no record could have it. */
const CHORES = [
  { prefix: 'sync/', what: 'a pair' },
  { prefix: 'docs/', what: 'a site' },
] as const;

/** A record as people type it: any case, with or without the final dot, wildcards, escapes, international letters. */
export function parseRecordName(text: string): Parsed<RecordName> {
  if (groupIn(text) !== null) return rejected(problem(`${quoted(text)} is a group, and this takes a record`, ACCEPTED));
  const chore = CHORES.find(({ prefix }) => text.startsWith(prefix));
  if (chore !== undefined)
    return rejected(problem(`${quoted(text)} is ${chore.what}, and this takes a record`, ACCEPTED));
  const ascii = asciiName(text);
  if (ascii === null) return rejected(problem(`${quoted(text)} is no DNS name`, ACCEPTED));
  const canonical = canonicalName(ascii);
  if (canonical.kind === 'bad') return rejected(problem(canonical.why.replace(/\.$/, ''), ACCEPTED));
  return parsed({ record: canonical.name, international: ascii === text ? null : text });
}

/** Punycode for international names; everything in ASCII stays as it is, escapes included. */
export function asciiName(text: string): string | null {
  if (hasBrokenPunycode(text)) return null;
  // eslint-disable-next-line no-control-regex -- ASCII is exactly this range
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const ascii = domainToASCII(text);
  return ascii === '' ? null : ascii;
}

function hasBrokenPunycode(text: string): boolean {
  return text.split('.').some((label) => /^xn--/i.test(label) && domainToASCII(label) === '');
}
