import { CancellationScope, condition, isCancellation, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { Watched } from '../contracts/deploy-activities.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { assertNever } from '../core/assert-never.ts';
import { leastStretchMs } from '../core/dns/least-stretch.ts';
import type { Step } from '../core/dns/plan.ts';
import { failure } from '../policies/failures.ts';
import { asking } from './asking.ts';
import { pausedMs, type Run, type RunningHold } from './run.ts';

/** What is held: a record, or the records of a group together. */
export interface Held {
  /** Whether any gate is in force: without one there is no verdict to wait for. */
  readonly gated: boolean;
  /** How long one look at a metric may take; 0 where none is in force. What the end of a stretch cuts off has not been seen. */
  readonly longestLookMs: number;
  /** One look of every gate, for an operator who does not want to wait. */
  askGates(): Promise<Verdict>;
  /** Renews the fence, by an activity of its own, only when the stage is going to outlast what it says. */
  keepFenceAhead(untilMs: number): Promise<void>;
  /** One activity that watches until `untilMs`, or until the first breach. */
  watch(stretch: WatchStretch): Promise<Watched>;
  /** From here on the step goes on without these gates as long as they say nothing: what they say counts. */
  waive(gates: readonly string[]): void;
}

export interface WatchStretch {
  readonly step: Pick<Step, 'share'>;
  readonly untilMs: number;
  readonly windows: readonly ProbeWindow[];
  readonly inconclusiveSince: number | null;
  /** Gates that somebody is being asked about; null where nobody can be asked now, since another question is open. */
  readonly asked: readonly string[] | null;
  readonly limits: ActivityOptions;
}

/** What a hold knows from one stretch to the next. */
interface Watch {
  remainingMs: number;
  /** Of this step alone: what was seen before the change was in sync says nothing of it (D7). */
  windows: readonly ProbeWindow[];
  verdict: Verdict | null;
  inconclusiveSince: number | null;
  /** Gates that say nothing for too long, and whose files have somebody asked then. */
  asks: readonly string[];
}

/**
 * Watches black and red for the time of a step, one activity a stretch. Ends at the first breach, and early when an operator
 * promotes while the gates pass; never ends while a gate has not passed (D7).
 */
export async function hold(run: Run, held: Held, step: HeldStep): Promise<void> {
  const watch = startWatch(step.holdMs, []);
  const running: RunningHold = { askGates: () => held.askGates(), endedEarly: false };
  run.hold = step.kind === 'shift' ? running : null; // the wait for an old TTL cannot be cut short
  try {
    const stretch: Stretch = { step, watch, phase: 'holding', isCut: () => running.endedEarly };
    while (!running.endedEarly && !isOver(run, held, watch)) await watchAndAsk(run, held, stretch);
  } finally {
    run.hold = null;
    run.progress.show({ holdEndsAt: null });
  }
}

export interface Deciding {
  readonly step: HeldStep;
  readonly isApproved: () => boolean;
}

/** Goes on watching a step until somebody has approved. An approval alone is no pass: the gates are asked anew after it (D7). */
export async function holdUntil(run: Run, held: Held, { step, isApproved }: Deciding): Promise<void> {
  const watch = startWatch(0, run.progress.status.windows);
  try {
    while (!isApproved())
      await watchOneStretch(run, held, { step, watch, phase: 'awaiting-approval', isCut: isApproved });
    await holdUntilPass(run, held, step);
  } finally {
    run.progress.show({ holdEndsAt: null });
  }
}

/**
 * A hold that keeps nothing by its end alone where no gate is asked for: then somebody has to approve. Where gates are, passing for all
 * of its time is enough; an approval, or an operator's `promote`, ends it earlier, the gates passing.
 */
export async function holdUntilConfirmed(run: Run, held: Held, { step, isApproved }: Deciding): Promise<void> {
  const watch = startWatch(step.holdMs, []);
  const running: RunningHold = { askGates: () => held.askGates(), endedEarly: false };
  const isCut = (): boolean => running.endedEarly || isApproved();
  const { gated } = held;
  run.hold = running;
  try {
    while (!isCut() && !(gated && isOver(run, held, watch))) {
      const phase = !gated && watch.remainingMs <= 0 ? 'awaiting-approval' : 'holding';
      await watchOneStretch(run, held, { step, watch, phase, isCut });
    }
    if (isApproved()) await holdUntilPass(run, held, step);
  } finally {
    run.hold = null;
    run.progress.show({ holdEndsAt: null });
  }
}

/** Gates that say nothing are asked about when the approval is given: until then its question is open. */
async function holdUntilPass(run: Run, held: Held, step: HeldStep): Promise<void> {
  const watch = startWatch(0, []);
  while (!isOver(run, held, watch)) await watchAndAsk(run, held, { step, watch, phase: 'holding', isCut: () => false });
}

function startWatch(remainingMs: number, windows: Watch['windows']): Watch {
  return { remainingMs, windows, verdict: null, inconclusiveSince: null, asks: [] };
}

function isOver({ orders }: Run, { gated }: Held, watch: Watch): boolean {
  const passed = !gated || watch.verdict?.kind === 'pass';
  const atEnd = watch.remainingMs <= 0 || (orders.promoteAll && watch.verdict !== null);
  return passed && atEnd && orders.pausedSince === null;
}

export type HeldStep = Pick<Step, 'kind' | 'share' | 'holdMs'>;

interface Stretch {
  readonly step: HeldStep;
  readonly watch: Watch;
  readonly phase: 'holding' | 'awaiting-approval';
  /** Whether somebody has said something that ends the stretch at once. */
  readonly isCut: () => boolean;
}

/**
 * One stretch, and where a gate says nothing for too long and the file says so, somebody decides whether the step goes on without it. All other gates keep
 * their teeth meanwhile; when it says something after all, nobody needs to decide any more.
 */
async function watchAndAsk(run: Run, held: Held, stretch: Stretch): Promise<void> {
  await watchOneStretch(run, held, stretch);
  const { watch } = stretch;
  const gates = watch.asks;
  const rule = run.request.approve?.inconclusive;
  if (gates.length === 0 || rule === undefined) return;
  await asking(run, { of: 'inconclusive', gates, rule }, async (isApproved) => {
    while (!isApproved() && watch.asks.some((gate) => gates.includes(gate)))
      await watchOneStretch(run, held, { ...stretch, phase: 'awaiting-approval', isCut: isApproved });
    if (isApproved()) held.waive(gates);
    else run.progress.notice(`${gates.join(', ')}: nobody needs to decide any more`);
  });
  watch.asks = [];
}

async function watchOneStretch(run: Run, held: Held, stretch: Stretch): Promise<void> {
  const { step, watch, phase, isCut } = stretch;
  const from = Date.now();
  const pausedBefore = pausedMs(run.orders);
  const untilMs = from + stretchMs(run, stretch, held.longestLookMs);
  await held.keepFenceAhead(untilMs);
  showStretch(run, phase, from + watch.remainingMs);
  const limits = blindAtMost(run, step, untilMs - Date.now());
  const watched = await unlessCut(isCut, () =>
    held.watch({ step, ...carried(watch), untilMs, asked: askedAbout(run), limits }),
  );
  watch.remainingMs -= Date.now() - from - (pausedMs(run.orders) - pausedBefore);
  if (watched === null) return;
  const { windows, verdict, inconclusiveSince } = watched;
  Object.assign(watch, { windows, verdict, inconclusiveSince });
  watch.asks = watched.end.kind === 'asks' ? watched.end.gates : watch.asks;
  run.progress.show({
    windows,
    verdict,
    lastObservations: windows.flatMap(({ observations }) => observations.slice(-1)),
  });
  noticeProtections(run, watched);
  throwUnlessHeld(run, watched);
}

function showStretch({ orders, progress }: Run, phase: Stretch['phase'], endsAt: number): void {
  if (phase === 'awaiting-approval') progress.show({ phase });
  else progress.show({ phase: orders.pausedSince === null ? phase : 'paused', holdEndsAt: endsAt });
}

/**
 * max(min, hold / 100), at most max, but longer in a long history. A hold that only waits for its gates looks twice and decides; the stretches of a
 * pause, and those in which somebody has to decide, grow with it, so that a day of it does not fill the history.
 */
function stretchMs(run: Run, { step, watch, phase }: Stretch, longestLookMs: number): number {
  const { pace } = run.request;
  const { orders } = run;
  const { minMs, maxMs } = pace.stretch;
  const leastMs = leastStretchMs(workflowInfo().historySize);
  const deciding = phase === 'awaiting-approval' ? run.approval : null;
  const since = orders.pausedSince ?? deciding?.since ?? null;
  if (since !== null) return Math.max(leastMs, Math.min(maxMs, Math.max(minMs, (Date.now() - since) / 10)));
  if (watch.remainingMs <= 0 || orders.promoteAll)
    return Math.max(leastMs / 10, Math.min(minMs, Math.max(2 * pace.probeEveryMs, longestLookMs)));
  return Math.min(watch.remainingMs, Math.max(leastMs, Math.min(maxMs, Math.max(minMs, step.holdMs / 100))));
}

/** Null while another question is open, since one is asked at a time, and where nobody may answer. */
function askedAbout({ approval, request }: Run): readonly string[] | null {
  if (request.approve?.inconclusive === undefined) return null;
  if (approval === null) return [];
  return approval.of === 'inconclusive' ? (approval.gates ?? []) : null;
}

const carried = ({ windows, inconclusiveSince }: Watch) => ({ windows, inconclusiveSince });

/** A stretch that no worker takes, or that finds no room, is no data: it is inconclusive for only so long. */
function blindAtMost({ request: { pace } }: Run, step: HeldStep, stretchMs: number): ActivityOptions {
  const limitMs = step.share >= 100 ? pace.inconclusive.limitAtFullMs : pace.inconclusive.limitMs;
  return { startToCloseTimeout: stretchMs + 60_000, scheduleToCloseTimeout: stretchMs + Math.max(limitMs, 60_000) };
}

/** Null when an operator cut it short: messages act at once, and watching writes nothing, so it is not waited for. */
async function unlessCut<T>(isCut: () => boolean, body: () => Promise<T>): Promise<T | null> {
  const stretch = new CancellationScope();
  const watching = stretch.run(body);
  const ended = await Promise.race([watching, condition(isCut).then(() => null)]);
  if (ended === null) stretch.cancel();
  watching.catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  return ended;
}

/** Each is told once: it may stand for the whole hold. */
function noticeProtections({ progress }: Run, { protections = [] }: Watched): void {
  for (const sentence of protections) if (!progress.status.notices.includes(sentence)) progress.notice(sentence);
}

function throwUnlessHeld(run: Run, { end, inconclusiveSince }: Watched): void {
  switch (end.kind) {
    case 'held':
    case 'asks':
      return;
    case 'breach':
      throw failure(
        (end.inconclusive ?? inconclusiveSince !== null) ? 'Inconclusive' : 'Unhealthy',
        end.verdict.reason,
      );
    case 'drift':
      run.progress.notice(end.sentence);
      throw failure(end.superseded ? 'Superseded' : 'Foreign', end.sentence);
    default:
      assertNever(end);
  }
}
