import { CancellationScope, condition, isCancellation, type ActivityOptions } from '@temporalio/workflow';
import type { Watched } from '../contracts/deploy-activities.ts';
import type { Pace } from '../contracts/deploy.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import type { Step } from '../core/dns/plan.ts';
import { assertNever } from '../core/assert-never.ts';
import { failure } from '../policies/failures.ts';
import { forward, looking } from './activities.ts';
import { renewInput, sides, type Course } from './course.ts';
import { pausedMs, type Run, type RunningHold } from './run.ts';

/** What a hold knows from one stretch to the next. */
interface Watch {
  remainingMs: number;
  /** Of this step alone: what was seen before the change was in sync says nothing of it (D7). */
  windows: readonly ProbeWindow[];
  verdict: Verdict | null;
  inconclusiveSince: number | null;
}

/**
 * Watches black and red for the time of a step, one activity a stretch. Ends at the first breach, and early when an operator
 * promotes while the gates pass; never ends while a gate has not passed (D7).
 */
export async function hold(run: Run, course: Course, step: Step): Promise<void> {
  const watch: Watch = { remainingMs: step.holdMs, windows: [], verdict: null, inconclusiveSince: null };
  const running: RunningHold = { askGates: () => askGates(run, course), endedEarly: false };
  run.hold = step.kind === 'shift' ? running : null; // the wait for an old TTL cannot be cut short
  try {
    while (!running.endedEarly && !isOver(run, watch)) await watchOneStretch(run, course, { step, watch, running });
  } finally {
    run.hold = null;
    run.progress.show({ holdEndsAt: null });
  }
}

function isOver({ request, orders }: Run, watch: Watch): boolean {
  const passed = request.gates.length === 0 || watch.verdict?.kind === 'pass';
  const atEnd = watch.remainingMs <= 0 || (orders.promoteAll && watch.verdict !== null);
  return passed && atEnd && orders.pausedSince === null;
}

interface Stretch {
  readonly step: Step;
  readonly watch: Watch;
  readonly running: RunningHold;
}

async function watchOneStretch(run: Run, course: Course, stretch: Stretch): Promise<void> {
  const { step, watch, running } = stretch;
  const from = Date.now();
  const pausedBefore = pausedMs(run.orders);
  const untilMs = from + stretchMs(run, step, watch);
  await keepFenceAhead(run, course, untilMs);
  const paused = run.orders.pausedSince !== null;
  run.progress.show({ phase: paused ? 'paused' : 'holding', holdEndsAt: from + watch.remainingMs });
  const watched = await unlessEndedEarly(running, () => watchOnce(run, course, { step, watch, untilMs }));
  watch.remainingMs -= Date.now() - from - (pausedMs(run.orders) - pausedBefore);
  if (watched === null) return;
  const { windows, verdict, inconclusiveSince } = watched;
  Object.assign(watch, { windows, verdict, inconclusiveSince });
  run.progress.show({
    windows,
    verdict,
    lastObservations: windows.flatMap(({ observations }) => observations.slice(-1)),
  });
  throwUnlessHeld(run, watched);
}

/**
 * max(min, hold / 100), at most max. A hold that only waits for its gates looks twice and decides; the stretches of a pause grow
 * with it, so that a pause of a day does not fill the history.
 */
function stretchMs({ request: { pace }, orders }: Run, step: Step, watch: Watch): number {
  const { minMs, maxMs } = pace.stretch;
  if (orders.pausedSince !== null) return Math.min(maxMs, Math.max(minMs, (Date.now() - orders.pausedSince) / 10));
  if (watch.remainingMs <= 0 || orders.promoteAll) return Math.min(minMs, 2 * pace.probeEveryMs);
  return Math.min(watch.remainingMs, maxMs, Math.max(minMs, step.holdMs / 100));
}

function watchOnce(run: Run, course: Course, stretch: { step: Step; watch: Watch; untilMs: number }): Promise<Watched> {
  const { pace, gates } = run.request;
  const { step, watch, untilMs } = stretch;
  return looking(pace).watchEndpoints(
    `watching ${course.plan.record} at ${step.share} %`,
    {
      ...course.ref,
      gates,
      sides: sides(course),
      standing: course.standing,
      share: step.share,
      untilMs,
      pace,
      windows: watch.windows,
      inconclusiveSince: watch.inconclusiveSince,
    },
    blindAtMost(run, step, untilMs - Date.now()),
  );
}

/** A stretch that no worker takes, or that finds no room, is no data: it is inconclusive for only so long. */
function blindAtMost({ request: { pace } }: Run, step: Step, stretchMs: number): ActivityOptions {
  const limitMs = step.share >= 100 ? pace.inconclusive.limitAtFullMs : pace.inconclusive.limitMs;
  return { startToCloseTimeout: stretchMs + 60_000, scheduleToCloseTimeout: stretchMs + Math.max(limitMs, 60_000) };
}

/** Null when an operator ended the hold: messages act at once, and watching writes nothing, so it is not waited for. */
async function unlessEndedEarly<T>(running: RunningHold, body: () => Promise<T>): Promise<T | null> {
  const stretch = new CancellationScope();
  const watching = stretch.run(body);
  const ended = await Promise.race([watching, condition(() => running.endedEarly).then(() => null)]);
  if (ended === null) stretch.cancel();
  watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return ended;
}

/** Renews the fence, by an activity of its own, only when the stage is going to outlast what it says. */
async function keepFenceAhead(run: Run, course: Course, untilMs: number): Promise<void> {
  const { graceMs, stretch } = run.request.pace;
  if (course.until > untilMs) return;
  const input = renewInput(course, 'step', untilMs + stretch.maxMs + graceMs);
  const label = 'renewing the fence: this hold lasts longer than planned';
  course.standing = (await forward(run.request.pace).setFence(label, input)).standing;
}

function throwUnlessHeld(run: Run, { end, inconclusiveSince }: Watched): void {
  switch (end.kind) {
    case 'held':
      return;
    case 'breach':
      throw failure(inconclusiveSince === null ? 'Unhealthy' : 'Inconclusive', end.verdict.reason);
    case 'drift':
      run.progress.notice(end.sentence);
      throw failure(end.superseded ? 'Superseded' : 'Foreign', end.sentence);
    default:
      assertNever(end);
  }
}

/** One look of every gate at black and red, for an operator who does not want to wait. */
async function askGates(run: Run, course: Course): Promise<Verdict> {
  const { gates } = run.request;
  if (gates.length === 0) return { kind: 'pass', reason: 'no gate is asked for' };
  const pace: Pace = { ...run.request.pace, preflight: { inARow: 1, overMs: 0 } };
  const checked = await looking(pace).checkEndpoints('asking the gates once, to promote early', {
    ...course.ref,
    gates,
    sides: sides(course).filter(({ side }) => side === 'black'),
    pace,
    limitMs: 2 * pace.probeTimeoutMs + pace.probeEveryMs,
  });
  return checked.black;
}
