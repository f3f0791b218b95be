/** One look at both sides, and the plan that follows from it. Nothing is written. */
import type { SyncLookInput } from '../../contracts/sync-activities.ts';
import type { PairSpec } from '../../contracts/sync.ts';
import type { Destination, SetAside, Source, TodoList, Zone } from '../../core/tasks/model.ts';
import { goneSources, planSync, type SyncPlan } from '../../core/tasks/plan-sync.ts';
import type { FindZone } from '../../core/tasks/read-fields.ts';
import { failure } from '../../policies/failures.ts';
import { fetchDestination, type DestinationReading } from './read-destination.ts';
import type { Services } from './services.ts';
import { ianaOf, openZone } from './zone.ts';

export interface LookInput extends Omit<SyncLookInput, 'pace'> {
  /** Removals of this run so far. */
  readonly removed: number;
  /** Not planned for. */
  readonly setAside: readonly SetAside[];
  /** As it was read a moment ago, where that will do; null: it is read now. */
  readonly source: Source | null;
  /** Lists that this activity made, should they not show yet. */
  readonly madeLists: readonly TodoList[];
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface Look {
  readonly source: Source;
  readonly destination: Destination;
  readonly plan: SyncPlan;
  readonly zone: Zone;
}

/** Reads both sides at the same time. @throws ServiceError, or a failure that says what to do. */
export async function look({ todoist, graph }: Services, input: LookInput): Promise<Look> {
  const { spec, signal } = input;
  const reading = input.source === null ? todoist.read(spec.from, signal) : Promise.resolve(input.source);
  const how = reading.then((found) => readingOf(spec, found));
  const [source, read] = await both(reading, fetchDestination(graph, how, signal));
  const zone = zoneOf(spec, source);
  const destination = { ...read, lists: withMade(read.lists, input.madeLists) };
  const gone = goneSources(source, destination.copies);
  // What the snapshot itself shows as active needs no question: after a change of the scope that may be very many.
  const asked = await todoist.fatesOf(
    gone.filter((id) => !source.active.has(id)),
    signal,
  );
  const fates = new Map([...gone.map((id) => [id, 'out-of-scope'] as const), ...asked]);
  const plan = planSync({
    source,
    destination,
    fates,
    policy: { ...spec, adopt: input.adopt },
    lists: spec.to.lists,
    fields: spec.fields,
    guards: { ...spec.stopAt, allowed: input.allowRemovals, removed: input.removed },
    zone,
    leftAside: new Set(input.setAside.map(({ id }) => id)),
    now: input.now,
  });
  return { source, destination, plan, zone };
}

function readingOf(spec: PairSpec, source: Source): DestinationReading {
  const zones: FindZone = (name) => openZone(ianaOf(name) ?? name);
  const { userId, active } = source;
  return { pair: spec.pair, userId, active, zone: zoneOf(spec, source), zones, mirror: spec.fields };
}

/** Side by side; a failure of one waits for the end of the other, so that nothing of a look outlives it. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

function zoneOf({ timeZone, pair }: PairSpec, source: Source): Zone {
  const name = timeZone ?? source.timeZone;
  const zone = openZone(name);
  if (zone !== null) return zone;
  throw failure('Invalid', `The time zone ${JSON.stringify(name.slice(0, 60))} of sync/${pair} is not known here.`, {
    next: 'Set timeZone of the pair in switchyard.yaml to an IANA name, such as Europe/Berlin.',
  });
}

function withMade(lists: readonly TodoList[], made: readonly TodoList[]): readonly TodoList[] {
  const known = new Set(lists.map(({ id }) => id));
  return [...lists, ...made.filter(({ id }) => !known.has(id))];
}
