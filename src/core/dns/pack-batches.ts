import { BATCH_LIMIT, batchSize, fits, type Batch, type BatchSize } from './swap.ts';

/**
 * Puts the batches of whole records together into as few requests as the limits of one allow: the largest first, each into the
 * first request that has room (first fit decreasing). One that is too large by itself stays alone, for Route 53 to refuse.
 */
export function packBatches<T extends { readonly batch: Batch }>(
  moves: readonly T[],
  limit: BatchSize = BATCH_LIMIT,
): readonly (readonly T[])[] {
  const requests: { readonly moves: T[]; size: BatchSize }[] = [];
  for (const { move, size } of bySize(moves)) {
    const room = requests.find((request) => fits(plus(request.size, size), limit));
    if (room === undefined) requests.push({ moves: [move], size });
    else {
      room.moves.push(move);
      room.size = plus(room.size, size);
    }
  }
  return requests.map((request) => request.moves);
}

function bySize<T extends { readonly batch: Batch }>(
  moves: readonly T[],
): readonly { readonly move: T; readonly size: BatchSize }[] {
  return moves
    .map((move) => ({ move, size: batchSize(move.batch) }))
    .sort((a, b) => b.size.characters - a.size.characters);
}

const plus = (a: BatchSize, b: BatchSize): BatchSize => ({
  elements: a.elements + b.elements,
  characters: a.characters + b.characters,
});
