import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** `red`, `black`, `50 %`, `absent`, or `foreign: …`. */
export type State = string;

/** Judges a run by what really changed, never by what the workflow says of itself. */
export interface Observer {
  now(): State;
  /** Every state that the record has had, oldest first, repetitions folded; it starts with what stood there at the start. */
  everyState(): readonly State[];
  /** `idle`, `step`, `restoring`, `reset`, or `none`. */
  fenceStage(): string;
  /** Accepted batches that were not written by a foreign hand. */
  writes(): number;
  /** Batches that Route 53 refused. */
  refusals(): readonly string[];
}

export interface Colours {
  readonly red: readonly string[];
  readonly black: readonly string[];
}

export function observe(sandbox: Sandbox, record: string, { red, black }: Colours): Observer {
  const name = `${record.replace('*', '\\052')}.`;
  const ofRecord = (sets: readonly ResourceRecordSet[]) =>
    sets.filter((set) => set.Name === name && ['A', 'AAAA', 'CNAME'].includes(set.Type ?? ''));
  const stateOf = (sets: readonly ResourceRecordSet[]): State => describe(ofRecord(sets), { red, black });
  const first = stateOf(sandbox.route53.recordSets(sandbox.zoneId));
  const start = sandbox.route53.log.length;
  const entries = () => sandbox.route53.log.slice(start);
  return {
    now: () => stateOf(sandbox.route53.recordSets(sandbox.zoneId)),
    everyState: () =>
      fold([first, ...entries().flatMap((entry) => (touched(entry, name) ? [stateOf(entry.after)] : []))]),
    fenceStage: () => stageOf(sandbox.route53.recordSets(sandbox.zoneId), fenceNameOf(record)),
    writes: () => entries().filter(({ accepted, by }) => accepted && by !== 'foreign').length,
    refusals: () => entries().flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal])),
  };
}

function describe(sets: readonly ResourceRecordSet[], colours: Colours): State {
  if (sets.length === 0) return 'absent';
  if (sets.every(({ Weight }) => Weight === undefined)) return describeSimple(sets, colours);
  const weight = (wanted: readonly string[]) =>
    sets
      .filter((set) => valuesOf(set).every((value) => wanted.includes(value)))
      .reduce((sum, { Weight = 0 }) => sum + Weight, 0);
  const total = sets.reduce((sum, { Weight = 0 }) => sum + Weight, 0);
  const [red, black] = [weight(colours.red), weight(colours.black)];
  if (red + black !== total) return `foreign: ${sets.flatMap(valuesOf).join(',')}`;
  if (black === 0) return 'red';
  return red === 0 ? 'black' : `${Math.round((100 * black) / total)} %`;
}

function describeSimple(sets: readonly ResourceRecordSet[], colours: Colours): State {
  const values = sets.flatMap(valuesOf);
  if (sameValues(values, colours.red)) return 'red';
  return sameValues(values, colours.black) ? 'black' : `foreign: ${values.join(',')}`;
}

function valuesOf(set: ResourceRecordSet): string[] {
  if (set.AliasTarget?.DNSName !== undefined) return [set.AliasTarget.DNSName];
  return (set.ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value]));
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

function touched(entry: Sandbox['route53']['log'][number], name: string): boolean {
  return entry.accepted && entry.changes.some(({ recordSet }) => recordSet.Name?.toLowerCase() === name);
}

function fenceNameOf(record: string): string {
  return `_switchyard.${record.replace('*', '_wildcard')}.`;
}

function stageOf(sets: readonly ResourceRecordSet[], fence: string): string {
  const text = sets.find(({ Name }) => Name === fence)?.ResourceRecords?.[0]?.Value ?? '';
  return /stage=(\w+)/.exec(text)?.[1] ?? 'none';
}

function fold(states: readonly State[]): readonly State[] {
  return states.filter((state, index) => state !== states[index - 1]);
}
