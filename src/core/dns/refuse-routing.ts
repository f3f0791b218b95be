import { cleanText } from '../clean-text.ts';
import { addressOf, setCount } from './address.ts';
import type { Address } from './address.ts';
import type { Reason } from './plan.ts';
import { reason } from './reason.ts';
import type { RecordSet, RecordSets } from './record-set.ts';

/** Identifiers of our own weighted sets begin so. */
export const OWN_IDENTIFIER = 'switchyard-';

/** Refuses any red that is not one simple, alias or weighted set a type; `black` is what would take its place. */
export function refuseRouting(record: string, red: RecordSets, black: readonly Address[]): readonly Reason[] {
  return [...new Set(red.map((set) => set.type))].flatMap((type) => {
    const address = black.find((each) => each.type === type) ?? null;
    return refuseType(
      `${record} ${type}`,
      red.filter((set) => set.type === type),
      address,
    );
  });
}

function refuseType(name: string, sets: RecordSets, black: Address | null): readonly Reason[] {
  const policies = [...new Set(sets.flatMap(foundPolicies))];
  if (policies.length > 0) return [otherPolicy(name, policies)];
  const own = sets.filter((set) => set.setIdentifier?.startsWith(OWN_IDENTIFIER));
  if (own.length > 0) return [leftBehind(name, own)];
  if (sets.length > 1) return [siblings(name, sets)];
  const checked = sets.filter((set) => set.healthCheckId !== null);
  return [...checked.map((set) => healthChecked(name, set)), ...sets.flatMap((set) => refuseCount(name, set, black))];
}

/** The service's own field names, in words. */
const POLICIES: Readonly<Record<string, string>> = {
  Region: 'latency',
  GeoLocation: 'geolocation',
  GeoProximityLocation: 'geoproximity',
  Failover: 'failover',
  MultiValueAnswer: 'multivalue',
  CidrRoutingConfig: 'IP-based',
  TrafficPolicyInstanceId: 'traffic policy instance',
};

function foundPolicies(set: RecordSet): readonly string[] {
  const fields = Object.keys(set.other).map((field) => POLICIES[field] ?? `unknown (${cleanText(field, 40)})`);
  const nameless = set.setIdentifier !== null && set.weight === null && fields.length === 0;
  return nameless ? ['unknown (an identifier without a weight)'] : fields;
}

function otherPolicy(name: string, policies: readonly string[]): Reason {
  return reason(
    'routing-policy',
    `${name}: expected simple, alias or a single weighted routing, found ${policies.join(' and ')}.`,
    'Move a record of its own that these sets point at.',
  );
}

function leftBehind(name: string, sets: RecordSets): Reason {
  const record = name.replace(/ .*$/, '');
  return reason(
    'left-behind',
    `${name}: found ${identifiers(sets)}, the weighted sets of a deployment that did not end: what serves now is a mixture, and no red.`,
    `./switchyard reset ${record} --to-snapshot`,
  );
}

function siblings(name: string, sets: RecordSets): Reason {
  return reason(
    'weighted-siblings',
    `${name}: expected one record set, found ${sets.length} weighted ones that are not this program's: ${identifiers(sets)}.`,
    'Move a record of its own that these sets point at.',
  );
}

function healthChecked(name: string, set: RecordSet): Reason {
  return reason(
    'health-check',
    `${name}: the set has health check ${cleanText(set.healthCheckId ?? '', 60)}, which the plan would drop.`,
    'Detach the health check first, or move a record of its own.',
  );
}

function refuseCount(name: string, set: RecordSet, black: Address | null): readonly Reason[] {
  if (set.weight === null || black === null || setCount(black) === 1 || setCount(addressOf(set)) > 1) return [];
  return [
    reason(
      'weighted-values',
      `${name} is a weighted set (${identifiers([set])}), which holds one value; --to has ${setCount(black)}.`,
      'Give one value.',
    ),
  ];
}

const identifiers = (sets: RecordSets): string =>
  sets.map((set) => cleanText(set.setIdentifier ?? 'a set without identifier', 60)).join(', ');
