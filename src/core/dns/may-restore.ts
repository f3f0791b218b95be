import type { ProbeWindow } from './gate.ts';
import { freshWindows, ofSide } from './probe-windows.ts';

/** What to do when red answers less than black at the moment of an automatic rollback (D3). */
export type IfRedIsIll = 'compare' | 'restore' | 'hold';

/** What decides where a rollback goes when red is ill (D3). */
export interface RestoreView {
  readonly policy: IfRedIsIll;
  readonly windows: readonly ProbeWindow[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Older observations do not decide. */
  readonly maxAgeMs: number;
  /** An operator asked for the rollback. */
  readonly aborted: boolean;
}

export interface RestoreDecision {
  readonly kind: 'restore' | 'stop';
  readonly reason: string;
}

/**
 * D3's exception: an automatic rollback does not move traffic to a side that answers less. Red counts as ill when one of its values answered at most
 * half of its fresh probes, so that a lost packet stops no rollback. A person's abort restores always, and so does a rollback without fresh observations (D8: it
 * waits for no measurement).
 */
export function mayRestore({ policy, windows, now, maxAgeMs, aborted }: RestoreView): RestoreDecision {
  if (aborted) return restore('an operator asked for red');
  if (policy === 'restore') return restore('ifRedIsIll is restore');
  const fresh = freshWindows(windows, now - maxAgeMs);
  const [red, black] = [answers(fresh, 'red'), answers(fresh, 'black')];
  if (red.probes === 0) return restore('there are no fresh observations of red');
  if (!red.ill) return restore(`red answers ${said(red)}`);
  if (policy === 'hold') return stop(`red answers only ${said(red)}, and ifRedIsIll is hold`);
  if (black.probes === 0) return restore('there are no fresh observations of black to compare red with');
  if (red.rate >= black.rate) return restore(`red answers ${said(red)}, no less than black with ${said(black)}`);
  return stop(`red answers only ${said(red)}, less than black with ${said(black)}`);
}

interface Answers {
  readonly passes: number;
  readonly probes: number;
  /** Passes for each probe, 0 to 1. */
  readonly rate: number;
  readonly ill: boolean;
}

function answers(windows: readonly ProbeWindow[], side: ProbeWindow['side']): Answers {
  const mine = ofSide(windows, side).filter(({ observations }) => observations.length > 0);
  const rates = mine.map(({ observations }) => observations.filter(({ ok }) => ok).length / observations.length);
  const seen = mine.flatMap(({ observations }) => observations);
  const passes = seen.filter(({ ok }) => ok).length;
  return {
    passes,
    probes: seen.length,
    rate: passes / Math.max(1, seen.length),
    ill: rates.some((rate) => rate <= 0.5),
  };
}

const said = ({ passes, probes }: Answers): string => `${passes} of ${probes} fresh probes`;
const restore = (reason: string): RestoreDecision => ({ kind: 'restore', reason });
const stop = (reason: string): RestoreDecision => ({ kind: 'stop', reason });
