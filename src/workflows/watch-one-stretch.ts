import { CancellationScope, condition, isCancellation, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { Watched } from '../contracts/deploy-activities.ts';
import { assertNever } from '../core/assert-never.ts';
import type { ProbeWindow, Verdict } from '../core/dns/gate.ts';
import { leastStretchMs } from '../core/dns/least-stretch.ts';
import { newestOf } from '../core/dns/probe-windows.ts';
import { failure } from '../policies/failures.ts';
import type { Held, HeldStep } from './held.ts';
import { pausedMs, type Run } from './run.ts';

/** What a hold knows from one stretch to the next. */
export interface Watch {
  remainingMs: number;
  /** Of this step alone: what was seen before the change was in sync says nothing of it (D7). */
  windows: readonly ProbeWindow[];
  verdict: Verdict | null;
  inconclusiveSince: number | null;
  /** Gates that say nothing for too long, and whose files have somebody asked then. */
  asks: readonly string[];
}

export interface Stretch {
  readonly step: HeldStep;
  readonly watch: Watch;
  readonly phase: 'holding' | 'awaiting-approval';
  /** Whether somebody has said something that ends the stretch at once. */
  readonly isCut: () => boolean;
}

/** One activity of a hold: watches, takes in what was seen, and throws where that ends the hold. */
export async function watchOneStretch(run: Run, held: Held, stretch: Stretch): Promise<void> {
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
  run.progress.show({ windows, verdict, lastObservations: newestOf(windows) });
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
