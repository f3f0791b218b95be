import type { Watched, WatchEnd } from '../contracts/deploy-activities.ts';
import type { Verdict } from '../core/dns/gate.ts';
import { gateOf, gatesOf } from '../core/metrics/gate-of-record.ts';

/** A record of the group, as one stretch saw it. */
export interface SeenRecord {
  readonly record: string;
  readonly watched: Watched;
}

/**
 * One stretch of a group out of those of its records: it is held where every record is; what ended one ends all, and says whose it is.
 * @param asked gates that somebody is being asked about, each with the record that it is of.
 */
export function judgeGroup(seen: readonly SeenRecord[], asked: readonly string[]): Watched {
  const worst =
    seen.find(({ watched: { end } }) => end.kind === 'drift' || end.kind === 'breach') ??
    seen.find(({ watched }) => watched.verdict.kind === 'fail') ??
    seen.find(({ watched }) => watched.verdict.kind !== 'pass');
  const at = Math.max(...seen.map(({ watched }) => watched.at));
  const protections = seen.flatMap(({ watched }) => watched.protections ?? []);
  if (worst === undefined)
    return { end: asks(seen, asked), protections, windows: [], verdict: allPass(seen), inconclusiveSince: null, at };
  const { watched, record } = worst;
  const verdict = named(record, watched.verdict);
  const { inconclusiveSince } = watched;
  return { end: endOf(worst) ?? asks(seen, asked), protections, windows: [], verdict, inconclusiveSince, at };
}

/** Null where it is no end of its own. */
function endOf({ record, watched: { end } }: SeenRecord): WatchEnd | null {
  if (end.kind === 'breach') return { ...end, verdict: named(record, end.verdict) };
  return end.kind === 'drift' ? end : null;
}

/** What somebody is to be asked about: what was asked about records that say nothing new, and what the others say. */
function asks(seen: readonly SeenRecord[], asked: readonly string[]): WatchEnd {
  const asking = seen.flatMap(({ record, watched: { end } }) =>
    end.kind === 'asks' ? [{ record, gates: end.gates }] : [],
  );
  if (asking.length === 0) return { kind: 'held' };
  const answered = asking.flatMap(({ record }) => gatesOf(record, asked).map((gate) => gateOf(record, gate)));
  const gates = asking.flatMap((one) => one.gates.map((gate) => gateOf(one.record, gate)));
  return { kind: 'asks', gates: [...asked.filter((gate) => !answered.includes(gate)), ...gates] };
}

export const named = (record: string, verdict: Verdict): Verdict => ({
  ...verdict,
  reason: `${record}: ${verdict.reason}`,
});

const allPass = (seen: readonly SeenRecord[]): Verdict => ({
  kind: 'pass',
  reason: `all gates of ${seen.length} records pass`,
});
