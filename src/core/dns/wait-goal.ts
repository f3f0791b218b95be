import { assertNever } from '../assert-never.ts';
import { clockTime } from '../clock-time.ts';

/** What somebody waits for. */
export const WAIT_GOALS = ['promoted', 'restored', 'red-idle'] as const;
export type WaitGoal = (typeof WAIT_GOALS)[number];

/** What of an ended deployment decides it. */
export interface EndedRun {
  readonly record: string;
  readonly outcome: 'promoted' | 'unchanged' | 'refused' | 'rolled-back' | 'superseded' | 'not-restored';
  /** Milliseconds since the epoch; null where nothing was promoted. */
  readonly keepRedUntil: number | null;
}

export type GoalVerdict =
  | { readonly kind: 'holds'; readonly sentence: string }
  /** It will hold from then on, unless somebody deploys before. */
  | { readonly kind: 'later'; readonly until: number; readonly sentence: string }
  | { readonly kind: 'never'; readonly sentence: string };

/** Whether what somebody waits for holds after a deployment has ended. */
export function judgeGoal(goal: WaitGoal, run: EndedRun, now: number): GoalVerdict {
  switch (goal) {
    case 'promoted':
      return isBlack(run) ? holds(`${run.record} serves black: ${run.outcome}`) : never(run);
    case 'restored':
      if (run.outcome === 'rolled-back') return holds(`${run.record} serves red again`);
      return run.outcome === 'refused' ? holds(`${run.record} serves red: nothing was written`) : never(run);
    case 'red-idle':
      return judgeIdle(run, now);
    default:
      return assertNever(goal);
  }
}

/** Resolvers may hold red until then; before a promotion, and after a rollback, it serves. */
function judgeIdle(run: EndedRun, now: number): GoalVerdict {
  const { record, outcome, keepRedUntil: until } = run;
  if (outcome !== 'promoted' || until === null) return never(run);
  if (now >= until) return holds(`no cache that keeps to the TTL holds red of ${record} since ${clockTime(until)}`);
  return { kind: 'later', until, sentence: `caches may hold red of ${record} until ${clockTime(until)}` };
}

const isBlack = ({ outcome }: EndedRun): boolean => outcome === 'promoted' || outcome === 'unchanged';
const holds = (sentence: string): GoalVerdict => ({ kind: 'holds', sentence });
const never = ({ record, outcome }: EndedRun): GoalVerdict => ({
  kind: 'never',
  sentence: `the deployment of ${record} ended as ${outcome}`,
});
