/**
 * The one way in which deployments write records, alone or all of a zone together: for steps, rollbacks and fences alike.
 *
 * - D2 One atomic batch, fences included, that Route 53 accepts only while what was read stands there.
 * - D3 A write whose outcome is unknown is no failure yet: what stands there is read back, and that decides.
 * - G1 Several records of a zone are one batch: it changes all of them or none.
 */
import type { Route53Client } from '@aws-sdk/client-route-53';
import type { ApplicationFailure } from '@temporalio/common';
import type { Written } from '../contracts/deploy-activities.ts';
import { sameSets } from '../core/dns/record-set.ts';
import type { Standing, Zone } from '../core/dns/snapshot.ts';
import { swap } from '../core/dns/swap.ts';
import { classify, type Named } from '../policies/classify.ts';
import { failure, withFacts } from '../policies/failures.ts';
import { zoneBusyDelayMs } from '../policies/retries.ts';
import type { Pulse } from './pulse.ts';
import { RACE_ROUNDS } from './race-rounds.ts';
import { readNames } from './read-names.ts';
import { writeBatch } from './write-batch.ts';

/** What to do about what stands there. */
export type Move =
  /** The wanted state stands. */
  | { readonly kind: 'done' }
  /** Ours to change, to this. */
  | { readonly kind: 'write'; readonly to: Standing }
  /** Not ours to change (D4). */
  | { readonly kind: 'refuse'; readonly failure: ApplicationFailure };

/** A record of the batch. */
export interface Swapped {
  readonly record: string;
  /** The types that move. */
  readonly types: readonly string[];
  /** Judges what was read; called again after every read. */
  readonly decide: (standing: Standing) => Move;
}

export interface Swapping {
  readonly client: Route53Client;
  readonly zone: Pick<Zone, 'id' | 'name'>;
  /** At least one; all of one zone. */
  readonly records: readonly Swapped[];
  readonly comment: string;
  readonly writeTimeoutMs: number;
  readonly pulse: Pulse;
  /** What becomes of the others where one record is not ours to change: a step changes nothing then, a rollback leaves that one alone. */
  readonly onRefusal: 'stop' | 'leave out';
}

/** What a batch left, record by record in the order in which they were given. */
export interface SwappedAll extends Omit<Written, 'standing'> {
  readonly standings: readonly Standing[];
  /** Left out, because they are not ours to change. */
  readonly left: readonly { readonly record: string; readonly failure: ApplicationFailure }[];
}

/**
 * Reads, decides, swaps, reads back.
 *
 * @throws what `decide` refuses with; else the named failure of the request that decided the matter. `Unavailable` says that the
 * outcome is unknown and that nothing has changed so far: the write may still land, and asking again is safe.
 */
export async function compareAndSwap(swapping: Swapping): Promise<SwappedAll> {
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

async function swapInRounds(swapping: Swapping, wire: Wire): Promise<SwappedAll> {
  let looks = await look(swapping);
  for (let round = 1; ; round += 1) {
    const refusal = looks.find(isRefused);
    if (refusal !== undefined && swapping.onRefusal === 'stop') throw refusal.move.failure;
    const writes = looks.filter(isToWrite);
    if (writes.length === 0) return left(looks, { changeId: null, at: swapping.pulse.now() });
    const sent = await send(swapping, wire, writes);
    if (sent.kind === 'accepted') return accepted(swapping, looks, sent.changeId);
    looks = await look(swapping);
    const stops = swapping.onRefusal === 'stop' && looks.some(isRefused);
    if (!stops && looks.some(isToWrite) && (!sent.raced || round === RACE_ROUNDS)) throw sent.failure;
  }
}

interface Looked<M extends Move = Move> {
  readonly swapped: Swapped;
  readonly standing: Standing;
  readonly move: M;
}

const isRefused = (looked: Looked): looked is Looked<Move & { kind: 'refuse' }> => looked.move.kind === 'refuse';
const isToWrite = (looked: Looked): looked is Looked<Move & { kind: 'write' }> => looked.move.kind === 'write';

function left(looks: readonly Looked[], change: Pick<Written, 'changeId' | 'at'>): SwappedAll {
  const refused = looks.filter(isRefused);
  return {
    ...change,
    standings: looks.map(({ standing, move }) => (move.kind === 'write' ? move.to : standing)),
    left: refused.map(({ swapped: { record }, move: { failure: why } }) => ({ record, failure: why })),
  };
}

/** A refusal is looked at twice: the record and its fence may have been read on two pages, with a write in between. */
async function look(swapping: Swapping): Promise<readonly Looked[]> {
  const first = await lookOnce(swapping);
  return first.some(isRefused) ? lookOnce(swapping) : first;
}

async function lookOnce(swapping: Swapping): Promise<readonly Looked[]> {
  const standings = await readStandings(swapping);
  return swapping.records.map((swapped, index) => {
    const standing = standings[index] ?? NOTHING;
    return { swapped, standing, move: swapped.decide(standing) };
  });
}

const NOTHING: Standing = { sets: [], fence: null };

/** What stands of each record's own types, in their order. */
async function readStandings({ client, zone, records }: Swapping): Promise<readonly Standing[]> {
  const names = records.map(({ record }) => record);
  const found = await readNames(client, zone.id, names);
  return records.map(({ record, types }) => {
    const { sets, fence } = found.get(record) ?? NOTHING;
    return { sets: sets.filter(({ type }) => types.includes(type)), fence };
  });
}

type Sent =
  | { readonly kind: 'accepted'; readonly changeId: string }
  /** Perhaps applied, perhaps still to be: only reading tells. */
  | { readonly kind: 'unknown'; readonly raced: boolean; readonly failure: ApplicationFailure };

async function send(
  swapping: Swapping,
  wire: Wire,
  writes: readonly Looked<Move & { kind: 'write' }>[],
): Promise<Sent> {
  const { client, pulse, comment, writeTimeoutMs: timeoutMs } = swapping;
  if (pulse.signal.aborted) await pulse.sleep(0); // rejects: a write may be called off until it is sent, and not after
  const before = wire.mayLand;
  wire.mayLand = true;
  const batch = writes.flatMap(({ standing, move }) => swap(standing, move.to));
  const subject = subjectOf(swapping);
  try {
    const changeId = await writeBatch(
      client,
      { place: { record: subject, zone: swapping.zone }, batch },
      { comment, timeoutMs },
    );
    return { kind: 'accepted', changeId };
  } catch (error) {
    const named = classify(error, { action: 'ChangeResourceRecordSets', subject });
    const raced = named.type === 'Foreign';
    if (raced || !named.outcomeUnknown) wire.mayLand = before; // Route 53 refused this batch for good
    return unknown(
      named.type === 'ZoneBusy' ? { ...named, retryAfterMs: zoneBusyDelayMs(pulse.attempt) } : named,
      raced,
    );
  }
}

/** `www.example.com`, or `4 records of example.com`. */
function subjectOf({ records, zone }: Swapping): string {
  const [first] = records;
  return records.length === 1 && first !== undefined
    ? first.record
    : `${records.length} records of ${zone.name.replace(/\.$/, '')}`;
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
async function accepted(swapping: Swapping, looks: readonly Looked[], changeId: string): Promise<SwappedAll> {
  const written = left(looks, { changeId, at: swapping.pulse.now() });
  const seen = await readStandings(swapping).catch(() => written.standings);
  const standings = looks.map(({ swapped, move }, index) => {
    const [to, found] = [written.standings[index] ?? NOTHING, seen[index] ?? NOTHING];
    if (move.kind !== 'write' || sameSets(found.sets, to.sets)) return found;
    const again = swapped.decide(found);
    if (again.kind === 'refuse') throw again.failure;
    return to;
  });
  return { ...written, standings };
}
