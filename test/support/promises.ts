import type { Change } from '../../sandbox/route53/change-request.ts';
import type { ChangeLogEntry } from '../../sandbox/route53/stand-in.ts';
import type { State } from './observer.ts';
import type { Rig } from './yard.ts';

/** A record alone, or one of a group. */
export type Judged = Pick<Rig, 'record' | 'observer'> & { readonly sandbox: Pick<Rig['sandbox'], 'route53'> };

/** A batch as the change log has it, with what the promises are about. */
export interface Batch {
  readonly at: number;
  readonly comment: string;
  readonly foreign: boolean;
  readonly accepted: boolean;
  /** Generation and stage of the fence that it writes; null where it leaves the fence alone. */
  readonly fence: { readonly gen: number; readonly stage: string } | null;
}

/** Every batch that Route 53 judged for the rig, refused ones included, oldest first. */
export function batchesOf({ sandbox, record }: Omit<Judged, 'observer'>): readonly Batch[] {
  return ownLog(sandbox.route53.log, record).map((entry) => ({
    at: entry.at,
    comment: entry.comment ?? '',
    foreign: entry.by === 'foreign',
    accepted: entry.accepted,
    fence: fenceIn(entry),
  }));
}

/**
 * Every promise that a run's writes have broken, as sentences; empty where none is. Judged from the change log alone.
 *
 * - D2 no UPSERT, nothing deleted that stands, and a refused batch changes nothing
 * - D5 the name answers at every instant with red, black or a share of the plan
 * - D6 the fence's generation rises with every write
 */
export function brokenPromises(rig: Judged, allowed: readonly State[]): readonly string[] {
  const log = ownLog(rig.sandbox.route53.log, rig.record);
  return [...overwrites(log), ...gaps(log, rig.record), ...strangeStates(rig, allowed), ...staleFences(rig)];
}

const bySwitchyard = (entry: ChangeLogEntry): boolean => entry.by !== 'foreign';

/** What happened after the sandbox was set up, to the record and its fence. */
function ownLog(log: readonly ChangeLogEntry[], record: string): readonly ChangeLogEntry[] {
  const names = namesOf(record);
  return log.slice(1).filter(({ changes }) => changes.some(({ recordSet }) => names.includes(recordSet.Name ?? '')));
}

function overwrites(log: readonly ChangeLogEntry[]): string[] {
  const upserts = (entry: ChangeLogEntry): readonly Change[] =>
    entry.changes.filter(({ action }) => action === 'UPSERT');
  return log
    .filter(bySwitchyard)
    .flatMap((entry) => upserts(entry).map(({ recordSet }) => `D2: an UPSERT of ${recordSet.Name ?? ''} was sent`));
}

/** The log is without gaps where each batch finds what the accepted one before it left. */
function gaps(log: readonly ChangeLogEntry[], record: string): string[] {
  const accepted = log.filter((entry) => entry.accepted);
  return log.flatMap((entry) => {
    const before = accepted.findLast(({ seq }) => seq < entry.seq);
    const changed = !entry.accepted && JSON.stringify(entry.before) !== JSON.stringify(entry.after);
    const common = before === undefined ? null : shared(record, before.after, entry.before);
    return [
      ...(changed ? [`D2: the refused batch ${entry.seq} changed something`] : []),
      ...(common === false ? [`D2: batch ${entry.seq} did not find what the batch before it left`] : []),
    ];
  });
}

/** Whether two views agree on what both have looked at: of a batch of several records, each is judged by its own batches. */
function shared(record: string, left: ChangeLogEntry['after'], found: ChangeLogEntry['before']): boolean {
  const names = namesOf(record).filter((name) => [left, found].every((sets) => sets.some(({ Name }) => Name === name)));
  const of = (sets: ChangeLogEntry['after']) => JSON.stringify(sets.filter(({ Name }) => names.includes(Name ?? '')));
  return of(left) === of(found);
}

/** The record and its fence. */
const namesOf = (record: string): readonly string[] => [`${record}.`, `_switchyard.${record}.`];

function strangeStates({ observer }: Judged, allowed: readonly State[]): string[] {
  return observer
    .everyState()
    .filter((state) => !allowed.includes(state))
    .map((state) => `D5: the record was ${state}`);
}

function staleFences(rig: Judged): string[] {
  const fences = batchesOf(rig).flatMap(({ accepted, foreign, fence, comment }) =>
    accepted && !foreign ? [{ gen: fence?.gen ?? null, comment }] : [],
  );
  return fences.flatMap(({ gen, comment }, index) => {
    if (gen === null) return [`D2: the batch "${comment}" left the fence alone`];
    const highest = Math.max(0, ...fences.slice(0, index).map((before) => before.gen ?? 0));
    return gen > highest ? [] : [`D6: "${comment}" wrote generation ${gen} after ${highest}`];
  });
}

function fenceIn({ changes }: ChangeLogEntry): Batch['fence'] {
  const created = changes.find(({ action, recordSet }) => action === 'CREATE' && recordSet.Type === 'TXT');
  const text = created?.recordSet.ResourceRecords?.[0]?.Value ?? '';
  const read = /gen=(\d+) stage=(\w+)/.exec(text);
  return read === null ? null : { gen: Number(read[1]), stage: read[2] ?? '' };
}
