import { scheduleId, SYNC_QUEUE, SYNC_TICK_WORKFLOW } from '../contracts/sync.ts';
import { syncLabels } from '../contracts/sync-labels.ts';
import { notifyOf } from './notify-targets.ts';
import { asSubject } from './parse/pair-name.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { syncRequest } from './sync-request.ts';
import { wantedSchedule, type WantedSchedule } from './wanted-schedule.ts';

/** The Schedule that a pair is to have; null: it is synced when somebody asks. */
export function scheduleOfPair(declared: DeclaredPair): WantedSchedule | null {
  const { everyMs, spec, notify } = declared;
  if (everyMs === null) return null;
  const wishes = { trigger: 'schedule', by: 'schedule', adopt: false, allowRemovals: null } as const;
  const request = { ...syncRequest(declared, wishes), ...notifyOf(notify) };
  return wantedSchedule({
    subject: asSubject(spec.pair),
    scheduleId: scheduleId(spec.pair),
    everyMs,
    workflowType: SYNC_TICK_WORKFLOW,
    workflowId: `sync-tick:${spec.pair}`,
    taskQueue: SYNC_QUEUE,
    request,
    labels: syncLabels(request),
  });
}
