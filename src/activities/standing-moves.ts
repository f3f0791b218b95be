import type { ApplicationFailure } from '@temporalio/common';
import type { FenceInput, RestoreInput, SwapInput } from '../contracts/deploy-activities.ts';
import type { OfRecord } from '../contracts/group-activities.ts';
import { classify } from '../core/dns/classify-standing.ts';
import { fenceSet, nextFence, readFence, type FenceReading } from '../core/dns/fence.ts';
import { packRed } from '../core/dns/pack-sets.ts';
import { hashSets, sameSet, sameSets, type RecordSet, type RecordSets } from '../core/dns/record-set.ts';
import type { Standing } from '../core/dns/snapshot.ts';
import { failure } from '../policies/failures.ts';
import type { Move } from './compare-and-swap.ts';

/** A step: from exactly the state before to exactly the state after (D2). */
export function stepMove({ record, from, to }: Pick<SwapInput, 'record' | 'from' | 'to'>, standing: Standing): Move {
  if (sameStanding(standing, to)) return { kind: 'done' };
  if (sameStanding(standing, from)) return { kind: 'write', to };
  const found = classify(standing, { record, owner: ownerOf(to.fence), snapshot: from, own: [to.sets] });
  if (found.kind === 'foreign' || found.kind === 'superseded') return refuse(record, found);
  // A state of this run under another fence of its own: a rollback has gone past this write (D3), or Temporal has reset the run (D6).
  const sentence = `${record} stands under ${fenceWords(readFence(standing.fence))} of this run, not under the one that this step expects.`;
  const next = `If this run was reset in Temporal: ./switchyard reset ${record} --to-snapshot.`;
  return { kind: 'refuse', failure: failure('NotRestored', sentence, { next }) };
}

/**
 * A rollback: from any state of our own to the snapshot, under a fence of its own. The fence is raised where red stands already,
 * because a forward write that timed out can still land later, and must then lose (D3).
 */
export function restoreMove(input: OfRecord<RestoreInput>, standing: Standing): Move {
  const { record, snapshot, own, owner, until, gen: floor } = input;
  const found = classify(standing, { record, owner, snapshot, own });
  if (found.kind === 'foreign' || found.kind === 'superseded') return refuse(record, found);
  const reading = readFence(standing.fence);
  if (hasEnded(reading, input)) return refuse(record, ended(record));
  if (found.kind === 'snapshot' && isRaised(reading, input)) return { kind: 'done' };
  const red = packRed(snapshot.sets);
  const fence = nextFence(reading, { stage: 'restoring', owner, until, sets: snapshot.sets, red, floor });
  return { kind: 'write', to: { sets: snapshot.sets, fence: fenceSet(record, fence) } };
}

/** The fence alone, over exactly the sets that are expected there; where an operator leaves what stands, over whatever that is. */
export function fenceMove(input: OfRecord<FenceInput>, standing: Standing): Move {
  const { record, stage, owner, until, gen: floor } = input;
  const reading = readFence(standing.fence);
  const refusal = input.expect === null ? mayNotLeave(input, reading) : mayNotRenew(input, input.expect, standing);
  if (refusal !== null) return refuse(record, refusal);
  const next = nextFence(reading, { stage, owner, until, sets: standing.sets, red: packRed(input.red), floor });
  if (reading.kind === 'standing' && sameSet(reading.set, fenceSet(record, { ...next, gen: reading.fence.gen })))
    return { kind: 'done' };
  return { kind: 'write', to: { sets: standing.sets, fence: fenceSet(record, next) } };
}

/** The fence never signs what this run did not write (D4). */
function mayNotRenew({ record, owner }: OfRecord<FenceInput>, expect: RecordSets, standing: Standing): NotOurs | null {
  const found = classify(standing, { record, owner, snapshot: { sets: expect, fence: null }, own: [] });
  if (found.kind === 'foreign' || found.kind === 'superseded') return found;
  const reading = readFence(standing.fence);
  return reading.kind === 'none' ? foreignFence(record, reading) : null;
}

function mayNotLeave({ record, owner }: OfRecord<FenceInput>, reading: FenceReading): NotOurs | null {
  if (reading.kind === 'none') return null;
  const ours = reading.kind === 'standing' && (reading.fence.owner === owner || reading.fence.stage === 'idle');
  return ours ? null : foreignFence(record, reading);
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
    next: `Find out who wrote it; then: ./switchyard resolve ${record} --retry, or --leave --reason TEXT.`,
  });
}

function foreignFence(record: string, reading: FenceReading): NotOurs {
  const superseded = reading.kind === 'standing' && reading.fence.stage === 'reset';
  const sentence = `${record} stands under ${fenceWords(reading)}, which this run did not write.`;
  return { kind: superseded ? 'superseded' : 'foreign', sentence };
}

/** Our own fence at rest, above every generation of this run: an earlier life of it has ended, and Temporal has reset it since (D6). */
function hasEnded(reading: FenceReading, { owner, gen }: OfRecord<RestoreInput>): boolean {
  if (reading.kind !== 'standing' || reading.fence.owner !== owner) return false;
  return reading.fence.stage === 'idle' && reading.fence.gen > gen;
}

function ended(record: string): NotOurs {
  const sentence = `${record}: this deployment had ended before Temporal reset it, and what it left is not undone.`;
  return { kind: 'superseded', sentence };
}

/** Whether the fence of a rollback to this snapshot stands already. */
function isRaised(reading: FenceReading, { owner, snapshot }: OfRecord<RestoreInput>): boolean {
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
