/**
 * Writes several records of one zone in one atomic batch.
 *
 * - G1 A step changes all of them or none.
 * - D3 A rollback restores whatever of them can be restored: one that Route 53 refuses must not keep its neighbours from it.
 * - D4 A rollback leaves alone what somebody else has written, and says so.
 */
import type { AwsClients } from '../clients.ts';
import type {
  FenceZoneInput,
  LeftRecord,
  OfZone,
  RestoreZoneInput,
  SwapZoneInput,
  WrittenZone,
} from '../contracts/group-activities.ts';
import { whatItSays } from '../policies/as-temporal-failure.ts';
import { compareAndSwap, type Swapped, type SwappedAll, type Swapping } from './compare-and-swap.ts';
import { mayPass } from './patiently.ts';
import { beating, type Pulse } from './pulse.ts';
import { typesOf } from './read-standing.ts';
import { fenceMove, restoreMove, stepMove } from './standing-moves.ts';

/** Swaps all records of the zone from their states before to their states after. */
export async function swapZone(aws: AwsClients, input: SwapZoneInput, pulse: Pulse): Promise<WrittenZone> {
  const records = input.records.map((one): Swapped => ({
    record: one.record,
    types: typesOf(one.from.sets, one.to.sets),
    decide: (standing) => stepMove(one, standing),
  }));
  const swapping = { ...swappingOf(aws, input, pulse), records, onRefusal: 'stop' } as const;
  return beating(pulse, async () => written(await compareAndSwap(swapping)));
}

/** Puts the snapshots of all records back, from any states of our own. */
export async function restoreZone(aws: AwsClients, input: RestoreZoneInput, pulse: Pulse): Promise<WrittenZone> {
  const records = input.records.map((one): Swapped => ({
    record: one.record,
    types: typesOf(one.snapshot.sets, ...one.own),
    decide: (standing) => restoreMove(one, standing),
  }));
  const swapping = { ...swappingOf(aws, input, pulse), records, onRefusal: 'leave out' } as const;
  return beating(pulse, async () => written(await restoreAll(swapping)));
}

/** Swaps the fences alone, with the hashes of what stands. */
export async function setZoneFences(aws: AwsClients, input: FenceZoneInput, pulse: Pulse): Promise<WrittenZone> {
  const records = input.records.map((one): Swapped => ({
    record: one.record,
    types: one.types,
    decide: (standing) => fenceMove(one, standing),
  }));
  const swapping = { ...swappingOf(aws, input, pulse), records, onRefusal: 'stop' } as const;
  return beating(pulse, async () => written(await compareAndSwap(swapping)));
}

function swappingOf(aws: AwsClients, { zone, comment }: OfZone<unknown>, pulse: Pulse) {
  return { client: aws.route53(), zone, comment, writeTimeoutMs: aws.timeouts.writeMs, pulse };
}

/** Together; where Route 53 refuses that for good, one record after the other, so that only the one that it means stays behind. */
async function restoreAll(swapping: Swapping): Promise<SwappedAll> {
  try {
    return await compareAndSwap(swapping);
  } catch (error) {
    if (swapping.records.length === 1 || mayPass(error) || swapping.pulse.signal.aborted) throw error;
    for (const record of swapping.records)
      await compareAndSwap({ ...swapping, records: [record] }).catch(() => undefined); // told by the next attempt
    return compareAndSwap(swapping); // all of them stand as wanted, or this says why not
  }
}

function written({ changeId, at, standings, left }: SwappedAll): WrittenZone {
  return {
    changeId,
    at,
    standings,
    left: left.map(({ record, failure }): LeftRecord => {
      const { type, sentence } = whatItSays(failure);
      return { record, kind: type === 'Superseded' ? 'superseded' : 'foreign', sentence };
    }),
  };
}
