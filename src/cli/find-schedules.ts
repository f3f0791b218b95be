import type { ScheduleDescription } from '@temporalio/client';
import { DOCS_TICK_WORKFLOW, docsScheduleId } from '../contracts/docs-runs.ts';
import { GUARD_WORKFLOW, guardScheduleId } from '../contracts/guard.ts';
import { scheduleId, SYNC_TICK_WORKFLOW } from '../contracts/sync.ts';
import type { TemporalClient } from './temporal-client.ts';

/** A Schedule by its id; null where there is none. */
export async function findSchedule({ ask, client }: TemporalClient, id: string): Promise<ScheduleDescription | null> {
  try {
    return await ask(() => client.schedule.getHandle(id).describe());
  } catch (cause) {
    if (isNoSchedule(cause)) return null;
    throw cause;
  }
}

export const isNoSchedule = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === 'ScheduleNotFoundError';

export interface FoundSchedule {
  readonly scheduleId: string;
  /** `sync/tasks`. */
  readonly subject: string;
}

/** The Schedules of ours, of this file or of another. Temporal's list lags behind: what was deleted may still be in it. */
export async function ourSchedules({ ask, client }: TemporalClient): Promise<readonly FoundSchedule[]> {
  return ask(async () => {
    const found: FoundSchedule[] = [];
    for await (const { scheduleId: id, action } of client.schedule.list()) {
      const kind = KINDS.find(({ prefix, tick }) => id.startsWith(prefix) && action?.workflowType === tick);
      if (kind !== undefined) found.push({ scheduleId: id, subject: `${kind.verb}/${id.slice(kind.prefix.length)}` });
    }
    return found;
  });
}

const KINDS = [
  { verb: 'sync', prefix: scheduleId(''), tick: SYNC_TICK_WORKFLOW },
  { verb: 'docs', prefix: docsScheduleId(''), tick: DOCS_TICK_WORKFLOW },
  { verb: 'guard', prefix: guardScheduleId(''), tick: GUARD_WORKFLOW },
] as const;
