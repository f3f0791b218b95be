import type { Address } from './address.ts';
import { setCount } from './address.ts';
import { finalSet } from './moves.ts';
import type { Move } from './moves.ts';
import type { PlanRequest, Share, Step } from './plan.ts';
import type { RecordSet, RecordSets } from './record-set.ts';
import { OWN_IDENTIFIER } from './refuse-routing.ts';
import { weigh } from './weigh.ts';
import type { Weights } from './weigh.ts';

/** A step before its batch is counted. */
export type StepDraft = Omit<Step, 'changes'>;

/** Every state between red and the promotion, in order. */
export function drawSteps(request: PlanRequest, moves: readonly Move[]): readonly StepDraft[] {
  const lower = lowerTtl(request, moves);
  const shares = shiftShares(request, moves);
  const weighed = moves.map((move) => ({ move, weights: moveWeights(request, move) }));
  const shifts = shares.map((share): StepDraft => {
    const sets = shares.length > 1 ? weighed.flatMap((each) => mixedSets(each, share)) : moves.map(movedSet);
    return { kind: 'shift', label: `${share} %`, share, sets, holdMs: holdMs(request, moves, share) };
  });
  return lower === null ? shifts : [lower, ...shifts];
}

/** The weights of a type at every share of the plan; empty where no share is asked for or the type stays as it is. */
export function moveWeights(request: PlanRequest, move: Move): readonly Weights[] {
  const shares = request.steps.map(({ share }) => share);
  return shares.length > 1 && move.changes ? weigh(shares, setCount(move.red), setCount(move.black)) : [];
}

/** The longest TTL that resolvers hold when the first share moves, in seconds. */
export function forwardTtl(moves: readonly Move[]): number {
  return Math.max(...moving(moves).map((move) => move.forwardTtl));
}

/** The moves that move; all of them where only a TTL changes. */
export function moving(moves: readonly Move[]): readonly Move[] {
  const some = moves.filter((move) => move.changes);
  return some.length === 0 ? moves : some;
}

const MINUTE = 60_000;

/** Where red and black are the same there is nothing to share. A single share means one simple set all along, and no weighted one. */
function shiftShares(request: PlanRequest, moves: readonly Move[]): readonly Share[] {
  return moves.some((move) => move.changes) ? request.steps.map(({ share }) => share) : [100];
}

/** The old TTL is what has to run out before the lower one holds everywhere. */
function lowerTtl(request: PlanRequest, moves: readonly Move[]): StepDraft | null {
  const lowered = moves.filter((move) => move.changes && (move.before.ttl ?? 0) > move.forwardTtl);
  if (lowered.length === 0) return null;
  const oldTtl = Math.max(...lowered.map((move) => move.before.ttl ?? 0));
  return {
    kind: 'lower-ttl',
    label: `lower TTL to ${request.preLowerTtl ?? 0} s`,
    share: 0,
    sets: moves.map((move) => (lowered.includes(move) ? { ...move.before, ttl: move.forwardTtl } : move.before)),
    holdMs: oldTtl * 1_000,
  };
}

function movedSet(move: Move): RecordSet {
  if (!move.changes) return move.before;
  return { ...finalSet(move), ttl: move.finalTtl === null ? null : move.workingTtl };
}

interface Weighed {
  readonly move: Move;
  readonly weights: readonly Weights[];
}

function mixedSets({ move, weights }: Weighed, share: Share): RecordSets {
  const found = weights.find((each) => each.share === share);
  if (found === undefined) return [move.before];
  return [...weightedSets(move, 'red', found.red), ...weightedSets(move, 'black', found.black)];
}

function weightedSets(move: Move, side: 'red' | 'black', weights: readonly number[]): RecordSets {
  const address = move[side];
  return weights.map((weight, index) => ({
    ...move.before,
    ttl: address.alias === null ? move.workingTtl : null,
    values: oneValue(address, index),
    alias: address.alias,
    setIdentifier: `${OWN_IDENTIFIER}${side}-${index + 1}`,
    weight,
  }));
}

const oneValue = ({ values }: Address, index: number): readonly string[] => values.slice(index, index + 1);

/** Of what is not asked for. */
export const SHORTEST_HOLD_MS = 5 * MINUTE;
export const SHORTEST_BAKE_MS = 15 * MINUTE;

/** A step's own time, else the one for holds or the bake, else the default, which lets the caches turn over twice or three times. */
function holdMs(request: PlanRequest, moves: readonly Move[], share: Share): number {
  const own = request.steps.find((step) => step.share === share)?.holdMs ?? null;
  const ttlMs = forwardTtl(moves) * 1_000;
  return share === 100
    ? (own ?? request.bakeMs ?? Math.max(SHORTEST_BAKE_MS, 3 * ttlMs))
    : (own ?? request.holdMs ?? Math.max(SHORTEST_HOLD_MS, 2 * ttlMs));
}
