import { shownValues } from './address.ts';
import type { Address } from './address.ts';
import { drawSteps } from './draw-steps.ts';
import { hashPlan } from './hash-plan.ts';
import { finalSet, pairMoves } from './moves.ts';
import type { Move } from './moves.ts';
import { planBatches } from './plan-batches.ts';
import { planWarnings } from './plan-warnings.ts';
import type { Plan, Planned, PlanRequest, Reason } from './plan.ts';
import { readBlack } from './read-black.ts';
import { sameSet } from './record-set.ts';
import type { RecordSets } from './record-set.ts';
import { refuseFence, refuseProtected } from './refuse-guarded.ts';
import { refuseFrom, refuseRequest } from './refuse-request.ts';
import { refuseRouting } from './refuse-routing.ts';
import { refuseCrowd, refuseShares, refuseSize } from './refuse-size.ts';
import { refuseStanding } from './refuse-standing.ts';
import type { Snapshot } from './snapshot.ts';
import { refuseDeadline, refuseSlow, timePlan } from './time-plan.ts';
import { readRecorded, refuseForeign } from './undo.ts';
import { MOVABLE } from './types-of-a-run.ts';

/**
 * Works out how a record gets from what stands there to what is asked for: pure and total, so that `plan` shows what `deploy` runs.
 * Refuses with all reasons at once (A2). D5: every state of a plan has the name answer with red or black, and nothing else.
 */
export function planSteps(snapshot: Snapshot, request: PlanRequest): Planned {
  const black = request.undo === undefined ? readBlack(snapshot, request) : readRecorded(snapshot, request.undo);
  const types = black.addresses.length > 0 ? black.addresses.map(({ type }) => type) : standingTypes(snapshot);
  const red = snapshot.sets.filter((set) => types.includes(set.type));
  const reasons = [
    ...refuseRequest(snapshot, request, types),
    ...black.reasons,
    ...refuseStanding(snapshot, request, types),
    ...refuseRouting(snapshot.record, red, black.addresses),
    ...refuseFrom(request, red),
    ...refuseForeign(snapshot, request, red),
    ...refuseFence(snapshot),
    ...refuseProtected(snapshot, types),
  ];
  return reasons.length > 0
    ? refused([...reasons, ...slowReds(request, red)])
    : planMoves(snapshot, request, pairMoves(request, red, black.addresses));
}

const refused = (reasons: readonly Reason[]): Planned => ({ kind: 'refused', reasons });

function standingTypes(snapshot: Snapshot): readonly string[] {
  const standing = snapshot.sets.map(({ type }) => type);
  return MOVABLE.filter((type) => standing.includes(type));
}

/** A2: a TTL that is too long is told together with what else is wrong. */
function slowReds(request: PlanRequest, red: RecordSets): readonly Reason[] {
  const moves = pairMoves(
    request,
    red,
    red.map(({ type }) => ({ type, values: [], alias: null })),
  );
  return moves.length === 0 ? [] : refuseSlow(request, moves);
}

function planMoves(snapshot: Snapshot, request: PlanRequest, moves: readonly Move[]): Planned {
  if (moves.every((move) => !move.changes && sameSet(finalSet(move), move.before))) return unchanged(snapshot, moves);
  const crowd = refuseCrowd(request, moves);
  if (crowd.length > 0) return refused([...crowd, ...refuseSlow(request, moves)]);
  const plan = drawPlan(snapshot, request, moves);
  const reasons = [
    ...refuseSlow(request, moves),
    ...refuseShares(request, moves),
    ...refuseDeadline(plan.timing),
    ...refuseSize(snapshot.record, plan),
  ];
  return reasons.length > 0 ? refused(reasons) : { kind: 'planned', plan };
}

function unchanged({ record }: Snapshot, moves: readonly Move[]): Planned {
  const values = moves.flatMap(({ red }) => shownValues(red)).join(', ');
  return {
    kind: 'unchanged',
    record,
    sentence: `${record} serves ${values} already, with the TTL that is asked for: nothing to do.`,
  };
}

function drawPlan(snapshot: Snapshot, request: PlanRequest, moves: readonly Move[]): Plan {
  const drafts = drawSteps(request, moves);
  const timing = timePlan(request, moves, drafts);
  const before = moves.map((move) => move.before);
  const last = { label: 'promote', sets: moves.map(finalSet) };
  const counts = countChanges(snapshot, { before, steps: drafts, promotion: last });
  const plan = {
    record: snapshot.record,
    zone: snapshot.zone,
    types: moves.map(({ type }) => type),
    before,
    red: { addresses: moves.map(({ red }): Address => red) },
    black: { addresses: moves.map(({ black }): Address => black) },
    steps: drafts.map((draft, index) => ({ ...draft, changes: counts[index] ?? 0 })),
    promotion: { ...last, changes: counts[drafts.length] ?? 0 },
    timing,
    warnings: planWarnings({ snapshot, request, moves, steps: drafts, timing }),
  };
  return { ...plan, hash: hashPlan(plan) };
}

/** The fence is created by the first batch where none stands, and replaced by every other. */
function countChanges(snapshot: Snapshot, states: Parameters<typeof planBatches>[0]): readonly number[] {
  return planBatches(states).map(({ batch }, index) => batch.length + (index === 0 && snapshot.fence === null ? 1 : 2));
}
