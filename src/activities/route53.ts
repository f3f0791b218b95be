/**
 * Reads and writes a record in Route 53.
 *
 * - D1 The snapshot is everything at the name, as it was read.
 * - D3 A rollback restores a state from whatever of our own stands there, and raises the fence even where red stands already.
 * - D4 What is neither the state before nor a state of our own is foreign, and is not written over.
 */
import { GetChangeCommand } from '@aws-sdk/client-route-53';
import type { AwsClients } from '../clients.ts';
import type {
  AwaitInsyncInput,
  FenceInput,
  Insync,
  ReadRecordInput,
  RestoreInput,
  SwapInput,
  Written,
} from '../contracts/deploy-activities.ts';
import { canonicalName } from '../core/dns/name.ts';
import type { Snapshot, Standing } from '../core/dns/snapshot.ts';
import { asFailure } from '../policies/classify.ts';
import { failure } from '../policies/failures.ts';
import { compareAndSwap, type Move } from './compare-and-swap.ts';
import { findZone } from './find-zone.ts';
import { fenceMove, restoreMove, stepMove } from './standing-moves.ts';
import { beating, type Pulse } from './pulse.ts';
import { readName, readProtections, typesOf } from './read-standing.ts';

/** Everything at the name, with zone, fence and protections (D1). */
export async function readRecord(aws: AwsClients, input: ReadRecordInput, pulse: Pulse): Promise<Snapshot> {
  const name = canonicalName(input.record);
  if (name.kind === 'bad') throw failure('Invalid', name.why);
  const client = aws.route53();
  return beating(pulse, async () => {
    const zone = await findZone(client, name.name, input.zone);
    const place = { record: name.name, zone };
    const [standing, protections] = await Promise.all([readName(client, place), readProtections(client, place)]);
    return { ...place, ...standing, protections, readAt: pulse.now() };
  });
}

/** Swaps `from` for `to`. Done before is done: where `to` stands already, nothing is sent. */
export async function swapRecord(aws: AwsClients, input: SwapInput, pulse: Pulse): Promise<Written> {
  const types = typesOf(input.from.sets, input.to.sets);
  return write(aws, { input, types, pulse }, (standing) => stepMove(input, standing));
}

/** Puts the snapshot back from any state of our own. */
export async function restoreRecord(aws: AwsClients, input: RestoreInput, pulse: Pulse): Promise<Written> {
  const types = typesOf(input.snapshot.sets, ...input.own);
  return write(aws, { input, types, pulse }, (standing) => restoreMove(input, standing));
}

/** Swaps the fence alone, with the hash of what stands of `types`. */
export async function setFence(aws: AwsClients, input: FenceInput, pulse: Pulse): Promise<Written> {
  return write(aws, { input, types: input.types, pulse }, (standing) => fenceMove(input, standing));
}

/** A change that is pending for longer than this is reported: it may be stranded, and has to be made again. */
const PENDING_AT_MOST_MS = 30 * 60_000;

/** Waits until Route 53 serves the change from all its servers. @throws NotInSync where it does not know the change any more. */
export async function awaitInsync(aws: AwsClients, input: AwaitInsyncInput, pulse: Pulse): Promise<Insync> {
  const client = aws.route53();
  const until = pulse.now() + PENDING_AT_MOST_MS;
  return beating(pulse, async () => {
    while (pulse.now() < until) {
      const { ChangeInfo } = await client
        .send(new GetChangeCommand({ Id: input.changeId }), { abortSignal: pulse.signal })
        .catch((error: unknown) => endedOrNamed(error, input, pulse));
      if (ChangeInfo?.Status === 'INSYNC') return { at: pulse.now() };
      await pulse.sleep(input.pollMs);
    }
    throw failure('NotInSync', `${input.record}: the change ${input.changeId} is still pending after 30 min.`);
  });
}

interface Write {
  readonly input: SwapInput | RestoreInput | FenceInput;
  readonly types: readonly string[];
  readonly pulse: Pulse;
}

async function write(
  aws: AwsClients,
  { input, types, pulse }: Write,
  decide: (standing: Standing) => Move,
): Promise<Written> {
  const client = aws.route53();
  const { record, zone, comment } = input;
  const writeTimeoutMs = aws.timeouts.writeMs;
  const swapping = { client, zone, comment, writeTimeoutMs, pulse, onRefusal: 'stop' } as const;
  return beating(pulse, async () => {
    const { changeId, at, standings } = await compareAndSwap({ ...swapping, records: [{ record, types, decide }] });
    return { changeId, at, standing: standings[0] ?? { sets: [], fence: null } };
  });
}

async function endedOrNamed(error: unknown, input: AwaitInsyncInput, pulse: Pulse): Promise<never> {
  if (pulse.signal.aborted) await pulse.sleep(0);
  throw asFailure(error, { action: 'GetChange', subject: input.record });
}
