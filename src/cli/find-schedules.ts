import type { ScheduleDescription } from '@temporalio/client';
import { scheduleId, SYNC_TICK_WORKFLOW } from '../contracts/sync.ts';
import type { TemporalClient } from './temporal-client.ts';

/** The Schedule of a pair; null where there is none. */
export async function findSchedule({ ask, client }: TemporalClient, pair: string): Promise<ScheduleDescription | null> {
  try {
    return await ask(() => client.schedule.getHandle(scheduleId(pair)).describe());
  } catch (cause) {
    if (isNoSchedule(cause)) return null;
    throw cause;
  }
}

export const isNoSchedule = (cause: unknown): boolean =>
  cause instanceof Error && cause.name === 'ScheduleNotFoundError';

/** The pairs that have a Schedule of ours, of this file or of another. Temporal's list lags behind: what was deleted may still be in it. */
export async function scheduledPairs({ ask, client }: TemporalClient): Promise<readonly string[]> {
  const prefix = scheduleId('');
  return ask(async () => {
    const pairs: string[] = [];
    for await (const { scheduleId: id, action } of client.schedule.list()) {
      if (id.startsWith(prefix) && action?.workflowType === SYNC_TICK_WORKFLOW) pairs.push(id.slice(prefix.length));
    }
    return pairs;
  });
}
