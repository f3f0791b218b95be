import { assertNever } from '../assert-never.ts';
import { addressOf, sameAddress, type Address } from './address.ts';
import { fenceSet, isAtRest, nextFence, readFence, type Fence, type FenceReading } from './fence.ts';
import { unpackSets } from './pack-sets.ts';
import type { PlanRequest, Reason } from './plan.ts';
import { readBlack } from './read-black.ts';
import { reason } from './reason.ts';
import { sameSets, type RecordSet, type RecordSets } from './record-set.ts';
import { wireName } from './name.ts';
import type { Snapshot, Standing } from './snapshot.ts';
import type { Target } from './target.ts';
import { MOVABLE, ofTypes, typesHashed } from './types-of-a-run.ts';

/** What a reset puts back. */
export type ResetWish =
  | {
      readonly kind: 'default';
      readonly target: Target;
      /** Seconds; null keeps red's, else what stands. */
      readonly ttl: number | null;
      /** Types at the name that are not moved. */
      readonly leave: readonly string[];
    }
  /** What the fence of a run that died in the middle holds. */
  | { readonly kind: 'snapshot' }
  /** What stood before a run that died, while its fence stands exactly as it was judged. */
  | { readonly kind: 'repair'; readonly judged: Pick<Fence, 'gen' | 'owner'>; readonly red: RecordSets };

export interface ResetRules {
  /** Overwrites what somebody else wrote. */
  readonly force: boolean;
  /** Of the fence that is left standing: `-/reset:<fqdn>/-`. */
  readonly owner: string;
}

export type ResetPlan =
  /** Nothing to write: the wanted values stand under a fence at rest. */
  | { readonly kind: 'there'; readonly wanted: RecordSets }
  | { readonly kind: 'refused'; readonly foreign: boolean; readonly reason: Reason }
  | ResetSwap;

export interface ResetSwap {
  readonly kind: 'swap';
  readonly from: Standing;
  readonly to: Standing;
}

/**
 * Decides how a record gets back to its declared default, from whatever of ours stands there. The fence is raised even where the
 * record shows the default already, so that a deployment in the middle finds it and writes nothing more (D3, D6).
 * Foreign values are refused unless forced (D4); without a fence nothing says that they are foreign, and the reset goes on.
 */
export function planReset(snapshot: Snapshot, wish: ResetWish, rules: ResetRules): ResetPlan {
  const reading = readFence(snapshot.fence);
  if (reading.kind === 'unreadable') return refused(unreadable(snapshot, reading.why), false);
  if (wish.kind === 'repair') {
    const overtaken = afterJudged(snapshot, wish.judged, reading);
    if (overtaken !== null) return overtaken;
  }
  const wanted = wantedSets(snapshot, wish, reading);
  if ('reason' in wanted) return refused(wanted.reason, false);
  const match = ownTypes(snapshot.sets, reading);
  const from = movedSets(snapshot.sets, wanted.sets, match);
  const odd = rules.force ? null : objection(snapshot, { reading, match, from });
  if (odd !== null) return refused(odd, true);
  const there = isThere(from, wanted.sets, wish);
  if (there && (reading.kind === 'none' || isAtRest(reading.fence))) return { kind: 'there', wanted: from };
  return swapTo(snapshot, { from, sets: there ? from : wanted.sets, reading, owner: rules.owner });
}

/** The same sets under a fence one generation higher: a change to wait for, where the answer that carried the id of theirs was lost. */
export function raiseAgain(snapshot: Snapshot, sets: RecordSets, owner: string): ResetSwap {
  return swapTo(snapshot, { from: sets, sets, reading: readFence(snapshot.fence), owner });
}

const refused = (why: Reason, foreign: boolean): ResetPlan => ({ kind: 'refused', foreign, reason: why });

function unreadable({ record }: Snapshot, why: string): Reason {
  return reason(
    'fence',
    `${record}: the fence cannot be read: ${why}.`,
    'A newer Switchyard may have written it: use that one, or look at the TXT record and remove it by hand.',
  );
}

type Wanted = { readonly sets: RecordSets } | { readonly reason: Reason };

function wantedSets(snapshot: Snapshot, wish: ResetWish, reading: FenceReading): Wanted {
  switch (wish.kind) {
    case 'repair':
      return { sets: wish.red };
    case 'snapshot':
      return snapshotSets(snapshot, reading);
    case 'default':
      return defaultSets(snapshot, wish, redOf(reading));
    default:
      return assertNever(wish);
  }
}

/** What a repair does where another fence stands than the one that was judged; null where that one stands. */
function afterJudged(
  { record, sets }: Snapshot,
  judged: Pick<Fence, 'gen' | 'owner'>,
  reading: FenceReading,
): ResetPlan | null {
  if (reading.kind === 'standing') {
    const { fence } = reading;
    // Its own end, a reset by hand, another guard, or this one in a life before: nothing is left to restore.
    if (isAtRest(fence)) return { kind: 'there', wanted: ofTypes(sets, ownTypes(sets, reading) ?? MOVABLE) };
    if (fence.gen === judged.gen && fence.owner === judged.owner) return null;
  }
  const found = reading.kind === 'standing' ? `stage ${reading.fence.stage}, generation ${reading.fence.gen}` : 'none';
  const sentence = `${record}: the fence has moved on (expected generation ${judged.gen}, found ${found}): a run that was taken for dead lives, or another one has begun.`;
  return refused(reason('moved-on', sentence, `./switchyard status ${record}`), false);
}

/** What the fence remembers of red; null where it has none, or only its hash. */
function redOf(reading: FenceReading): RecordSets | null {
  return reading.kind === 'standing' && reading.fence.red !== null ? unpackSets(reading.fence.red) : null;
}

function snapshotSets({ record }: Snapshot, reading: FenceReading): Wanted {
  const red = redOf(reading);
  if (red !== null && red.length > 0) return { sets: red };
  if (reading.kind === 'none')
    return { reason: reason('no-fence', `${record}: no fence stands, so there is no snapshot to restore.`) };
  const stage = reading.kind === 'standing' ? reading.fence.stage : 'unknown';
  const owner = reading.kind === 'standing' ? reading.fence.owner : 'unknown';
  const next = 'Give the values with --to; the snapshot is in the history of the run that the fence names.';
  return {
    reason: reason('no-snapshot', `${record}: the fence (stage ${stage}, owner ${owner}) holds no snapshot.`, next),
  };
}

function defaultSets(
  snapshot: Snapshot,
  wish: ResetWish & { readonly kind: 'default' },
  red: RecordSets | null,
): Wanted {
  const { addresses, reasons } = readBlack(snapshot, asPlanRequest(snapshot, wish));
  const [why] = reasons;
  if (why !== undefined) return { reason: why };
  if (addresses.length === 0)
    return { reason: reason('type', `${snapshot.record}: nothing stands there whose type an alias could take.`) };
  // Red as it was read, identifier and weight included, where it is what the default says.
  if (red !== null && wish.ttl === null && servesExactly(red, addresses)) return { sets: red };
  return {
    sets: addresses.map((address) =>
      simpleSet(snapshot, address, wish.ttl ?? ttlOf(address.type, red ?? snapshot.sets)),
    ),
  };
}

/** The deployment that this reset is like, as far as reading its target goes. */
function asPlanRequest(
  { record }: Snapshot,
  { target, leave, ttl }: ResetWish & { readonly kind: 'default' },
): PlanRequest {
  return {
    record,
    to: target,
    type: null,
    from: null,
    steps: [],
    holdMs: null,
    bakeMs: null,
    deadlineMs: null,
    preLowerTtl: null,
    ttl,
    slowRollbackOk: true,
    leave,
    preflightMs: 0,
  };
}

const DEFAULT_TTL = 60;

function ttlOf(type: string, sets: RecordSets): number {
  const ttls = sets.flatMap((set) => (set.type === type && set.ttl !== null ? [set.ttl] : []));
  return ttls.length === 0 ? DEFAULT_TTL : Math.min(...ttls);
}

function simpleSet({ record }: Snapshot, { type, values, alias }: Address, ttl: number): RecordSet {
  const routing = { setIdentifier: null, weight: null, healthCheckId: null, other: {} };
  return { name: wireName(record), type, ttl: alias === null ? ttl : null, values, alias, ...routing };
}

/** The types whose sets carry the fence's hash: what the last write of ours left there. Null: somebody else wrote since. */
function ownTypes(sets: RecordSets, reading: FenceReading): readonly string[] | null {
  return reading.kind === 'standing' ? typesHashed(sets, reading.fence.sets) : null;
}

/** What must go: what we wrote last, the types that are wanted, and what cannot stand beside them. */
function movedSets(sets: RecordSets, wanted: RecordSets, match: readonly string[] | null): RecordSets {
  const types = wanted.map(({ type }) => type);
  const beside = types.includes('CNAME') ? MOVABLE : ['CNAME'];
  return ofTypes(sets, [...new Set([...types, ...beside, ...(match ?? [])])]);
}

interface Found {
  readonly reading: FenceReading;
  readonly match: readonly string[] | null;
  readonly from: RecordSets;
}

/** Why what stands there is not ours to change (D4); null where it is. */
function objection({ record }: Snapshot, { reading, match, from }: Found): Reason | null {
  const next = 'Look at it; --force overwrites it.';
  if (reading.kind === 'standing' && match === null) {
    return reason(
      'foreign',
      `${record}: found ${words(from)}, which Switchyard did not write (the hash of the fence does not match).`,
      next,
    );
  }
  const routed = from.find((set) => set.healthCheckId !== null || Object.keys(set.other).length > 0);
  if (routed === undefined) return null;
  return reason(
    'routing',
    `${record}: found ${words([routed])} with a routing policy or a health check, which a reset would drop.`,
    next,
  );
}

function words(sets: RecordSets): string {
  if (sets.length === 0) return 'no record set';
  return sets
    .map(({ type, values, alias }) => `${type} ${alias === null ? values.join(', ') : `alias ${alias.dnsName}`}`)
    .join('; ');
}

/** Whether the wanted values stand, and nothing else of the moved types; a TTL counts only where one was asked for. */
function isThere(from: RecordSets, wanted: RecordSets, wish: ResetWish): boolean {
  if (wish.kind !== 'default' || wish.ttl !== null) return sameSets(from, wanted);
  return servesExactly(from, wanted.map(addressOf));
}

function servesExactly(sets: RecordSets, addresses: readonly Address[]): boolean {
  if (sets.length !== addresses.length) return false;
  return addresses.every((address) =>
    sets.some((set) => set.type === address.type && sameAddress(addressOf(set), address)),
  );
}

interface Raise {
  readonly from: RecordSets;
  readonly sets: RecordSets;
  readonly reading: FenceReading;
  readonly owner: string;
}

function swapTo({ record, fence: standing }: Snapshot, { from, sets, reading, owner }: Raise): ResetSwap {
  const fence = nextFence(reading, { stage: 'reset', owner, until: null, sets, red: null });
  return { kind: 'swap', from: { sets: from, fence: standing }, to: { sets, fence: fenceSet(record, fence) } };
}
