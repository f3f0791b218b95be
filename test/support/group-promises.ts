import type { ChangeLogEntry } from '../../sandbox/route53/stand-in.ts';
import type { GroupRig } from './group-yard.ts';
import { brokenPromises } from './promises.ts';

/** Batches of Switchyard's in the zones of the group that Route 53 accepted, oldest first. */
export function writesOf({ sandbox, records, since = 0 }: GroupRig): readonly ChangeLogEntry[] {
  return sandbox.route53.log
    .slice(since)
    .filter(
      ({ accepted, by, zoneId }) =>
        accepted && by !== 'foreign' && records.some((record) => sameZone(record.zoneId, zoneId)),
    );
}

/** What a fault entitles a group to. */
export interface Exceptions {
  /** What somebody else wrote in one record: its zone is restored without it. */
  readonly foreign: string | null;
  /** Whether Route 53 refused a rollback for good: its records are then restored one after the other. */
  readonly apart: boolean;
}

/**
 * Every promise that the writes of a group have broken, as sentences; judged from the change log alone. Beside those of each record:
 *
 * - G1 a batch has all records of its zone, fences included
 * - G2, G3 no zone begins a step before all zones have been swapped to the one before it, and none goes forward after it has gone back
 *
 */
export function brokenGroupPromises(rig: GroupRig, { foreign, apart }: Exceptions): readonly string[] {
  const { sandbox, records } = rig;
  const allowed = ['red', '50 %', 'black', ...(foreign === null ? [] : [foreign])];
  const ofRecords = records.flatMap(({ record, observer }) =>
    brokenPromises({ sandbox, record, observer }, allowed).map((sentence) => `${record}: ${sentence}`),
  );
  return [...ofRecords, ...(foreign === null ? splitBatches(rig, apart) : []), ...outOfStep(rig)];
}

/** G1: judged where no record has to be left out. */
function splitBatches(rig: GroupRig, apart: boolean): readonly string[] {
  const batches = writesOf(rig).filter(({ comment = '' }) => !apart || !comment.endsWith(': rollback'));
  return batches.flatMap(({ changes, comment, zoneId }) => {
    const written = new Set(changes.map(({ recordSet }) => recordSet.Name ?? ''));
    const missing = rig.records
      .filter((one) => sameZone(one.zoneId, zoneId))
      .flatMap(({ record }) => [`${record}.`, `_switchyard.${record}.`])
      .filter((name) => isFence(name) || !(isOfFences(comment) || [...written].every(isFence)))
      .filter((name) => !written.has(name));
    return missing.length === 0 ? [] : [`G1: "${comment ?? ''}" was written without ${missing.join(', ')}`];
  });
}

const isFence = (name: string): boolean => name.startsWith('_switchyard.');

/** What is written over records that stand as they are. */
const isOfFences = (comment: string | undefined): boolean => /: (at rest|fences renewed|rollback)$/.test(comment ?? '');

/** G2 and G3: by how far each zone had come when a batch was accepted. */
function outOfStep(rig: GroupRig): readonly string[] {
  const stepOf = new Map(rig.records.map(({ zoneId }) => [bare(zoneId), 0]));
  const back = new Set<string>();
  const writes = writesOf(rig);
  const steps = STEPS.filter(
    (label, at) => at === 0 || writes.some(({ comment = '' }) => comment.endsWith(`: ${label}`)),
  );
  return writes.flatMap(({ comment = '', zoneId }) => {
    const zone = bare(zoneId);
    if (comment.endsWith(': rollback')) back.add(zone);
    const step = steps.findIndex((label) => comment.endsWith(`: ${label}`));
    if (step <= 0) return [];
    const furthest = step - 1;
    const behind = [...stepOf.values()].filter((reached) => reached < furthest).length;
    stepOf.set(zone, step);
    return [
      ...(behind > 0
        ? [`G3: "${comment}" was written while ${behind} zones were behind ${steps[furthest] ?? ''}`]
        : []),
      ...(back.has(zone) ? [`D3: "${comment}" was written after the rollback of its zone`] : []),
    ];
  });
}

/** Plans may leave some out. */
const STEPS = ['as it was', '50 %', '100 %', 'promote'];

const bare = (zoneId: string): string => zoneId.replace('/hostedzone/', '');
const sameZone = (a: string, b: string): boolean => bare(a) === bare(b);
