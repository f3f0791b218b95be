import { asking } from './asking.ts';
import type { Held, HeldStep } from './held.ts';
import type { Run, RunningHold } from './run.ts';
import { watchOneStretch, type Stretch, type Watch } from './watch-one-stretch.ts';

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
