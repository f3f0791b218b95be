import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Answer } from 'dns-packet';
import { liesWithin, storedName } from '../route53/domain-name.ts';
import { nameForWire, nameFromWire, parentName } from './names.ts';
import type { Random } from './random.ts';
import { resourceRecord } from './resource-record.ts';

/** A zone as one name server sees it now. Names are stored names. */
export interface ZoneView {
  readonly name: string;
  readonly sets: readonly ResourceRecordSet[];
}

/** What AWS resources outside every zone answer, such as `lb-1.us-east-1.elb.amazonaws.com`, by name in any form. */
export type AliasTargets = Map<string, { A?: readonly string[]; AAAA?: readonly string[] }>;

export interface Knowledge {
  readonly zones: readonly ZoneView[];
  readonly aliasTargets: AliasTargets;
  readonly random: Random;
}

export type Rcode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED';

export interface Reply {
  readonly rcode: Rcode;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

/**
 * What an authoritative name server of Route 53 answers: one weighted draw, a CNAME followed inside its zone, an alias
 * replaced by what its target answers, a wildcard where nothing else stands (RFC 4592), and the SOA beside every
 * negative answer, its TTL being how long the absence may be remembered (RFC 2308).
 *
 * @param name a stored name
 */
export function answerQuestion(knowledge: Knowledge, name: string, type: string): Reply {
  const zone = zoneOf(knowledge.zones, name);
  if (zone === undefined) return answerAsAliasTarget(knowledge, name, type);
  const found = lookUp(knowledge, zone, { name, type, hopsLeft: 8 });
  return {
    rcode: found.exists ? 'NOERROR' : 'NXDOMAIN',
    answers: found.answers,
    authorities: found.negative ? startOfAuthority(zone) : [],
  };
}

interface Lookup {
  readonly name: string;
  readonly type: string;
  /** Ends loops of CNAMEs and of aliases. */
  readonly hopsLeft: number;
}

interface Found {
  readonly exists: boolean;
  readonly negative: boolean;
  readonly answers: readonly Answer[];
}

const NO_DATA: Found = { exists: true, negative: true, answers: [] };

function lookUp(knowledge: Knowledge, zone: ZoneView, asked: Lookup): Found {
  const sets = setsFor(zone, asked.name);
  if (sets === undefined) return { ...NO_DATA, exists: false };
  const cname = sets.filter((set) => set.Type === 'CNAME');
  if (cname.length > 0 && asked.type !== 'CNAME') return followCname(knowledge, zone, { ...asked, sets: cname });
  const answers = answersOf(knowledge, asked, ofType(sets, asked.type));
  return answers.length === 0 ? NO_DATA : { exists: true, negative: false, answers };
}

function followCname(knowledge: Knowledge, zone: ZoneView, asked: Lookup & { sets: ResourceRecordSet[] }): Found {
  const first = answersOf(knowledge, { ...asked, type: 'CNAME' }, asked.sets);
  const target = first[0]?.type === 'CNAME' ? nameFromWire(first[0].data) : '';
  const leaves = target === '' || asked.hopsLeft === 0 || zoneOf(knowledge.zones, target) !== zone;
  if (leaves) return { exists: true, negative: false, answers: first };
  const rest = lookUp(knowledge, zone, { name: target, type: asked.type, hopsLeft: asked.hopsLeft - 1 });
  return { ...rest, answers: [...first, ...rest.answers] };
}

function answersOf(knowledge: Knowledge, asked: Lookup, sets: readonly ResourceRecordSet[]): Answer[] {
  const chosen = choose(sets, knowledge.random);
  return rotate(
    chosen.flatMap((set) => (set.AliasTarget ? aliasAnswers(knowledge, asked, set) : ownAnswers(set, asked.name))),
    knowledge.random,
  );
}

function ownAnswers(set: ResourceRecordSet, owner: string): Answer[] {
  const { Type: type = '', TTL: ttl = 0 } = set;
  return (set.ResourceRecords ?? []).flatMap(({ Value: value = '' }) => {
    return resourceRecord({ owner, type, ttl, value }) ?? [];
  });
}

/** An alias answers with its own name and with the values that its target would answer now. */
function aliasAnswers(knowledge: Knowledge, asked: Lookup, set: ResourceRecordSet): Answer[] {
  const target = storedName(set.AliasTarget?.DNSName ?? '');
  const zone = zoneOf(knowledge.zones, target);
  const owned = (answer: Answer): Answer => ({ ...answer, name: nameForWire(asked.name) });
  if (zone === undefined) return answerAsAliasTarget(knowledge, target, asked.type).answers.map(owned);
  if (asked.hopsLeft === 0) return [];
  const { answers } = lookUp(knowledge, zone, { ...asked, name: target, hopsLeft: asked.hopsLeft - 1 });
  return answers.filter((answer) => answer.type === asked.type).map(owned);
}

/** AWS answers its own resources with a TTL of 60 s. */
function answerAsAliasTarget({ aliasTargets }: Knowledge, name: string, type: string): Reply {
  const target = [...aliasTargets].find(([key]) => storedName(key) === name)?.[1];
  if (target === undefined) return { rcode: 'REFUSED', answers: [], authorities: [] };
  const values = type === 'A' || type === 'AAAA' ? (target[type] ?? []) : [];
  const answers = values.flatMap((value) => resourceRecord({ owner: name, type, ttl: 60, value }) ?? []);
  return { rcode: 'NOERROR', answers, authorities: [] };
}

/** One set by weight, every set of a multivalue answer (at most eight), else the only or first one. */
function choose(sets: readonly ResourceRecordSet[], random: Random): readonly ResourceRecordSet[] {
  const weighted = sets.filter((set) => set.Weight !== undefined);
  if (weighted.length > 0) return [draw(weighted, random)].flatMap((set) => set ?? []);
  return sets.some((set) => set.MultiValueAnswer) ? sets.slice(0, 8) : sets.slice(0, 1);
}

/** Route 53 gives equal shares where every weight is zero: 0 means "never" only beside a weight above it. */
function draw(sets: readonly ResourceRecordSet[], random: Random): ResourceRecordSet | undefined {
  const total = sum(sets.map((set) => set.Weight ?? 0));
  const shares = sets.map((set) => (total === 0 ? 1 : (set.Weight ?? 0)));
  let rest = random() * sum(shares);
  return sets.find((_set, index) => (rest -= shares[index] ?? 0) < 0);
}

/** No order is promised to a client, so none is kept. */
function rotate<T>(items: readonly T[], random: Random): T[] {
  const start = items.length < 2 ? 0 : Math.floor(random() * items.length);
  return [...items.slice(start), ...items.slice(0, start)];
}

function zoneOf(zones: readonly ZoneView[], name: string): ZoneView | undefined {
  const holding = zones.filter((zone) => liesWithin(name, zone.name));
  return holding.reduce<ZoneView | undefined>(
    (best, zone) => (best !== undefined && best.name.length >= zone.name.length ? best : zone),
    undefined,
  );
}

/** The sets that answer for a name; none for a name that only has names below it; undefined where it does not exist. */
function setsFor(zone: ZoneView, name: string): readonly ResourceRecordSet[] | undefined {
  if (exists(zone, name)) return zone.sets.filter((set) => set.Name === name);
  let encloser = parentName(name);
  while (!exists(zone, encloser)) encloser = parentName(encloser);
  const wildcard = zone.sets.filter((set) => set.Name === `\\052.${encloser}`);
  return wildcard.length > 0 ? wildcard : undefined;
}

function exists(zone: ZoneView, name: string): boolean {
  return name === zone.name || zone.sets.some((set) => liesWithin(set.Name ?? '', name));
}

function startOfAuthority(zone: ZoneView): readonly Answer[] {
  const sets = ofType(zone.sets, 'SOA').filter((set) => set.Name === zone.name);
  return sets.flatMap((set) =>
    ownAnswers(set, zone.name).map((answer) =>
      answer.type === 'SOA' ? { ...answer, ttl: Math.min(answer.ttl ?? 0, answer.data.minimum ?? 0) } : answer,
    ),
  );
}

function ofType(sets: readonly ResourceRecordSet[], type: string): readonly ResourceRecordSet[] {
  return sets.filter((set) => set.Type === type);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
