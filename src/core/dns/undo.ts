import { cleanText } from '../clean-text.ts';
import { addressOf, shownValues } from './address.ts';
import { isAtRest, readFence } from './fence.ts';
import { sameName } from './name.ts';
import type { PlanRequest, Reason, Undo } from './plan.ts';
import type { Black } from './read-black.ts';
import { reason } from './reason.ts';
import { hashSets, sameSets } from './record-set.ts';
import type { RecordSet, RecordSets } from './record-set.ts';
import { refuseRouting } from './refuse-routing.ts';
import type { Snapshot } from './snapshot.ts';
import { MOVABLE } from './types-of-a-run.ts';

/** Black as it was recorded, one address a type; or why it cannot be brought back. */
export function readRecorded({ record }: Snapshot, { sets, expected }: Undo): Black {
  const reasons = [...sets.flatMap((set) => refuseSet(record, set)), ...refuseRouting(record, sets, [])];
  const [back, left] = [typesOf(sets), typesOf(expected)];
  if (back !== left) reasons.push(otherTypes(record, back, left));
  return reasons.length > 0 ? { addresses: [], reasons } : { addresses: sets.map(addressOf), reasons: [] };
}

/**
 * D4: an undo takes back what Switchyard did, never what somebody else wrote since. What Switchyard itself wrote after the newest revision (a
 * reset, a decision to leave it) is only left behind for a revision that the operator has named.
 */
export function refuseForeign(snapshot: Snapshot, { undo }: PlanRequest, red: RecordSets): readonly Reason[] {
  if (undo === undefined || sameSets(red, undo.expected) || sameSets(red, undo.sets)) return [];
  const left = undo.expectedRevision === null ? 'the last deployment left' : `revision ${undo.expectedRevision} left`;
  const found = `${snapshot.record}: expected ${words(undo.expected)}, which ${left}, found ${words(red)}`;
  if (!isOurs(snapshot, red))
    return [
      reason(
        'foreign',
        `${found}, which Switchyard did not write: an undo would overwrite it.`,
        `Find out who did; to move it all the same: ./switchyard deploy ${snapshot.record} --to VALUE`,
      ),
    ];
  if (undo.toRevision !== null) return [];
  return [
    reason(
      'written-since',
      `${found}, which a reset or another run of Switchyard put there since: what stood before is not what an undo would mean.`,
      `Name what to bring back: ./switchyard undo ${snapshot.record} --to-revision N (./switchyard history ${snapshot.record})`,
    ),
  ];
}

/** Whether the fence, at rest, carries what stands: then Switchyard wrote it last. */
function isOurs({ fence }: Snapshot, red: RecordSets): boolean {
  const reading = readFence(fence);
  return reading.kind === 'standing' && isAtRest(reading.fence) && reading.fence.sets === hashSets(red);
}

function refuseSet(record: string, { name, type }: RecordSet): readonly Reason[] {
  if (sameName(name, record) && MOVABLE.includes(type)) return [];
  const found = cleanText(`${name} ${type}`, 280);
  return [reason('not-restorable', `${found} is no A, AAAA or CNAME of ${record}: an undo brings back nothing else.`)];
}

function otherTypes(record: string, back: string, left: string): Reason {
  return reason(
    'not-restorable',
    `${record}: what is to come back has ${back}, and what the newest revision moved has ${left}: an undo moves the same types.`,
    `Name the values instead: ./switchyard deploy ${record} --to VALUE`,
  );
}

const typesOf = (sets: RecordSets): string =>
  [...new Set(sets.map(({ type }) => type))].sort().join(' and ') || 'nothing';

/** With the TTL: two sets may differ in that alone. */
function words(sets: RecordSets): string {
  const each = sets.map((set) => {
    const routing = set.weight === null ? '' : `, weight ${set.weight}`;
    return `${set.type} ${shownValues(addressOf(set)).join(', ')} (TTL ${set.ttl ?? 'of the alias'}${routing})`;
  });
  return cleanText(each.join('; '), 400) || 'nothing';
}
