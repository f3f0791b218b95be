import { randomUUID } from 'node:crypto';
import { EXIT } from './exit-codes.ts';
import { exitOfLook } from './explain.ts';
import { mustHaveWorker } from './start-deployment.ts';
import { problem, Stop } from './stop.ts';
import { lastWords, type TemporalClient } from './temporal-client.ts';

export interface ShortRun {
  readonly type: string;
  /** Made unique: several may ask at once, and nobody is locked out. */
  readonly id: string;
  readonly taskQueue: string;
  readonly input: unknown;
  /** How long to wait for the answer, in milliseconds; 90 s by default. */
  readonly withinMs?: number;
  /** Told how far this clock is from Temporal's, in milliseconds, as the start shows it. */
  readonly onClock?: (offByMs: number) => void;
}

const WITHIN_MS = 90_000;

/**
 * Runs a workflow that only looks, and waits for its answer.
 *
 * @throws Stop: 6 without a worker or where it could not reach a service, 3 where it says why it cannot (zone unknown, access denied), 5 without an answer in time.
 */
export async function runShort<T>(
  temporal: TemporalClient,
  { type, id, taskQueue, input, withinMs = WITHIN_MS, onClock }: ShortRun,
): Promise<T> {
  await mustHaveWorker(temporal, taskQueue);
  const workflowId = `${id}:${randomUUID()}`;
  const options = { workflowId, taskQueue, args: [input] as [unknown], workflowExecutionTimeout: withinMs };
  const began = Date.now();
  const handle = await temporal.ask(() => temporal.client.workflow.start(type, options));
  const middle = (began + Date.now()) / 2;
  try {
    const answer = (await temporal.ask(() => handle.result(), {
      withinMs: withinMs + 5_000,
      deadlineIsAnAnswer: true,
    })) as T;
    if (onClock !== undefined)
      onClock(Math.abs((await temporal.ask(() => handle.describe())).startTime.getTime() - middle));
    return answer;
  } catch (cause) {
    throw cause instanceof Stop ? cause : said(cause, withinMs);
  }
}

interface OurFailure {
  readonly type?: string;
  readonly details?: readonly unknown[];
}

/** The sentence of the failure at the bottom, with its next step. */
function said(cause: unknown, withinMs: number): Stop {
  for (let error = cause; error instanceof Error; error = error.cause) {
    const { type, details } = error as OurFailure;
    const first = details?.[0] as { sentence?: unknown; next?: unknown } | undefined;
    if (type !== undefined && typeof first?.sentence === 'string') {
      const next = typeof first.next === 'string' ? first.next : null;
      return new Stop(exitOfLook(type), [problem(first.sentence, null, next)], cause);
    }
  }
  const found = `the worker gave no answer within ${withinMs / 1_000} s: ${lastWords(cause)}`;
  return new Stop(
    EXIT.stoppedWaiting,
    [problem(found, null, 'look at it with ./switchyard doctor; nothing was written')],
    cause,
  );
}
