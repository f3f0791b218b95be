import { scheduleId, SYNC_QUEUE, SYNC_TICK_WORKFLOW } from '../contracts/sync.ts';
import { syncLabels } from '../contracts/sync-labels.ts';
import { asSubject } from './parse/pair-name.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { syncRequest } from './sync-request.ts';
import { wantedSchedule, type WantedSchedule } from './wanted-schedule.ts';

/** The Schedule that a pair is to have; null: it is synced when somebody asks. */
export function scheduleOfPair(declared: DeclaredPair): WantedSchedule | null {
  const { everyMs, spec } = declared;
  if (everyMs === null) return null;
  const request = syncRequest(declared, { trigger: 'schedule', by: 'schedule', adopt: false, allowRemovals: null });
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
