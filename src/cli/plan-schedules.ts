import type { ScheduleDescription } from '@temporalio/client';
import { formatDuration } from '../core/duration.ts';
import { assertNever } from '../core/assert-never.ts';
import { findSchedule, scheduledPairs } from './find-schedules.ts';
import { asSubject } from './parse/pair-name.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { driftOf, everyOf, isScheduled, type ScheduledPair } from './sync-schedule.ts';
import type { TemporalClient } from './temporal-client.ts';
import { outside } from './words.ts';

/** What makes the Schedule of one pair equal to the file. */
export type ScheduleChange =
  | { readonly kind: 'create'; readonly pair: string; readonly wanted: ScheduledPair }
  | { readonly kind: 'update'; readonly pair: string; readonly wanted: ScheduledPair; readonly why: readonly string[] }
  | { readonly kind: 'keep'; readonly pair: string; readonly wanted: ScheduledPair; readonly paused: boolean }
  /** Not in the file, or without `every` there. */
  | { readonly kind: 'extra'; readonly pair: string; readonly every: string };

/** Compares every Schedule of ours with the file. */
export async function planSchedules(
  temporal: TemporalClient,
  pairs: ReadonlyMap<string, DeclaredPair>,
): Promise<readonly ScheduleChange[]> {
  const wanted = [...pairs.values()].filter(isScheduled);
  const names = new Set([...wanted.map(({ spec }) => spec.pair), ...(await scheduledPairs(temporal))]);
  const changes = await Promise.all(
    [...names].sort().map(async (pair) => {
      const declared = wanted.find(({ spec }) => spec.pair === pair) ?? null;
      return changeOf(pair, declared, await findSchedule(temporal, pair));
    }),
  );
  return changes.filter((change) => change !== null);
}

/** Null where there is neither a Schedule nor a wish for one. */
function changeOf(
  pair: string,
  wanted: ScheduledPair | null,
  found: ScheduleDescription | null,
): ScheduleChange | null {
  if (wanted === null) return found === null ? null : { kind: 'extra', pair, every: everyOf(found) };
  if (found === null) return { kind: 'create', pair, wanted };
  const why = driftOf(found, wanted);
  return why.length > 0
    ? { kind: 'update', pair, wanted, why }
    : { kind: 'keep', pair, wanted, paused: found.state.paused };
}

/** `+ sync/tasks  every 5 min`, one line a pair; `prune` says whether what is not in the file goes. */
export function changeLine(change: ScheduleChange, { prune }: { readonly prune: boolean }): string {
  const subject = asSubject(outside(change.pair));
  switch (change.kind) {
    case 'create':
      return `+ ${subject}  every ${formatDuration(change.wanted.everyMs)}`;
    case 'update':
      return `~ ${subject}  ${change.why.join('; ')}`;
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

/** Whether `apply` would do something about it. */
export function isToDo({ kind }: ScheduleChange, { prune }: { readonly prune: boolean }): boolean {
  return kind === 'create' || kind === 'update' || (kind === 'extra' && prune);
}
