import { sameForm } from './ip-address.ts';
import { displayName, sameName } from './name.ts';
import type { RecordSet } from './record-set.ts';
import type { Side } from './target.ts';

/** Where one type of a record points. */
export type Address = Side['addresses'][number];

export function addressOf({ type, values, alias }: RecordSet): Address {
  return { type, values, alias };
}

/** Whether both point at the same endpoints, however they are spelled and ordered. */
export function sameAddress(a: Address, b: Address): boolean {
  if (a.alias !== null && b.alias !== null) {
    const sameZone = a.alias.zoneId === b.alias.zoneId && a.alias.evaluateTargetHealth === b.alias.evaluateTargetHealth;
    return sameZone && sameName(a.alias.dnsName, b.alias.dnsName);
  }
  const [left, right] = [shownValues(a), shownValues(b)];
  return a.alias === b.alias && left.length === right.length && left.every((value) => right.includes(value));
}

/** The values as they are compared and shown: IPv6 in short form, names without the final dot, an alias as `alias:NAME`. */
export function shownValues(address: Address): readonly string[] {
  if (address.alias !== null) return [`alias:${displayName(address.alias.dnsName)}`];
  return address.values.map((value) => (address.type === 'CNAME' ? displayName(value) : sameForm(value)));
}

/** How many weighted sets the address takes: Route 53 documents one value a weighted set. */
export const setCount = ({ values, alias }: Address): number => (alias === null ? values.length : 1);
