import { addressOf, sameAddress } from './address.ts';
import type { Address } from './address.ts';
import type { PlanRequest } from './plan.ts';
import type { RecordSet, RecordSets } from './record-set.ts';

/** One type of the record on its way from red to black. TTLs in seconds. */
export interface Move {
  readonly type: string;
  /** Red as read: what a rollback restores. */
  readonly before: RecordSet;
  readonly red: Address;
  readonly black: Address;
  /** False where red and black are the same: the set stays as it is until the promotion. */
  readonly changes: boolean;
  /** What resolvers may hold when the first share moves: red's TTL, lowered where that is asked for. */
  readonly forwardTtl: number;
  /** Of every set between red and the promotion: what a rollback waits for. */
  readonly workingTtl: number;
  /** Null for an alias, whose TTL is its target's. */
  readonly finalTtl: number | null;
  /** The set that an undo brings back exactly as it was; null for black as `to` says it. */
  readonly recorded: RecordSet | null;
}

/** An alias answers with its target's TTL, which Route 53 does not show: 60 s for load balancers, CloudFront and most others. */
export const ALIAS_TTL = 60;

/** Pairs red and black by type; `red` has one set for each of black's types. */
export function pairMoves(request: PlanRequest, red: RecordSets, black: readonly Address[]): readonly Move[] {
  return black.flatMap((address) =>
    red.filter((set) => set.type === address.type).map((set) => move(request, set, address)),
  );
}

/** The set that stands after the promotion; a weighted red keeps its identifier and weight. */
export function finalSet({ before, black, finalTtl, recorded }: Move): RecordSet {
  return recorded ?? { ...before, ttl: finalTtl, values: black.values, alias: black.alias };
}

function move(request: PlanRequest, before: RecordSet, black: Address): Move {
  const red = addressOf(before);
  const standing = before.ttl ?? ALIAS_TTL;
  const forwardTtl = before.ttl === null ? ALIAS_TTL : Math.min(standing, request.preLowerTtl ?? standing);
  const recorded = request.undo?.sets.find(({ type }) => type === before.type) ?? null;
  const finalTtl = black.alias === null ? (recorded?.ttl ?? request.ttl ?? standing) : null;
  return {
    type: before.type,
    before,
    red,
    black: sameAddress(red, black) ? red : black,
    changes: !sameAddress(red, black),
    forwardTtl,
    workingTtl: Math.min(forwardTtl, finalTtl ?? forwardTtl),
    finalTtl,
    recorded,
  };
}
