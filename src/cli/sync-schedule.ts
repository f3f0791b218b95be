import type { ScheduleDescription, ScheduleOptions } from '@temporalio/client';
import { canonicalJson } from '../core/canonical-json.ts';
import { formatDuration } from '../core/duration.ts';
import { scheduleId, SYNC_QUEUE, SYNC_TICK_WORKFLOW, type SyncRequest } from '../contracts/sync.ts';
import { syncLabels } from '../contracts/sync-labels.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { syncRequest } from './sync-request.ts';

/** A pair with `every`. */
export type ScheduledPair = DeclaredPair & { readonly everyMs: number };

export const isScheduled = (pair: DeclaredPair): pair is ScheduledPair => pair.everyMs !== null;

/** What was missed for longer than this is not made up for: the next run does it all. */
const CATCH_UP_MS = 10 * 60_000;

/** The Temporal Schedule of a pair. It starts a tick, since a Schedule appends a time to the id of what it starts (measured). */
export function scheduleOf(pair: ScheduledPair) {
  const request = syncRequest(pair, { trigger: 'schedule', by: 'schedule', adopt: false, allowRemovals: null });
  return {
    scheduleId: scheduleId(pair.spec.pair),
    spec: { intervals: [{ every: pair.everyMs }] },
    action: {
      type: 'startWorkflow' as const,
      workflowType: SYNC_TICK_WORKFLOW,
      workflowId: `sync-tick:${pair.spec.pair}`,
      taskQueue: SYNC_QUEUE,
      args: [request] as [SyncRequest],
      ...syncLabels(request),
    },
    policies: { overlap: 'SKIP' as const, catchupWindow: Math.min(pair.everyMs, CATCH_UP_MS) },
  } satisfies ScheduleOptions;
}

/**
 * What of a Schedule differs from the declaration; empty where nothing does. The Schedule itself is compared, since its memo cannot be
 * changed later and what somebody edits in the UI counts as well.
 */
export function driftOf(
  found: Pick<ScheduleDescription, 'spec' | 'action' | 'policies'>,
  pair: ScheduledPair,
): readonly string[] {
  const wanted = scheduleOf(pair);
  const is = everyOf(found);
  return [
    ...(is === formatDuration(pair.everyMs) ? [] : [`every ${is} instead of every ${formatDuration(pair.everyMs)}`]),
    ...(sameAction(found.action, wanted.action) ? [] : ['what it syncs is declared otherwise']),
    ...(samePolicies(found.policies, wanted.policies) ? [] : ['its policies']),
  ];
}

/** `5 min`, and whatever else makes it act. */
export function everyOf({ spec }: Pick<ScheduleDescription, 'spec'>): string {
  const intervals = (spec.intervals ?? []).map(({ every }) => formatDuration(every));
  const calendars = (spec.calendars ?? []).length > 0 ? ['by a calendar'] : [];
  return [...intervals, ...calendars].join(' and ') || 'never';
}

type WantedAction = ReturnType<typeof scheduleOf>['action'];

function sameAction(found: ScheduleDescription['action'], wanted: WantedAction): boolean {
  return (
    found.workflowType === wanted.workflowType &&
    found.taskQueue === wanted.taskQueue &&
    canonicalJson(found.args) === canonicalJson(wanted.args)
  );
}

function samePolicies(
  found: ScheduleDescription['policies'],
  wanted: ReturnType<typeof scheduleOf>['policies'],
): boolean {
  return found.overlap === wanted.overlap && found.catchupWindow === wanted.catchupWindow;
}
