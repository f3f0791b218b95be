/**
 * Sends the steps of many actions to Microsoft Graph: sequential batches of at most 20, a few at a time, each step judged for itself.
 *
 * A step that a failed one before it kept from running is sent again; a throttle is waited for, if it is short. Nothing else is tried
 * again here: the next look sees what was done, and plans the rest.
 */
import { ServiceError } from '../../policies/service-error.ts';
import { MOST_STEPS } from './graph-batch.ts';
import type { Graph, GraphStep, StepResult } from './services.ts';

/** The steps of one action, which stay together in one batch. */
export interface Job<T> {
  readonly what: T;
  readonly steps: readonly GraphStep[];
}

/** How a job ended. `skipped`: it was never sent, because the service as a whole let nothing pass. */
export type JobEnd =
  | { readonly kind: 'done'; readonly bodies: readonly unknown[] }
  | { readonly kind: 'failed'; readonly error: ServiceError }
  | { readonly kind: 'skipped' };

export interface JobRun<T> {
  readonly graph: Graph;
  /** Told right before a job is sent. */
  readonly sending: (what: T) => void;
  readonly ended: (what: T, end: JobEnd) => void;
  /** Waits for a short throttle. */
  readonly pause: (ms: number) => Promise<void>;
  /** Whether no more may be sent: cancelled, or the worker stops. Asked before each batch. */
  readonly mustStop: () => boolean;
}

const AT_ONCE = 4;
/** Longer waits are Temporal's: they need no worker. */
const SHORT_PAUSE_MS = 10_000;

/** Runs all jobs; returns what kept the rest from being sent, or null. Writes that were sent are always waited for. */
export async function runJobs<T>(jobs: readonly Job<T>[], run: JobRun<T>): Promise<ServiceError | null> {
  const queue = [...jobs];
  let stopped: ServiceError | null = null;
  let pausedUntil = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (;;) {
      await pausedUntil;
      if (queue.length === 0 || stopped !== null || run.mustStop()) return;
      const batch = take(queue);
      const verdict = await send(batch, run);
      queue.unshift(...verdict.again);
      const wait = verdict.throttled?.facts.retryAfterMs ?? 0;
      if (verdict.throttled !== null && wait <= SHORT_PAUSE_MS) pausedUntil = run.pause(Math.max(wait, 250));
      else stopped ??= verdict.throttled ?? verdict.broken;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane)); // one that ends early leaves none alone
  for (const { what } of queue) run.ended(what, { kind: 'skipped' });
  for (const end of lanes) if (end.status === 'rejected') throw end.reason;
  return stopped;
}

function take<T>(queue: Job<T>[]): readonly Job<T>[] {
  const batch: Job<T>[] = [];
  let steps = 0;
  for (let next = queue[0]; next !== undefined && steps + next.steps.length <= MOST_STEPS; next = queue[0]) {
    batch.push(next);
    steps += next.steps.length;
    queue.shift();
  }
  return batch;
}

interface BatchVerdict<T> {
  /** Not run, and to be sent again. */
  readonly again: readonly Job<T>[];
  readonly throttled: ServiceError | null;
  /** What concerns more than one task: no answer at all, no permission. */
  readonly broken: ServiceError | null;
}

async function send<T>(batch: readonly Job<T>[], run: JobRun<T>): Promise<BatchVerdict<T>> {
  if (batch.length === 0) return { again: [], throttled: null, broken: null };
  for (const { what } of batch) run.sending(what);
  try {
    const results = await run.graph.chain(
      batch.flatMap(({ steps }) => steps),
      NEVER,
    );
    return judge(batch, results, run);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    if (error.facts.kind === 'throttled' && error.facts.outcome === 'not-run')
      return { again: batch, throttled: error, broken: null };
    for (const { what } of batch) run.ended(what, { kind: 'failed', error });
    return { again: [], throttled: null, broken: error };
  }
}

/** A batch that was sent is waited for: cutting it off would only make its outcome unknown. Its time limit ends it. */
const NEVER = new AbortController().signal;

function judge<T>(batch: readonly Job<T>[], results: readonly StepResult[], run: JobRun<T>): BatchVerdict<T> {
  const again: Job<T>[] = [];
  let throttled: ServiceError | null = null;
  let broken: ServiceError | null = null;
  let at = 0;
  for (const job of batch) {
    const own = results.slice(at, at + job.steps.length);
    at += job.steps.length;
    const error = own.find((result) => result.kind === 'failed')?.error ?? null;
    if (error === null) run.ended(job.what, { kind: 'done', bodies: own.map(bodyOf) });
    else if (own[0]?.kind === 'failed' && neverRan(error)) {
      again.push(job);
      if (error.facts.kind === 'throttled') throttled = error;
    } else {
      run.ended(job.what, { kind: 'failed', error });
      if (error.facts.kind === 'unauthorized' || error.facts.kind === 'forbidden') broken = error;
    }
  }
  return { again, throttled, broken };
}

const bodyOf = (result: StepResult): unknown => (result.kind === 'done' ? result.body : null);

/** Kept back by a failure before it, or refused for the rate: nothing of it happened. */
function neverRan({ facts }: ServiceError): boolean {
  return facts.outcome === 'not-run' && (facts.kind === 'throttled' || facts.code === 'FailedDependency');
}
