import { setCount } from './address.ts';
import { moveWeights } from './draw-steps.ts';
import { LONGEST_FENCE } from './fence.ts';
import type { Move } from './moves.ts';
import { planBatches } from './plan-batches.ts';
import type { PlanStates } from './plan-batches.ts';
import type { PlanRequest, Reason } from './plan.ts';
import { reason } from './reason.ts';
import { BATCH_LIMIT, batchSize, fits } from './swap.ts';
import { missesShare } from './weigh.ts';
import type { Weights } from './weigh.ts';

const MOST_WEIGHTED = 100;

/** Route 53 takes at most 100 weighted sets a name and type. */
export function refuseCrowd(request: PlanRequest, moves: readonly Move[]): readonly Reason[] {
  if (request.steps.length < 2) return [];
  const crowded = moves.filter((move) => move.changes && setCount(move.red) + setCount(move.black) > MOST_WEIGHTED);
  return crowded.map((move) =>
    reason(
      'weighted-count',
      `${request.record} ${move.type}: shares need a weighted set for each of ${setCount(move.red)} values of red and ${setCount(move.black)} of black; Route 53 takes ${MOST_WEIGHTED}.`,
      'Move it in one step, with --steps 100.',
    ),
  );
}

/** Shares that whole weights from 0 to 255 cannot express. */
export function refuseShares(request: PlanRequest, moves: readonly Move[]): readonly Reason[] {
  return moves.flatMap((move) => {
    const missed = moveWeights(request, move).filter(missesShare);
    return missed.map((weights) => missedShare(`${request.record} ${move.type}`, weights));
  });
}

function missedShare(name: string, { share, red, black, actual }: Weights): Reason {
  return reason(
    'share',
    `${name}: ${share} % cannot be weighed: the nearest over ${red.length} values of red and ${black.length} of black is ${actual.toFixed(2)} %.`,
    'Give a share that is larger or rounder, or fewer values.',
  );
}

/** D3: a rollback that would not fit is found before the first write. The fence is counted at its largest, deleted and created. */
export function refuseSize(record: string, states: PlanStates): readonly Reason[] {
  return planBatches(states).flatMap(({ label, batch }) => {
    const { elements, characters } = batchSize(batch);
    const whole = { elements: elements + 2, characters: characters + 2 * LONGEST_FENCE };
    if (fits(whole)) return [];
    return [
      reason(
        'batch-size',
        `${record}: the batch "${label}" has ${whole.elements} values and ${whole.characters} characters with its fence; Route 53 takes ${BATCH_LIMIT.elements} and ${BATCH_LIMIT.characters}.`,
        'Move fewer values at once.',
      ),
    ];
  });
}
