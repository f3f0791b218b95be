/**
 * One stretch of a group's hold. Writes nothing.
 *
 * - G3 All records are watched for the same time, and the first breach of one ends it for all.
 * - D4 One read a zone looks for drift in all of its records.
 */
import type { WatchInput, Watched } from '../contracts/deploy-activities.ts';
import type { Many, WatchGroupInput } from '../contracts/group-activities.ts';
import { lookForDrifts, type DriftLook } from './look-for-drift.ts';
import { beating, never, withPartPulse, type Pulse } from './pulse.ts';
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { AwsClients } from '../clients.ts';
import { noticeProtected } from '../core/dns/refuse-guarded.ts';
import { readZoneProtections, typesOf } from './read-standing.ts';
import { PROTECTIONS_EVERY, watchProbes, type WatchBeat, type WatchDeps } from './watch-endpoints.ts';

export interface GroupWatchDeps extends Omit<WatchDeps, 'aws'> {
  /** Of the worker itself: the records say in which roles they are looked at. */
  readonly aws: AwsClients;
}

/** What a heartbeat carries: each record's newest values, by name. */
export interface GroupBeat {
  readonly records: Readonly<Record<string, WatchBeat>>;
}

/** Probes black and red of every record and looks for drift until `untilMs`, or until the first breach or drift. */
export async function watchRecords(deps: GroupWatchDeps, input: WatchGroupInput, pulse: Pulse): Promise<Many<Watched>> {
  const kept = {
    beats: beatsOf(pulse.resumed),
    seen: new Map<string, Watched>(),
    looks: new Set<Promise<readonly DriftLook[]>>(),
    protections: new Map<string, readonly string[]>(),
  };
  await withPartPulse(pulse, (part) => {
    const watching: Watching = { ...kept, part };
    return beating(
      part,
      () => Promise.race([probeAll(deps, input, watching), driftInAny(deps, input, watching)]),
      (): GroupBeat => ({ records: Object.fromEntries(kept.beats) }),
    );
  });
  const { beats, seen, protections } = kept;
  const records = input.records.map((one) => {
    const watched = seen.get(one.record) ?? held(one, beats.get(one.record), pulse.now());
    return { ...watched, protections: protections.get(one.record) ?? [] };
  });
  return { records };
}

interface Watching {
  /** Looks for drift that are under way: a stretch that ends meanwhile waits for what they see. */
  readonly looks: Set<Promise<readonly DriftLook[]>>;
  readonly part: Pulse;
  readonly beats: Map<string, WatchBeat>;
  readonly seen: Map<string, Watched>;
  /** Of each record, what would block its rollback, as the last look at its zone found. */
  readonly protections: Map<string, readonly string[]>;
}

/** Fulfilled when all are held, or with the first breach. */
async function probeAll(deps: GroupWatchDeps, { records }: WatchGroupInput, watching: Watching): Promise<void> {
  const { seen, part, looks } = watching;
  const watched = records.map(async (input) => {
    const one = await watchProbes(deps, input, pulseOf(input, watching));
    seen.set(input.record, one);
    return one;
  });
  const breached = watched.map((one) => one.then(({ end }) => (end.kind === 'held' ? never(part) : undefined)));
  await Promise.race([Promise.all(watched), ...breached]);
  await Promise.all(looks);
}

/** The beats of one record are kept; the group's heartbeat tells them together. */
function pulseOf({ record }: WatchInput, { part, beats }: Watching): Pulse {
  const beat = (details?: unknown): void => {
    if (details !== undefined) beats.set(record, details as WatchBeat);
  };
  return { ...part, beat, resumed: beats.get(record) };
}

async function driftInAny(deps: GroupWatchDeps, { records }: WatchGroupInput, watching: Watching): Promise<void> {
  const zones = [...new Set(records.map(({ zone }) => zone.id))];
  await Promise.race(
    zones.map((id) =>
      driftInZone(
        deps,
        records.filter(({ zone }) => zone.id === id),
        watching,
      ),
    ),
  );
}

/** Fulfilled with the first drift of a zone's records; a look that fails, or has to wait for its turn, says nothing. */
async function driftInZone({ aws }: GroupWatchDeps, inputs: readonly WatchInput[], watching: Watching): Promise<void> {
  const { part, beats, seen } = watching;
  const everyMs = inputs[0]?.pace.driftEveryMs ?? 15_000;
  const mine = aws.inRole(inputs[0]?.role);
  const client = mine.route53();
  let skipped = false;
  for (let turn = 0; ; turn += 1) {
    await part.sleep(skipped ? everyMs / 10 : everyMs);
    skipped = !mine.budget.mayLook();
    if (skipped) continue;
    if (turn % PROTECTIONS_EVERY === 0 && mine.budget.mayLook()) await lookAtProtections(client, inputs, watching);
    const look = lookForDrifts(client, inputs);
    watching.looks.add(look);
    const looks = await look;
    for (const [index, look] of looks.entries()) {
      const input = inputs[index];
      if (input === undefined || look.kind !== 'drift') continue;
      seen.set(input.record, { ...held(input, beats.get(input.record), part.now()), end: look });
    }
    watching.looks.delete(look);
    if (looks.some(({ kind }) => kind === 'drift')) return;
  }
}

/** One look at the zone for all of its records. Where it cannot be read, what was seen before stays. */
async function lookAtProtections(
  client: Route53Client,
  inputs: readonly WatchInput[],
  { protections }: Watching,
): Promise<void> {
  const found = await readZoneProtections(client, inputs[0]?.zone.id ?? '');
  if (found === null) return;
  for (const { record, standing, sides } of inputs) {
    const types = typesOf(standing.sets, ...sides.map(({ sets }) => sets));
    protections.set(record, noticeProtected(record, types, found));
  }
}

/** A record that was still being watched when another one ended the stretch. */
function held(input: WatchInput, beat: WatchBeat | undefined, at: number): Watched {
  const { windows, inconclusiveSince, verdict, metrics } = beat ?? {
    ...input,
    verdict: { kind: 'inconclusive', reason: 'nothing was seen yet' } as const,
    metrics: undefined,
  };
  const measured = metrics === undefined ? {} : { metrics };
  return { end: { kind: 'held' }, windows, verdict, inconclusiveSince, at, ...measured };
}

function beatsOf(details: unknown): Map<string, WatchBeat> {
  const { records } = (details ?? {}) as Partial<GroupBeat>;
  return new Map(typeof records === 'object' ? Object.entries(records) : []);
}
