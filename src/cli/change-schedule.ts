import type { ScheduleUpdateOptions } from '@temporalio/client';
import { assertNever } from '../core/assert-never.ts';
import { isNoSchedule } from './find-schedules.ts';
import type { ScheduleChange } from './plan-schedules.ts';
import type { TemporalClient } from './temporal-client.ts';
import type { WantedSchedule } from './wanted-schedule.ts';

/** Makes one Schedule as the file says. Doing it twice, or two clients at once, ends the same. */
export async function changeSchedule(temporal: TemporalClient, change: ScheduleChange): Promise<void> {
  switch (change.kind) {
    case 'create':
      return create(temporal, change.wanted);
    case 'update':
      return update(temporal, change.wanted);
    case 'extra':
      return remove(temporal, change.scheduleId);
    case 'keep':
      return;
    default:
      return assertNever(change);
  }
}

async function create(temporal: TemporalClient, wanted: WantedSchedule): Promise<void> {
  try {
    await temporal.ask(() => temporal.client.schedule.create(wanted.schedule));
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'ScheduleAlreadyRunning') throw cause;
    await update(temporal, wanted);
  }
}

/** A Schedule that somebody paused stays paused: the file does not say that it runs. */
async function update({ ask, client }: TemporalClient, wanted: WantedSchedule): Promise<void> {
  const { scheduleId, spec, action, policies } = wanted.schedule;
  const handle = client.schedule.getHandle(scheduleId);
  await ask(() =>
    handle.update(({ state }): ScheduleUpdateOptions => ({ spec, action, policies, state: { ...state } })),
  );
}

async function remove({ ask, client }: TemporalClient, scheduleId: string): Promise<void> {
  try {
    await ask(() => client.schedule.getHandle(scheduleId).delete());
  } catch (cause) {
    if (!isNoSchedule(cause)) throw cause;
  }
}
