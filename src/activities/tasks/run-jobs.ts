/**
 * Sends the steps of many actions to Microsoft Graph: sequential batches of at most 20, a few at a time, each step judged for itself.
 *
 * A step that a failed one before it kept from running is sent again; a throttle is waited for, if it is short. Nothing else is tried
 * again here: the next look sees what was done, and plans the rest.
 *
 * - S5 A step that is not allowed is that task's own matter (a list that is shared to be read, say) where another write was allowed.
 */
import { ServiceError } from '../../policies/service-error.ts';
import { MOST_STEPS } from './graph-batch.ts';
import type { Graph, GraphStep, StepResult } from './services.ts';

/** The steps of one action, which stay together in one batch. */
export interface Job<T> {
  readonly what: T;
  readonly steps: readonly GraphStep[];
  /** Its second round, made from the last answer of the first: no steps where the task is another by now. Absent: there is none. */
  readonly next?: (body: unknown) => readonly GraphStep[];
  /** What it rests on was read just before: it is not sent again later. */
  readonly isSecond?: true;
}

/** How a job ended. `changed`: its second round had nothing to do. `skipped`: it was not sent, or not again. */
export type JobEnd =
  | { readonly kind: 'done'; readonly bodies: readonly unknown[] }
  | { readonly kind: 'failed'; readonly error: ServiceError }
  | { readonly kind: 'changed' | 'skipped' };

export interface JobRun<T> {
  readonly graph: Graph;
  /** Whether this sign-in was allowed a write before. */
  readonly hasWritten: boolean;
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
/** Where a throttle names no time; doubled until something passes. */
const FIRST_PAUSE_MS = 250;
/** So many refused, and nothing allowed: no other would be. */
const MOST_FORBIDDEN = 20;

/** How a run of jobs goes. */
interface Course {
  stopped: ServiceError | null;
  hasWritten: boolean;
  readonly forbidden: ServiceError[];
  pauseMs: number;
}

/** Runs all jobs; returns what kept the rest from being sent, or null. Writes that were sent are always waited for. */
export async function runJobs<T>(jobs: readonly Job<T>[], run: JobRun<T>): Promise<ServiceError | null> {
  const queue = [...jobs];
  const course: Course = { stopped: null, hasWritten: run.hasWritten, forbidden: [], pauseMs: FIRST_PAUSE_MS };
  let pausedUntil = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (;;) {
      await pausedUntil;
      if (queue.length === 0 || course.stopped !== null || run.mustStop()) return;
      const batch = take(queue);
      const verdict = await send(batch, run);
      queue.unshift(...verdict.again);
      const pauseMs = judgeCourse(course, verdict);
      if (pauseMs > 0) pausedUntil = run.pause(pauseMs);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane)); // one that ends early leaves none alone
  for (const { what } of queue) run.ended(what, { kind: 'skipped' });
  for (const end of lanes) if (end.status === 'rejected') throw end.reason;
  return course.stopped ?? (course.hasWritten ? null : (course.forbidden[0] ?? null));
}

/** Takes in what a batch was answered. @returns how long to wait before the next, in milliseconds. */
function judgeCourse(course: Course, { hasWritten, forbidden, throttled, broken }: BatchVerdict<unknown>): number {
  if (hasWritten) [course.hasWritten, course.pauseMs] = [true, FIRST_PAUSE_MS];
  course.forbidden.push(...forbidden);
  if (!course.hasWritten && course.forbidden.length >= MOST_FORBIDDEN) course.stopped ??= course.forbidden[0] ?? null;
  course.stopped ??= broken;
  if (throttled === null) return 0;
  const wait = Math.max(throttled.facts.retryAfterMs ?? course.pauseMs, FIRST_PAUSE_MS);
  if (throttled.facts.retryAfterMs === null) course.pauseMs *= 2;
  if (wait <= SHORT_PAUSE_MS) return wait;
  course.stopped ??= throttled;
  return 0;
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
  /** Not run, and to be sent again; and second rounds. */
  readonly again: readonly Job<T>[];
  /** Whether a write was obeyed. */
  readonly hasWritten: boolean;
  readonly forbidden: readonly ServiceError[];
  readonly throttled: ServiceError | null;
  /** What concerns more than one task: no answer at all, no token. */
  readonly broken: ServiceError | null;
}

async function send<T>(batch: readonly Job<T>[], run: JobRun<T>): Promise<BatchVerdict<T>> {
  if (batch.length === 0) return NOTHING;
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
      return { ...NOTHING, again: firstOnly(batch, run), throttled: error };
    for (const { what } of batch) run.ended(what, { kind: 'failed', error });
    return { ...NOTHING, broken: error };
  }
}

const NOTHING = { again: [], hasWritten: false, forbidden: [], throttled: null, broken: null };

/** A batch that was sent is waited for: cutting it off would only make its outcome unknown. Its time limit ends it. */
const NEVER = new AbortController().signal;

function judge<T>(batch: readonly Job<T>[], results: readonly StepResult[], run: JobRun<T>): BatchVerdict<T> {
  const again: Job<T>[] = [];
  const errors: ServiceError[] = [];
  let at = 0;
  for (const job of batch) {
    const own = results.slice(at, at + job.steps.length);
    at += job.steps.length;
    const error = own.find((result) => result.kind === 'failed')?.error ?? null;
    if (error === null) again.push(...secondRound(job, own.map(bodyOf), run));
    else if (own[0]?.kind === 'failed' && neverRan(error)) again.push(...firstOnly([job], run));
    else run.ended(job.what, { kind: 'failed', error });
    if (error !== null) errors.push(error);
  }
  const steps = batch.flatMap((job) => job.steps);
  return {
    again,
    hasWritten: results.some(({ kind }, index) => kind === 'done' && steps[index]?.method !== 'GET'),
    forbidden: errors.filter(({ facts }) => facts.kind === 'forbidden'),
    throttled: errors.find(({ facts }) => facts.kind === 'throttled') ?? null,
    broken: errors.find(({ facts }) => facts.kind === 'unauthorized') ?? null,
  };
}

/** What is left of a job whose steps were all obeyed; where that is nothing, it has ended. */
function secondRound<T>({ what, next }: Job<T>, bodies: readonly unknown[], run: JobRun<T>): readonly Job<T>[] {
  if (next === undefined) {
    run.ended(what, { kind: 'done', bodies });
    return [];
  }
  const steps = next(bodies.at(-1));
  if (steps.length > 0) return [{ what, steps, isSecond: true }];
  run.ended(what, { kind: 'changed' });
  return [];
}

/** Those that may be sent again; the others wait for another look. */
function firstOnly<T>(jobs: readonly Job<T>[], run: JobRun<T>): readonly Job<T>[] {
  for (const { what, isSecond } of jobs) if (isSecond === true) run.ended(what, { kind: 'skipped' });
  return jobs.filter(({ isSecond }) => isSecond !== true);
}

const bodyOf = (result: StepResult): unknown => (result.kind === 'done' ? result.body : null);

/** Kept back by a failure before it, or refused for the rate: nothing of it happened. */
function neverRan({ facts }: ServiceError): boolean {
  return facts.outcome === 'not-run' && (facts.kind === 'throttled' || facts.code === 'FailedDependency');
}
