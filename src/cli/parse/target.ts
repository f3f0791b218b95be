import { readAddress } from '../../core/dns/ip-address.ts';
import { canonicalTarget } from '../../core/dns/name.ts';
import type { Target } from '../../core/dns/target.ts';
import { problem, type Problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';
import { asciiName } from './record-name.ts';

const ACCEPTED = 'IPv4 and IPv6 addresses, one host name (a CNAME), or alias:DNS-NAME[@ZONEID][:eval]';
const MOST_VALUES = 100;

/** The values of `--to`, given several times or separated by commas. */
export function parseTarget(texts: readonly string[], flag: string): Parsed<Target> {
  const values = splitValues(texts);
  if (values.length === 0) return rejected(problem(`${flag}: no value`, ACCEPTED));
  if (values.length > MOST_VALUES) {
    return rejected(problem(`${flag}: ${values.length} values`, `at most ${MOST_VALUES}`));
  }
  if (values.some((value) => value.startsWith('alias:'))) return parseAlias(values, flag);
  return parseValues(values, flag);
}

/** What a comma or a repeated flag separates. */
export function splitValues(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(',')).map((value) => value.trim());
}

function parseValues(values: readonly string[], flag: string): Parsed<Target> {
  const problems: Problem[] = [];
  const read: string[] = [];
  for (const value of values) {
    const one = parseValue(value, flag);
    if (one.ok) read.push(one.value);
    else problems.push(...one.problems);
  }
  const twice = read.find((value, at) => read.indexOf(value) !== at);
  if (twice !== undefined) problems.push(problem(`${flag}: ${twice} is given twice`, 'every value once'));
  const hosts = read.filter((value) => readAddress(value).kind === 'not-one');
  if (hosts.length > 0 && read.length > 1) {
    problems.push(problem(`${flag}: a CNAME holds one host name and no address, found ${read.join(', ')}`, ACCEPTED));
  }
  return problems.length > 0 ? rejected(...problems) : parsed({ kind: 'values', values: read });
}

/** An address in the form in which it is written, so that one address in two spellings is one. */
function parseValue(value: string, flag: string): Parsed<string> {
  const address = readAddress(value);
  if (address.kind === 'ok') return parsed(address.value);
  if (address.kind === 'not-one') return parseHost(value, flag);
  return rejected(problem(`${flag}: ${quoted(value)} cannot be a target: ${address.why}`, ACCEPTED));
}

function parseHost(value: string, flag: string): Parsed<string> {
  if (value === '') return rejected(problem(`${flag}: an empty value`, ACCEPTED));
  const ascii = asciiName(value);
  const host = ascii === null ? null : canonicalTarget(ascii);
  if (host?.kind !== 'ok') {
    return rejected(problem(`${flag}: ${host?.why.replace(/\.$/, '') ?? `${quoted(value)} is no DNS name`}`, ACCEPTED));
  }
  if (!host.name.includes('.')) return rejected(problem(`${flag}: ${quoted(value)} is no full host name`, ACCEPTED));
  return parsed(host.name);
}

/** `alias:DNS-NAME[@ZONEID][:eval]`. */
function parseAlias(values: readonly string[], flag: string): Parsed<Target> {
  const [text, ...others] = values;
  if (text === undefined || others.length > 0) {
    return rejected(problem(`${flag}: an alias stands alone, found ${values.length} values`, ACCEPTED));
  }
  const match = /^alias:(?<name>[^@:]+)(?:@(?<zone>[^@:]+))?(?<evaluate>:eval)?$/.exec(text);
  const { name, zone, evaluate } = match?.groups ?? {};
  if (name === undefined)
    return rejected(problem(`${flag}: ${quoted(text)} is no alias`, 'alias:DNS-NAME[@ZONEID][:eval]'));
  const host = parseHost(name, flag);
  if (!host.ok) return host;
  if (zone !== undefined && !/^Z[A-Z0-9]{1,31}$/.test(zone)) {
    return rejected(problem(`${flag}: ${quoted(zone)} is no hosted zone id`, 'an id such as Z35SXDOTRQ7X7K'));
  }
  // Null keeps what red says: a deployment changes where an alias points, not how it is judged.
  return parsed({
    kind: 'alias',
    dnsName: host.value,
    zoneId: zone ?? null,
    evaluateTargetHealth: evaluate === undefined ? null : true,
  });
}
