import { displayName } from './name.ts';
import type { PlanRequest, Reason } from './plan.ts';
import { reason } from './reason.ts';
import type { RecordSet } from './record-set.ts';
import type { Snapshot } from './snapshot.ts';
import { MOVABLE } from './types-of-a-run.ts';

/** What stands at the name and does not go along, and what should go along but does not stand. */
export function refuseStanding(snapshot: Snapshot, request: PlanRequest, types: readonly string[]): readonly Reason[] {
  const standing = [...new Set(snapshot.sets.map((set) => set.type))];
  if (!standing.some((type) => MOVABLE.includes(type))) return [nothingStands(snapshot)];
  const clash = refuseClash(snapshot.record, standing, types);
  if (clash.length > 0) return clash;
  return [...refuseMissing(snapshot.record, standing, types), ...refuseLeft(snapshot, request, types)];
}

/** D5: without a red there is nothing to move, and nothing to go back to. */
function nothingStands({ record, zone }: Snapshot): Reason {
  return reason(
    'nothing-stands',
    `${record}: expected an A, AAAA or CNAME record to move, found none in zone ${displayName(zone.name)} (${zone.id}).`,
    'Create the record with the value that serves now, then deploy.',
  );
}

function refuseClash(record: string, standing: readonly string[], types: readonly string[]): readonly Reason[] {
  const moved = types.find((type) => (type === 'CNAME') !== standing.includes('CNAME'));
  if (moved === undefined) return [];
  if (moved !== 'CNAME')
    return [
      reason(
        'type-conflict',
        `${record} is a CNAME, and the target is of type ${moved}: no other type can stand beside a CNAME.`,
        'Give a name as --to.',
      ),
    ];
  const found = standing.filter((type) => MOVABLE.includes(type)).join(' and ');
  return [
    reason(
      'type-conflict',
      `${record} has ${found}, and the target is a name: a CNAME cannot stand beside them.`,
      'Give addresses, or --to alias:NAME for an AWS endpoint.',
    ),
  ];
}

function refuseMissing(record: string, standing: readonly string[], types: readonly string[]): readonly Reason[] {
  const missing = types.filter((type) => !standing.includes(type));
  return missing.map((type) =>
    reason(
      'nothing-stands',
      `${record} ${type}: expected a record to move, found none; without a red of that type there is nothing to share or to go back to.`,
      `Leave the ${type} values out of --to, or create ${type} with red's value first.`,
    ),
  );
}

function refuseLeft(snapshot: Snapshot, request: PlanRequest, types: readonly string[]): readonly Reason[] {
  const left = snapshot.sets.filter((set) => leadsClients(snapshot.record, set) && !types.includes(set.type));
  const leave = request.leave.map((type) => type.toUpperCase());
  return [...new Set(left.map((set) => set.type))]
    .filter((type) => !leave.includes(type))
    .map((type) => unmoved(snapshot.record, type));
}

function unmoved(record: string, type: string): Reason {
  const add = MOVABLE.includes(type) ? `Add its new value to --to, or` : 'Remove its address hints, or';
  return reason(
    'unmoved',
    `${record} ${type} stands and would not move: clients that use it would stay on red.`,
    `${add} accept that with --leave ${type}.`,
  );
}

/** Whether a set decides where clients go: addresses do, HTTPS and SVCB with address hints or another target do, TXT and MX do not. */
function leadsClients(record: string, set: RecordSet): boolean {
  if (MOVABLE.includes(set.type)) return true;
  if (set.type !== 'HTTPS' && set.type !== 'SVCB') return false;
  return set.alias !== null || set.values.some((value) => !pointsAtItself(record, value));
}

function pointsAtItself(record: string, value: string): boolean {
  const [priority = '', target = '', ...parameters] = value.trim().split(/\s+/);
  const itself = target === '.' || displayName(target) === displayName(record);
  return priority !== '0' && itself && !parameters.some((parameter) => /^ipv[46]hint/i.test(parameter));
}
