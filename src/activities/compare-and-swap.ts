/**
 * The one way in which records are written, for steps, rollbacks, fences and resets alike.
 *
 * - D2 One atomic batch, fence included, that Route 53 accepts only while what was read stands there.
 * - D3 A write whose outcome is unknown is no failure yet: what stands there is read back, and that decides.
 */
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { ApplicationFailure } from '@temporalio/common';
import type { RecordRef, Written } from '../contracts/deploy-activities.ts';
import { sameSets } from '../core/dns/record-set.ts';
import type { Standing } from '../core/dns/snapshot.ts';
import { swap } from '../core/dns/swap.ts';
import { classify, type Named } from '../policies/classify.ts';
import { failure, withFacts } from '../policies/failures.ts';
import { zoneBusyDelayMs } from '../policies/retries.ts';
import type { Pulse } from './pulse.ts';
import { RACE_ROUNDS } from './race-rounds.ts';
import { readStanding } from './read-standing.ts';
import { writeBatch } from './write-batch.ts';

/** What to do about what stands there. */
export type Move =
  /** The wanted state stands. */
  | { readonly kind: 'done' }
  /** Ours to change, to this. */
  | { readonly kind: 'write'; readonly to: Standing }
  /** Not ours to change (D4). */
  | { readonly kind: 'refuse'; readonly failure: ApplicationFailure };

export interface Swapping extends RecordRef {
  readonly client: Route53Client;
  /** The types that move. */
  readonly types: readonly string[];
  readonly comment: string;
  readonly writeTimeoutMs: number;
  readonly pulse: Pulse;
  /** Judges what was read; called again after every read. */
  readonly decide: (standing: Standing) => Move;
}

/**
 * Reads, decides, swaps, reads back.
 *
 * @throws what `decide` refuses with; else the named failure of the request that decided the matter. `Unavailable` says that the
 * outcome is unknown and that nothing has changed so far: the write may still land, and asking again is safe.
 */
export async function compareAndSwap(swapping: Swapping): Promise<Written> {
  const wire: Wire = { mayLand: swapping.pulse.attempt > 1 }; // of an attempt that died nobody knows what it sent
  try {
    return await swapInRounds(swapping, wire);
  } catch (error) {
    throw withFacts(error, { mayLand: wire.mayLand });
  }
}

/** Whether a request of this run may have been applied, or may be applied still: where none may, there is nothing to undo. */
interface Wire {
  mayLand: boolean;
}

async function swapInRounds(swapping: Swapping, wire: Wire): Promise<Written> {
  let stands = await look(swapping);
  for (let round = 1; ; round += 1) {
    if (stands.move.kind === 'refuse') throw stands.move.failure;
    if (stands.move.kind === 'done') return { changeId: null, at: swapping.pulse.now(), standing: stands.standing };
    const sent = await send(swapping, wire, { from: stands.standing, to: stands.move.to });
    if (sent.kind === 'accepted') return accepted(swapping, stands.move.to, sent.changeId);
    stands = await look(swapping);
    if (stands.move.kind === 'write' && (!sent.raced || round === RACE_ROUNDS)) throw sent.failure;
  }
}

interface Looked {
  readonly standing: Standing;
  readonly move: Move;
}

/** A refusal is looked at twice: the record and its fence may have been read on two pages, with a write in between. */
async function look(swapping: Swapping): Promise<Looked> {
  const first = await lookOnce(swapping);
  return first.move.kind === 'refuse' ? lookOnce(swapping) : first;
}

async function lookOnce(swapping: Swapping): Promise<Looked> {
  const standing = await readStanding(swapping.client, swapping, swapping.types);
  return { standing, move: swapping.decide(standing) };
}

type Sent =
  | { readonly kind: 'accepted'; readonly changeId: string }
  /** Perhaps applied, perhaps still to be: only reading tells. */
  | { readonly kind: 'unknown'; readonly raced: boolean; readonly failure: ApplicationFailure };

async function send(
  swapping: Swapping,
  wire: Wire,
  { from, to }: { readonly from: Standing; readonly to: Standing },
): Promise<Sent> {
  const { client, pulse, comment, writeTimeoutMs: timeoutMs } = swapping;
  if (pulse.signal.aborted) await pulse.sleep(0); // rejects: a write may be called off until it is sent, and not after
  const before = wire.mayLand;
  wire.mayLand = true;
  try {
    const changeId = await writeBatch(client, { place: swapping, batch: swap(from, to) }, { comment, timeoutMs });
    return { kind: 'accepted', changeId };
  } catch (error) {
    const named = classify(error, { action: 'ChangeResourceRecordSets', subject: swapping.record });
    const raced = named.type === 'Foreign';
    if (raced || !named.outcomeUnknown) wire.mayLand = before; // Route 53 refused this batch for good
    return unknown(
      named.type === 'ZoneBusy' ? { ...named, retryAfterMs: zoneBusyDelayMs(pulse.attempt) } : named,
      raced,
    );
  }
}

/** @throws the named failure where the batch was certainly not applied. */
function unknown(named: Named, raced: boolean): Sent {
  // Read back as it was before: then it was no foreign writer, and the batch itself is what Route 53 does not take.
  const type = raced ? 'Invalid' : named.type;
  const sentence =
    raced || named.type !== 'Unavailable'
      ? named.sentence
      : `${named.sentence} The record still stands as before; the change may land yet.`;
  const named_ = failure(type, sentence, {
    ...(named.next === null ? {} : { next: named.next }),
    ...(named.retryAfterMs === null ? {} : { retryAfterMs: named.retryAfterMs }),
  });
  if (!named.outcomeUnknown) throw named_;
  return { kind: 'unknown', raced, failure: named_ };
}

/** Reports after reading back; where that fails, the acceptance of an atomic batch is as good. */
async function accepted(swapping: Swapping, to: Standing, changeId: string): Promise<Written> {
  const at = swapping.pulse.now();
  const seen = await readStanding(swapping.client, swapping, swapping.types).catch(() => to);
  if (sameSets(seen.sets, to.sets)) return { changeId, at, standing: seen };
  const move = swapping.decide(seen);
  if (move.kind === 'refuse') throw move.failure;
  return { changeId, at, standing: to };
}
