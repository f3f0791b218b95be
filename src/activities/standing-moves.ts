import type { ApplicationFailure } from '@temporalio/common';
import type { FenceInput, RestoreInput, SwapInput } from '../contracts/deploy-activities.ts';
import { classify } from '../core/dns/classify-standing.ts';
import { fenceSet, nextFence, readFence, type FenceReading } from '../core/dns/fence.ts';
import { packRed } from '../core/dns/pack-sets.ts';
import { hashSets, sameSet, sameSets, type RecordSet } from '../core/dns/record-set.ts';
import type { Standing } from '../core/dns/snapshot.ts';
import { failure } from '../policies/failures.ts';
import type { Move } from './compare-and-swap.ts';

/** A step: from exactly the state before to exactly the state after (D2). */
export function stepMove({ record, from, to }: SwapInput, standing: Standing): Move {
  if (sameStanding(standing, to)) return { kind: 'done' };
  if (sameStanding(standing, from)) return { kind: 'write', to };
  const found = classify(standing, { record, owner: ownerOf(to.fence), snapshot: from, own: [to.sets] });
  if (found.kind === 'foreign' || found.kind === 'superseded') return refuse(record, found);
  // A state of this run under another fence of its own: a rollback has gone past this write, which must then lose (D3).
  const sentence = `${record} stands under ${fenceWords(readFence(standing.fence))} of this run, not under the one that this step expects.`;
  return { kind: 'refuse', failure: failure('Invalid', sentence) };
}

/**
 * A rollback: from any state of our own to the snapshot, under a fence of its own. The fence is raised where red stands already,
 * because a forward write that timed out can still land later, and must then lose (D3).
 */
export function restoreMove(input: RestoreInput, standing: Standing): Move {
  const { record, snapshot, own, owner, until, gen: floor } = input;
  const found = classify(standing, { record, owner, snapshot, own });
  if (found.kind === 'foreign' || found.kind === 'superseded') return refuse(record, found);
  const reading = readFence(standing.fence);
  if (found.kind === 'snapshot' && isRaised(reading, input)) return { kind: 'done' };
  const red = packRed(snapshot.sets);
  const fence = nextFence(reading, { stage: 'restoring', owner, until, sets: snapshot.sets, red, floor });
  return { kind: 'write', to: { sets: snapshot.sets, fence: fenceSet(record, fence) } };
}

/** The fence alone: our own may change its stage, one at rest may be taken; that of another run may not. */
export function fenceMove(input: FenceInput, standing: Standing): Move {
  const { record, stage, owner, until } = input;
  const reading = readFence(standing.fence);
  if (reading.kind === 'unreadable') return refuse(record, foreignFence(record, reading));
  if (reading.kind === 'standing' && reading.fence.owner !== owner && reading.fence.stage !== 'idle')
    return refuse(record, foreignFence(record, reading));
  const red = reading.kind === 'standing' && reading.fence.red !== null ? reading.fence.red : packRed(standing.sets);
  const next = nextFence(reading, { stage, owner, until, sets: standing.sets, red });
  if (reading.kind === 'standing' && sameSet(reading.set, fenceSet(record, { ...next, gen: reading.fence.gen })))
    return { kind: 'done' };
  return { kind: 'write', to: { sets: standing.sets, fence: fenceSet(record, next) } };
}

/** Why what stands is not ours to change. */
interface NotOurs {
  readonly kind: 'foreign' | 'superseded';
  readonly sentence: string;
}

function refuse(record: string, { kind, sentence }: NotOurs): Move {
  return {
    kind: 'refuse',
    failure: kind === 'superseded' ? failure('Superseded', sentence) : foreign(record, sentence),
  };
}

function foreign(record: string, sentence: string): ApplicationFailure {
  return failure('Foreign', sentence, {
    next: `Find out who wrote it; then: switchyard resolve ${record} --retry, or --leave --reason TEXT.`,
  });
}

function foreignFence(record: string, reading: FenceReading): NotOurs {
  const superseded = reading.kind === 'standing' && reading.fence.stage === 'reset';
  const sentence = `${record} stands under ${fenceWords(reading)}, which this run did not write.`;
  return { kind: superseded ? 'superseded' : 'foreign', sentence };
}

/** Whether the fence of a rollback to this snapshot stands already. */
function isRaised(reading: FenceReading, { owner, snapshot }: RestoreInput): boolean {
  if (reading.kind !== 'standing' || reading.fence.owner !== owner) return false;
  return reading.fence.stage === 'restoring' && reading.fence.sets === hashSets(snapshot.sets);
}

function ownerOf(fence: RecordSet | null): string {
  const reading = readFence(fence);
  return reading.kind === 'standing' ? reading.fence.owner : '';
}

function sameStanding(a: Standing, b: Standing): boolean {
  if (a.fence === null || b.fence === null) return a.fence === b.fence && sameSets(a.sets, b.sets);
  return sameSet(a.fence, b.fence) && sameSets(a.sets, b.sets);
}

function fenceWords(reading: FenceReading): string {
  switch (reading.kind) {
    case 'none':
      return 'no fence';
    case 'unreadable':
      return `something that is no fence (${reading.why})`;
    case 'standing':
      return `the fence of stage ${reading.fence.stage}, generation ${reading.fence.gen}, owner ${reading.fence.owner}`;
  }
}
