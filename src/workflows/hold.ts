import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Watched } from '../contracts/deploy-activities.ts';
import type { Pace } from '../contracts/deploy.ts';
import type { Verdict } from '../core/dns/gate.ts';
import type { Step } from '../core/dns/plan.ts';
import { assertNever } from '../core/assert-never.ts';
import { failure } from '../policies/failures.ts';
import { forward, looking } from './activities.ts';
import { sides, type Course } from './course.ts';
import { pausedMs, type Run } from './run.ts';

/** What a hold knows from one stretch to the next. */
interface Watch {
  remainingMs: number;
  verdict: Verdict | null;
  inconclusiveSince: number | null;
}

/**
 * Watches black and red for the time of a step, one activity a stretch. Ends at the first breach, and early when an operator
 * promotes while the gates pass; never ends while a gate has not passed (D7).
 */
export async function hold(run: Run, course: Course, step: Step): Promise<void> {
  const watch: Watch = { remainingMs: step.holdMs, verdict: null, inconclusiveSince: null };
  run.gatesNow = () => askGates(run, course);
  try {
    while (run.orders.promote === 'no' && !isOver(run, watch)) await watchOneStretch(run, course, { step, watch });
  } finally {
    run.gatesNow = null;
    if (run.orders.promote === 'this hold') run.orders.promote = 'no';
    run.progress.show({ holdEndsAt: null });
  }
}

function isOver(run: Run, watch: Watch): boolean {
  const passed = run.request.gates.length === 0 || watch.verdict?.kind === 'pass';
  return watch.remainingMs <= 0 && run.orders.pausedSince === null && passed;
}

async function watchOneStretch(run: Run, course: Course, { step, watch }: { step: Step; watch: Watch }): Promise<void> {
  const from = Date.now();
  const pausedBefore = pausedMs(run.orders);
  const untilMs = from + stretchMs(run, step, watch);
  await keepFenceAhead(run, course, untilMs);
  const paused = run.orders.pausedSince !== null;
  run.progress.show({ phase: paused ? 'paused' : 'holding', holdEndsAt: from + watch.remainingMs });
  const watched = await unlessPromoted(run, () => watchOnce(run, course, { step, watch, untilMs }));
  watch.remainingMs -= Date.now() - from - (pausedMs(run.orders) - pausedBefore);
  if (watched === null) return;
  watch.verdict = watched.verdict;
  watch.inconclusiveSince = watched.inconclusiveSince;
  const { windows, verdict } = watched;
  run.progress.show({
    windows,
    verdict,
    lastObservations: windows.flatMap(({ observations }) => observations.slice(-1)),
  });
  throwUnlessHeld(run, watched);
}

/** max(min, hold / 100), at most max; a paused hold or one that waits for its gates goes on in the shortest stretches. */
function stretchMs({ request: { pace }, orders }: Run, step: Step, watch: Watch): number {
  const { minMs, maxMs } = pace.stretch;
  if (orders.pausedSince !== null || watch.remainingMs <= 0) return minMs;
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
      windows: run.progress.status.windows,
      inconclusiveSince: watch.inconclusiveSince,
    },
    { startToCloseTimeout: untilMs - Date.now() + 60_000 },
  );
}

/** Null when an operator ended the hold: messages act at once, and watching writes nothing, so it is not waited for. */
async function unlessPromoted<T>(run: Run, body: () => Promise<T>): Promise<T | null> {
  const stretch = new CancellationScope();
  const watching = stretch.run(body);
  const ended = await Promise.race([watching, condition(() => run.orders.promote !== 'no').then(() => null)]);
  if (ended === null) stretch.cancel();
  watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return ended;
}

/** Renews the fence, by an activity of its own, only when the stage is going to outlast what it says. */
async function keepFenceAhead(run: Run, course: Course, untilMs: number): Promise<void> {
  const { graceMs } = run.request.pace;
  if (course.until > untilMs) return;
  course.gen += 1;
  course.until = untilMs + run.request.pace.stretch.maxMs + graceMs;
  const written = await forward(run.request.pace).setFence('renewing the fence: this hold lasts longer than planned', {
    ...course.ref,
    owner: course.owner,
    stage: 'step',
    until: course.until,
    types: course.plan.types,
    comment: `switchyard ${course.plan.record}: fence renewed`,
  });
  course.standing = written.standing;
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
