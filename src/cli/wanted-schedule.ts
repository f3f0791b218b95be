import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { canonicalJson } from '../core/canonical-json.ts';
import { formatDuration } from '../core/duration.ts';

/** A Temporal Schedule as the file wants it. */
export interface WantedSchedule {
  /** `sync/tasks`. */
  readonly subject: string;
  readonly everyMs: number;
  readonly schedule: ReturnType<typeof optionsOf>;
}

export interface Tick {
  readonly subject: string;
  readonly scheduleId: string;
  readonly everyMs: number;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly request: unknown;
  /** What is to be seen of a run without a worker. */
  readonly labels: { readonly memo: Record<string, unknown>; readonly staticSummary: string };
}

/** A Schedule that starts a tick, since a Schedule appends a time to the id of what it starts (measured). */
export const wantedSchedule = (tick: Tick): WantedSchedule => ({
  subject: tick.subject,
  everyMs: tick.everyMs,
  schedule: optionsOf(tick),
});

/** What was missed for longer than this is not made up for: the next run does it all. */
const CATCH_UP_MS = 10 * 60_000;

const optionsOf = ({ scheduleId, everyMs, workflowType, workflowId, taskQueue, request, labels }: Tick) =>
  ({
    scheduleId,
    spec: { intervals: [{ every: everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType,
      workflowId,
      taskQueue,
      args: [request] as [unknown],
      ...labels,
    },
    policies: { overlap: 'SKIP' as const, catchupWindow: Math.min(everyMs, CATCH_UP_MS) },
  }) satisfies ScheduleOptions;

/**
 * What of a Schedule differs from the declaration; empty where nothing does. The Schedule itself is compared, since its memo cannot be
 * changed later and what somebody edits in the UI counts as well.
 */
export function driftOf(
  found: Pick<ScheduleDescription, 'spec' | 'action' | 'policies'>,
  { everyMs, schedule: { action, policies } }: WantedSchedule,
): readonly string[] {
  const is = everyOf(found);
  return [
    ...(is === formatDuration(everyMs) ? [] : [`every ${is} instead of every ${formatDuration(everyMs)}`]),
    ...(sameAction(found.action, action) ? [] : ['what it does is declared otherwise']),
    ...(samePolicies(found.policies, policies) ? [] : ['its policies']),
  ];
}

/** `5 min`, and whatever else makes it act. */
export function everyOf({ spec }: Pick<ScheduleDescription, 'spec'>): string {
  const intervals = (spec.intervals ?? []).map(({ every }) => formatDuration(every));
  const calendars = (spec.calendars ?? []).length > 0 ? ['by a calendar'] : [];
  return [...intervals, ...calendars].join(' and ') || 'never';
}

type Wanted = WantedSchedule['schedule'];

function sameAction(found: ScheduleDescription['action'], wanted: Wanted['action']): boolean {
  return (
    found.workflowType === wanted.workflowType &&
    found.taskQueue === wanted.taskQueue &&
    canonicalJson(found.args) === canonicalJson(wanted.args)
  );
}

function samePolicies(found: ScheduleDescription['policies'], wanted: Wanted['policies']): boolean {
  return found.overlap === wanted.overlap && found.catchupWindow === wanted.catchupWindow;
}
