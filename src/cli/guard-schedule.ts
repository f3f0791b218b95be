import { DEPLOY_QUEUE } from '../contracts/deploy.ts';
import {
  GUARD_ID,
  GUARD_PACE,
  GUARD_WORKFLOW,
  guardLabels,
  guardScheduleId,
  type GuardRequest,
} from '../contracts/guard.ts';
import { parseDuration } from '../core/duration.ts';
import { declaredIn } from './declared.ts';
import { EXIT } from './exit-codes.ts';
import { guardedRecords } from './guarded-records.ts';
import { declaredTargets, notifyOf } from './notify-targets.ts';
import type { ReadFile } from './read-file.ts';
import { problem, Stop } from './stop.ts';
import { wantedSchedule, type WantedSchedule } from './wanted-schedule.ts';

/** One guard looks after all records of a file. */
export const GUARD_NAME = 'records';

/**
 * The Schedule of the guard that a file declares; null: it declares none.
 *
 * @throws Stop with exit 2 where it has no record to guard, and for every problem of the records.
 */
export function scheduleOfGuard(read: ReadFile): WantedSchedule | null {
  const { guard, records = {} } = read.file;
  if (guard === undefined) return null;
  if (Object.keys(records).length === 0) throw nothingToGuard(read.at(['guard']));
  const request: GuardRequest = {
    records: guardedRecords([], declaredIn(read)),
    act: guard.act ?? 'report',
    pace: GUARD_PACE,
    ...notifyOf(declaredTargets(read.file)),
  };
  return wantedSchedule({
    subject: `guard/${GUARD_NAME}`,
    scheduleId: guardScheduleId(GUARD_NAME),
    everyMs: msOf(guard.every),
    workflowType: GUARD_WORKFLOW,
    workflowId: GUARD_ID,
    taskQueue: DEPLOY_QUEUE,
    request,
    labels: guardLabels(request),
  });
}

/** The schema has seen that it is an interval. */
function msOf(every = '1m'): number {
  const read = parseDuration(every);
  return read.kind === 'ok' ? read.ms : 60_000;
}

function nothingToGuard(place: string): Stop {
  return new Stop(EXIT.usage, [problem(`${place}: guard: there is no record to guard`, 'records: beside it')]);
}
