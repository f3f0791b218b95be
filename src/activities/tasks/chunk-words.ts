/** What an attempt says: while it runs, when it has done its part, and when it fails. */
import { CancelledFailure, type TemporalFailure } from '@temporalio/common';
import type { ChunkBeat, ChunkFacts, SyncChunk } from '../../contracts/sync-activities.ts';
import type { SyncView } from '../../contracts/sync.ts';
import { clockTime } from '../../core/clock-time.ts';
import { failure, withFacts } from '../../policies/failures.ts';
import { ServiceError } from '../../policies/service-error.ts';
import { asActivityFailure } from './as-activity-failure.ts';
import type { Chunk } from './open-chunk.ts';
import { noteThrottle, setAsideOf, totalsOf } from './progress.ts';

/** @param creations Null while it runs: what it sends now is not in there yet. */
export function beatOf(
  { progress, pulse, quietUntil, troubleSince }: Chunk,
  creations: ChunkBeat['creations'],
): ChunkBeat {
  const { doing, planned, removed } = progress;
  const shown = { doing, planned, removed, totals: totalsOf(progress), ...setAsideOf(progress) };
  return { ...shown, creations, quietUntil, troubleSince, attempt: pulse.attempt, at: pulse.now() };
}

export function chunkOf({ progress, patience, pulse }: Chunk, view: SyncView, done: boolean): SyncChunk {
  const creations = patience.creations(pulse.now());
  const { removed } = progress;
  return { view, totals: totalsOf(progress), ...setAsideOf(progress), removed, creations, done };
}

/** Tells the next attempt what this one knows, and the run as well. @returns what this one ends with. */
export function lastWords(chunk: Chunk, error: unknown): unknown {
  const { progress, patience, pulse } = chunk;
  noteTrouble(chunk, error);
  const creations = patience.creations(pulse.now());
  pulse.beat(beatOf(chunk, creations));
  const unsettled = Object.keys(creations).length > 0 || pulse.now() < chunk.quietUntil;
  const facts: ChunkFacts = { totals: totalsOf(progress), ...setAsideOf(progress), unsettled };
  if (error instanceof CancelledFailure) return new CancelledFailure(error.message, [facts]);
  return withFacts(failureOf(chunk, error), { ...facts });
}

/** A throttle is no failure: the service lives, and says when to come again. */
function noteTrouble(chunk: Chunk, error: unknown): void {
  const isThrottle = error instanceof ServiceError && error.facts.kind === 'throttled';
  if (isThrottle) noteThrottle(chunk.progress, error.facts.retryAfterMs);
  chunk.troubleSince = isAway(error) ? (chunk.troubleSince ?? chunk.pulse.now()) : null;
}

/** The failure of an attempt; final where a service has not let it move on for as long as is allowed. */
function failureOf({ input, pulse, troubleSince: since }: Chunk, error: unknown): TemporalFailure {
  if (since === null || !isAway(error)) return asActivityFailure(error, input.spec);
  const next = `Without progress since ${clockTime(since)}.`;
  if (pulse.now() - since < input.pace.giveUpAfterMs)
    return asActivityFailure(new ServiceError({ next, ...error.facts }), input.spec);
  return failure('GaveUp', `${error.message} ${next}`, { next: 'The next run goes on from what stands there.' });
}

function isAway(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.facts.kind === 'unavailable';
}
