import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Connection } from '@temporalio/client';
import { cleanText } from '../core/clean-text.ts';
import { EXIT } from './exit-codes.ts';
import { problem, Stop } from './stop.ts';
import type { TemporalPlace } from './temporal-place.ts';
import { clock } from './words.ts';

/** A connection that survives its server's absence for a while. */
export interface TemporalClient {
  readonly client: Client;
  readonly connection: Connection;
  readonly place: TemporalPlace;
  /**
   * One call, again and again while Temporal is away (gRPC 14 and 4), for at most five minutes.
   *
   * @throws Stop with exit 5 when it stays away; everything else as the call throws it.
   */
  readonly ask: <T>(call: () => Promise<T>, options?: AskOptions) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface AskOptions {
  /** Of one try. */
  readonly withinMs?: number;
  /** A deadline of this call is an answer ("no worker"), not an absence. */
  readonly deadlineIsAnAnswer?: boolean;
}

const CONNECT_WITHIN_MS = 5_000;
const TRY_WITHIN_MS = 5_000;
const GIVE_UP_AFTER_MS = 5 * 60_000;
const UNAVAILABLE = 14;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/**
 * Connects, within seconds.
 *
 * @throws Stop with exit 6 where nobody answers, or answers without letting us in.
 */
export async function connect(
  place: TemporalPlace,
  say: (line: string) => void,
  withinMs = CONNECT_WITHIN_MS,
): Promise<TemporalClient> {
  const sdk = await import('@temporalio/client');
  const connection = sdk.Connection.lazy({
    ...place.connection,
    address: place.address,
    connectTimeout: withinMs,
    // A pool of its own and a short back-off: by default grpc-js needs up to a minute to see a server that is back (measured).
    channelArgs: {
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
    },
  });
  try {
    await connection.ensureConnected();
  } catch (cause) {
    await connection.close(); // else it would go on knocking
    throw unreachable(place, cause);
  }
  const client = new sdk.Client({ connection, namespace: place.namespace });
  return { client, connection, place, ask: asking(connection, say), close: () => connection.close() };
}

function asking(connection: Connection, say: (line: string) => void): TemporalClient['ask'] {
  let awaySince: number | null = null;
  return async (call, { withinMs = TRY_WITHIN_MS, deadlineIsAnAnswer = false } = {}) => {
    let races = 0;
    for (;;) {
      try {
        const answer = await connection.withDeadline(Date.now() + withinMs, call);
        if (awaySince !== null) say('Temporal is back');
        awaySince = null;
        return answer;
      } catch (cause) {
        if (isTaskRace(cause) && races++ < MOST_RACES) {
          await sleep(200);
          continue;
        }
        if (!isAway(cause) || (deadlineIsAnAnswer && codeOf(cause) === DEADLINE_EXCEEDED)) throw cause;
        if (awaySince === null)
          say(`Temporal is away since ${clock(Date.now())}; the run goes on, asking again every second`);
        awaySince ??= Date.now();
        if (Date.now() - awaySince > GIVE_UP_AFTER_MS) throw lost(awaySince, cause);
        await sleep(1_000);
      }
    }
  };
}

const MOST_RACES = 10;

/**
 * An event that comes while a workflow task ends its run makes that task fail, which is harmless, but the server then refuses the
 * message that the task had taken: nobody has obeyed it, and it is asked again.
 */
function isTaskRace(cause: unknown): boolean {
  return codeOf(cause) === FAILED_PRECONDITION && lastWords(cause).includes('workflow task failure');
}

function lost(since: number, cause: unknown): Stop {
  const found = `Temporal is away since ${clock(since)}, for more than 5 minutes; this client stops waiting, the run goes on`;
  return new Stop(EXIT.stoppedWaiting, [problem(found, null, 'watch it later with ./switchyard watch NAME')], cause);
}

/** Nobody is there, or nobody answers in time. */
export function isAway(cause: unknown): boolean {
  const code = codeOf(cause);
  return code === UNAVAILABLE || code === DEADLINE_EXCEEDED;
}

/** No run of this id, or none that still runs. */
export function isNotFound(cause: unknown): boolean {
  return codeOf(cause) === NOT_FOUND || (cause instanceof Error && cause.name === 'WorkflowNotFoundError');
}

/** The gRPC code of an error or of what caused it. */
export function codeOf(cause: unknown): number | null {
  for (let error = cause; typeof error === 'object' && error !== null; error = (error as { cause?: unknown }).cause) {
    const { code } = error as { code?: unknown };
    if (typeof code === 'number') return code;
  }
  return null;
}

/** The last words of whatever a call threw, in one line. */
export function lastWords(cause: unknown): string {
  let words = '';
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { details } = error as { details?: unknown };
    words = typeof details === 'string' && details !== '' ? details : error.message;
  }
  return cleanText(words === '' ? String(cause) : words, 300);
}

function unreachable({ address, from, namespace }: TemporalPlace, cause: unknown): Stop {
  const found = `no Temporal answers at ${address} (${from}, namespace ${namespace}): ${lastWords(cause)}`;
  const next =
    'start one with ./switchyard up, or say where it is with --address or TEMPORAL_ADDRESS; nothing was started';
  return new Stop(EXIT.unreachable, [problem(found, null, next)], cause);
}
