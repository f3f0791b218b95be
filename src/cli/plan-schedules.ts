import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../core/duration.ts';
import { assertNever } from '../core/assert-never.ts';
import { findSchedule, ourSchedules, type FoundSchedule } from './find-schedules.ts';
import { guardedNoMore } from './guarded-no-more.ts';
import type { TemporalClient } from './temporal-client.ts';
import { driftOf, everyOf, type WantedSchedule } from './wanted-schedule.ts';
import { outside } from './words.ts';

/** What makes one Schedule equal to the file. */
export type ScheduleChange = FoundSchedule &
  (
    | { readonly kind: 'create'; readonly wanted: WantedSchedule }
    | {
        readonly kind: 'update';
        readonly wanted: WantedSchedule;
        readonly why: readonly string[];
        /** Records that nobody would guard any more: of another file, it may be. */
        readonly unguarded: readonly string[];
      }
    | { readonly kind: 'keep'; readonly wanted: WantedSchedule; readonly paused: boolean }
    /** Not in the file, or without `every` there. */
    | { readonly kind: 'extra'; readonly every: string }
  );

/** Compares every Schedule of ours with the file. */
export async function planSchedules(
  temporal: TemporalClient,
  wanted: readonly WantedSchedule[],
): Promise<readonly ScheduleChange[]> {
  const byId = new Map(wanted.map((one) => [one.schedule.scheduleId, one]));
  const known = new Map((await ourSchedules(temporal)).map((one) => [one.scheduleId, one.subject]));
  for (const [id, { subject }] of byId) known.set(id, subject);
  const changes = await Promise.all(
    [...known].map(async ([scheduleId, subject]) =>
      changeOf({ scheduleId, subject }, byId.get(scheduleId) ?? null, await findSchedule(temporal, scheduleId)),
    ),
  );
  return changes.filter((change) => change !== null).sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

/** Null where there is neither a Schedule nor a wish for one. */
function changeOf(
  which: FoundSchedule,
  wanted: WantedSchedule | null,
  found: ScheduleDescription | null,
): ScheduleChange | null {
  if (wanted === null) return found === null ? null : { ...which, kind: 'extra', every: everyOf(found) };
  if (found === null) return { ...which, kind: 'create', wanted };
  const why = driftOf(found, wanted);
  return why.length > 0
    ? { ...which, kind: 'update', wanted, why, unguarded: guardedNoMore(found, wanted) }
    : { ...which, kind: 'keep', wanted, paused: found.state.paused };
}

/** `+ sync/tasks  every 5 min`, one line a Schedule; `prune` says whether what is not in the file goes. */
export function changeLine(change: ScheduleChange, { prune }: { readonly prune: boolean }): string {
  const subject = outside(change.subject);
  switch (change.kind) {
    case 'create':
      return `+ ${subject}  every ${formatDuration(change.wanted.everyMs)}`;
    case 'update':
      return `~ ${subject}  ${[...change.why, ...unguarded(change.unguarded, { prune })].join('; ')}`;
    case 'keep':
      return `= ${subject}  every ${formatDuration(change.wanted.everyMs)}${change.paused ? ', paused' : ''}`;
    case 'extra':
      return prune
        ? `- ${subject}  every ${change.every}, not in the file`
        : `? ${subject}  every ${change.every}, not in the file: --prune removes it`;
    default:
      return assertNever(change);
  }
}

function unguarded(records: readonly string[], { prune }: { readonly prune: boolean }): readonly string[] {
  if (records.length === 0) return [];
  return [`no longer guards ${outside(records.join(', '))}, not in the file${prune ? '' : ': only with --prune'}`];
}

/** Whether `apply` would do something about it. */
export function isToDo({ kind }: ScheduleChange, { prune }: { readonly prune: boolean }): boolean {
  return kind === 'create' || kind === 'update' || (kind === 'extra' && prune);
}
