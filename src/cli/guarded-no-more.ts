import type { ScheduleDescription } from '@temporalio/client';
import { GUARD_WORKFLOW, type GuardRequest } from '../contracts/guard.ts';
import type { WantedSchedule } from './wanted-schedule.ts';

type Action = ScheduleDescription['action'];

/**
 * Records that the guard which stands looks after, and the wanted one would not: they were taken out of the file, or another file's guard
 * has them, since a namespace has one. Empty for any other Schedule.
 */
export function guardedNoMore(
  { action }: { readonly action: Pick<Action, 'workflowType' | 'args'> },
  { schedule }: Pick<WantedSchedule, 'schedule'>,
): readonly string[] {
  if (schedule.action.workflowType !== GUARD_WORKFLOW || action.workflowType !== GUARD_WORKFLOW) return [];
  const kept = new Set(namesIn(schedule.action.args));
  return namesIn(action.args ?? []).filter((name) => !kept.has(name));
}

/** As far as it can be read: somebody may have edited it. */
function namesIn([request]: readonly unknown[]): readonly string[] {
  const { records } = (request ?? {}) as Partial<GuardRequest>;
  return Array.isArray(records)
    ? records.flatMap(({ record }: Partial<GuardRequest['records'][number]>) => record ?? [])
    : [];
}
