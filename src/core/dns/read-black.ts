import { cleanText } from '../clean-text.ts';
import type { Address } from './address.ts';
import { aliasFamily, publishedAliasZone } from './alias-zones.ts';
import { readAddress } from './ip-address.ts';
import { canonicalTarget, isInZone, sameName, wireName } from './name.ts';
import type { PlanRequest, Reason } from './plan.ts';
import { reason } from './reason.ts';
import type { Alias, RecordSets } from './record-set.ts';
import type { Snapshot } from './snapshot.ts';
import type { Target } from './target.ts';
import { MOVABLE } from './types-of-a-run.ts';

/** Black as the request says it, one address a type, in the form in which it is written; or why it cannot be. */
export interface Black {
  readonly addresses: readonly Address[];
  readonly reasons: readonly Reason[];
}

const MOST_VALUES = 100;

/** Reads `--to` against what stands: an alias takes the types that stand there, values bring their own. */
export function readBlack(snapshot: Snapshot, request: PlanRequest): Black {
  const type = request.type?.toUpperCase() ?? null;
  if (type !== null && !MOVABLE.includes(type)) {
    const found = cleanText(type, 20);
    return refused(
      reason(
        'type',
        `--type ${found}: a deployment moves A, AAAA or CNAME.`,
        'Leave --type out, or give one of these.',
      ),
    );
  }
  const asked = { snapshot, request, type };
  return request.to.kind === 'alias' ? readAlias(asked, request.to) : readValues(asked, request.to.values);
}

interface Asked {
  readonly snapshot: Snapshot;
  readonly request: PlanRequest;
  /** `--type` in capitals. */
  readonly type: string | null;
}

const refused = (...reasons: Reason[]): Black => ({ addresses: [], reasons });

interface Value {
  readonly type: string;
  readonly value: string;
}

function readValues({ snapshot, request, type }: Asked, texts: readonly string[]): Black {
  const read = texts.map((text) => readValue(snapshot, text));
  const values = read.filter((value) => 'value' in value);
  const types = MOVABLE.filter((each) => values.some((value) => value.type === each));
  const reasons = [
    ...read.filter((value) => 'code' in value),
    ...countReasons(texts, values),
    ...values.filter((value) => type !== null && value.type !== type).map((value) => otherType(value, type ?? '')),
    ...typeReasons(request, types),
  ];
  if (reasons.length > 0) return refused(...reasons);
  const ofType = (each: string): readonly string[] =>
    values.filter((value) => value.type === each).map(({ value }) => value);
  return { addresses: types.map((each) => ({ type: each, values: ofType(each), alias: null })), reasons: [] };
}

function readValue(snapshot: Snapshot, text: string): Value | Reason {
  const shown = JSON.stringify(cleanText(text, 80));
  const address = readAddress(text);
  if (address.kind === 'bad') return reason('target', `--to ${shown} cannot be a target: ${address.why}.`);
  if (address.kind === 'ok') return address;
  const name = canonicalTarget(text);
  if (name.kind === 'bad') return reason('target', `--to ${shown} is neither an address nor a name: ${name.why}`);
  if (sameName(name.name, snapshot.record))
    return reason('target-is-record', `--to ${shown} is the record itself: a CNAME to itself answers nothing.`);
  return { type: 'CNAME', value: `${name.name}.` };
}

function countReasons(texts: readonly string[], values: readonly Value[]): readonly Reason[] {
  const seen = values.map(({ value }) => value);
  const twice = [...new Set(seen.filter((value, index) => seen.indexOf(value) !== index))];
  const names = values.filter(({ type }) => type === 'CNAME');
  const crowded = MOVABLE.filter((type) => values.filter((value) => value.type === type).length > MOST_VALUES);
  return [
    ...(texts.length === 0 ? [reason('target', '--to has no value: a deployment needs a black to move to.')] : []),
    ...twice.map((value) => reason('target-twice', `--to names ${value} twice.`, 'Name each value once.')),
    ...(names.length > 1 && twice.length === 0
      ? [reason('target', `--to has ${names.length} names, and a CNAME has one value.`)]
      : []),
    ...crowded.map((type) =>
      reason(
        'target-count',
        `--to has more than ${MOST_VALUES} values of type ${type}; Route 53 weighs at most ${MOST_VALUES}.`,
      ),
    ),
  ];
}

function otherType({ type, value }: Value, wanted: string): Reason {
  return reason(
    'type',
    `--type ${wanted} does not fit ${value}, which is a value of type ${type}.`,
    `Leave --type out, or give values of type ${wanted}.`,
  );
}

function typeReasons(request: PlanRequest, types: readonly string[]): readonly Reason[] {
  const mixed = types.includes('CNAME') && types.length > 1;
  const left = types.filter((type) => leaves(request, type));
  return [
    ...(mixed
      ? [
          reason(
            'target',
            '--to mixes addresses and a name: a CNAME has no other type beside it.',
            'Give addresses, or one name.',
          ),
        ]
      : []),
    ...left.map((type) =>
      reason(
        'leave',
        `--leave ${type} and --to with values of type ${type} contradict each other.`,
        'Give one of them.',
      ),
    ),
  ];
}

const leaves = ({ leave }: PlanRequest, type: string): boolean => leave.some((each) => each.toUpperCase() === type);

function readAlias(asked: Asked, to: AliasTarget): Black {
  const { snapshot, type } = asked;
  const name = canonicalTarget(to.dnsName);
  if (name.kind === 'bad') return refused(reason('target', `--to alias: ${name.why}`));
  if (sameName(name.name, snapshot.record))
    return refused(reason('target-is-record', `--to alias:${name.name} is the record itself.`));
  if (type === 'CNAME')
    return refused(
      reason(
        'type',
        `--type CNAME does not fit alias:${name.name}: an alias is an A or AAAA record.`,
        'Leave --type out.',
      ),
    );
  const standing = snapshot.sets.filter((set) => isAliasable(asked, set.type));
  if (standing.length === 0) return refused(...noAliasable(snapshot, name.name));
  return pointAt(asked, { to, name: name.name, standing });
}

type AliasTarget = Target & { readonly kind: 'alias' };

function pointAt(
  { snapshot }: Asked,
  { to, name, standing }: { to: AliasTarget; name: string; standing: RecordSets },
): Black {
  const red = standing.map(({ alias }) => alias).filter((alias) => alias !== null);
  const zoneId = to.zoneId ?? aliasZone(snapshot, name, red);
  if (zoneId === null || !/^[A-Z0-9]{1,32}$/.test(zoneId)) return refused(unknownZone(name, to.zoneId));
  const health = to.evaluateTargetHealth ?? red[0]?.evaluateTargetHealth ?? false;
  const alias: Alias = { zoneId, dnsName: wireName(name), evaluateTargetHealth: health };
  const types = [...new Set(standing.map((set) => set.type))].sort();
  return { addresses: types.map((type) => ({ type, values: [], alias })), reasons: [] };
}

function isAliasable({ request, type }: Asked, standing: string): boolean {
  if (standing !== 'A' && standing !== 'AAAA') return false;
  return type === null ? !leaves(request, standing) : standing === type;
}

function noAliasable({ record, sets }: Snapshot, name: string): readonly Reason[] {
  const found = [...new Set(sets.map((set) => set.type))].filter((type) => MOVABLE.includes(type));
  if (found.length === 0) return []; // that nothing stands is said elsewhere
  return [
    reason(
      'type-conflict',
      `${record}: expected an A or AAAA record to point at alias:${name}, found ${found.join(' and ')} to be left or not of that type.`,
    ),
  ];
}

/** From red where it is of the same kind and region, else from the table of published ids, else the record's own zone. */
function aliasZone(snapshot: Snapshot, name: string, red: readonly Alias[]): string | null {
  const family = aliasFamily(name);
  if (family === null) return isInZone(name, snapshot.zone.name) ? snapshot.zone.id : null;
  const like = red.find((alias) => {
    const other = aliasFamily(alias.dnsName);
    return other?.kind === family.kind && other.region === family.region;
  });
  return like?.zoneId ?? publishedAliasZone(family);
}

function unknownZone(name: string, given: string | null): Reason {
  const next = `Write --to alias:${name}@ZONEID; the service that owns ${name} shows the id of its hosted zone.`;
  if (given !== null)
    return reason(
      'alias-zone',
      `--to alias:${name}@${cleanText(given, 40)}: that is not the id of a hosted zone.`,
      next,
    );
  return reason(
    'alias-zone',
    `The hosted zone of alias:${name} is not known: red is of another kind or region, and there is no published id for it here.`,
    next,
  );
}
