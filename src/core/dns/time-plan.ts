import { formatDuration } from '../duration.ts';
import { forwardTtl, moving } from './draw-steps.ts';
import type { StepDraft } from './draw-steps.ts';
import { ALIAS_TTL } from './moves.ts';
import type { Move } from './moves.ts';
import type { PlanRequest, PlanTiming, Reason } from './plan.ts';
import { reason } from './reason.ts';

const MINUTE = 60_000;
/** What a swap takes until it is in sync and verified, at worst and without trouble. */
export const SWAP_MS = 2 * MINUTE;
const SHORTEST_DEADLINE_MS = 30 * MINUTE;

/** How long a plan takes: the checks, every wait and hold, and two minutes for each swap, the promotion's included. */
export function timePlan(request: PlanRequest, moves: readonly Move[], steps: readonly StepDraft[]): PlanTiming {
  return {
    ...timeSteps({ ...request, holdsMs: steps.map(({ holdMs }) => holdMs) }),
    forwardMs: forwardTtl(moves) * 1_000,
    backMs: backTtl(moves, steps) * 1_000,
  };
}

/** The time of a way forward, of one record or of several in step. */
export function timeSteps(
  way: Pick<PlanRequest, 'preflightMs' | 'deadlineMs'> & { readonly holdsMs: readonly number[] },
): Pick<PlanTiming, 'totalMs' | 'deadlineMs'> {
  const holds = way.holdsMs.reduce((total, holdMs) => total + holdMs, 0);
  const totalMs = way.preflightMs + holds + (way.holdsMs.length + 1) * SWAP_MS;
  return { totalMs, deadlineMs: way.deadlineMs ?? Math.max(SHORTEST_DEADLINE_MS, Math.ceil(totalMs * 1.5)) };
}

/** What resolvers may hold of any state from which a rollback starts. */
function backTtl(moves: readonly Move[], steps: readonly StepDraft[]): number {
  const types = moving(moves).map(({ type }) => type);
  const sets = steps
    .filter(({ kind }) => kind === 'shift')
    .flatMap((step) => step.sets.filter(({ type }) => types.includes(type)));
  return Math.max(...sets.map(({ ttl }) => ttl ?? ALIAS_TTL));
}

/** A deadline that the plan cannot meet would roll back a healthy deployment. */
export function refuseDeadline({ totalMs, deadlineMs }: PlanTiming): readonly Reason[] {
  if (deadlineMs >= totalMs) return [];
  const [given, needed] = [formatDuration(deadlineMs), formatDuration(totalMs)];
  return [
    reason(
      'deadline',
      `--deadline is ${given}, and the plan takes ${needed}.`,
      `Give --deadline ${Math.ceil(totalMs / MINUTE)}m or more, or shorter holds.`,
    ),
  ];
}

const SLOW_TTL = 300;

/** A TTL of minutes makes the way back take minutes: that is asked for, never a surprise. */
export function refuseSlow(request: PlanRequest, moves: readonly Move[]): readonly Reason[] {
  const ttl = forwardTtl(moves);
  if (ttl <= SLOW_TTL || request.slowRollbackOk) return [];
  return [
    reason(
      'ttl-slow',
      `${request.record}: the TTL is ${ttl} s, so resolvers need up to ${ttl} s to follow, and as long to come back after a rollback; more than ${SLOW_TTL} s is refused.`,
      'Give --pre-lower-ttl 60s, or accept it with --slow-rollback-ok.',
    ),
  ];
}
