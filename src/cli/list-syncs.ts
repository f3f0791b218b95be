import type { ScheduleDescription } from '@temporalio/client';
import { scheduleId, SYNC_WORKFLOW, syncId, type SyncMemo } from '../contracts/sync.ts';
import { SYNC_WORDS } from './explain.ts';
import { findSchedule, ourSchedules } from './find-schedules.ts';
import { pairIn } from './parse/pair-name.ts';
import type { DeclaredPair } from './sync-policy.ts';
import { scheduleOfPair } from './sync-schedule.ts';
import { isNotFound, type TemporalClient } from './temporal-client.ts';
import { driftOf } from './wanted-schedule.ts';
import { clock, day, outside, table } from './words.ts';

/** How the Schedule of a pair stands to the file. */
export type Drift = 'missing' | 'differs' | 'not in the file';

export interface ListedSync {
  readonly pair: string;
  /** The newest run; null: never, or forgotten. */
  readonly run: ListedRun | null;
  /** When its Schedule starts the next one; null where it has none or is paused. */
  readonly nextAt: number | null;
  readonly paused: boolean;
  /** Null where nothing differs, or no file says anything. */
  readonly drift: Drift | null;
}

interface ListedRun {
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** As Temporal says it: RUNNING, COMPLETED, FAILED, TERMINATED. */
  readonly temporalStatus: string;
  readonly memo: Partial<SyncMemo>;
}

/** Pairs by name, as the file declares them; null where there is no file. */
type Declared = ReadonlyMap<string, DeclaredPair> | null;

/** Every pair of the file, and every one that Temporal knows of. */
export async function listSyncs(temporal: TemporalClient, declared: Declared): Promise<readonly ListedSync[]> {
  const [schedules, running] = await Promise.all([ourSchedules(temporal), runningPairs(temporal)]);
  const scheduled = schedules.flatMap(({ subject }) => pairIn(subject) ?? []);
  const names = new Set([...(declared?.keys() ?? []), ...scheduled, ...running]);
  return Promise.all([...names].sort().map((pair) => listOne(temporal, pair, declared)));
}

async function runningPairs({ ask, client }: TemporalClient): Promise<readonly string[]> {
  const query = `WorkflowType = '${SYNC_WORKFLOW}' AND ExecutionStatus = 'Running'`;
  const prefix = syncId('');
  return ask(async () => {
    const pairs: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query })) {
      if (workflowId.startsWith(prefix)) pairs.push(workflowId.slice(prefix.length));
    }
    return pairs;
  });
}

async function listOne(temporal: TemporalClient, pair: string, declared: Declared): Promise<ListedSync> {
  const [schedule, run] = await Promise.all([findSchedule(temporal, scheduleId(pair)), newestRun(temporal, pair)]);
  const paused = schedule?.state.paused ?? false;
  return {
    pair,
    run,
    nextAt: paused ? null : (schedule?.info.nextActionTimes[0]?.getTime() ?? null),
    paused,
    drift: declared === null ? null : drift(schedule, declared.get(pair)),
  };
}

function drift(schedule: ScheduleDescription | null, declared: DeclaredPair | undefined): Drift | null {
  const scheduled = declared === undefined ? null : scheduleOfPair(declared);
  if (scheduled === null) return schedule === null ? null : 'not in the file';
  if (schedule === null) return 'missing';
  return driftOf(schedule, scheduled).length > 0 ? 'differs' : null;
}

async function newestRun({ ask, client }: TemporalClient, pair: string): Promise<ListedRun | null> {
  try {
    const { startTime, closeTime, status, memo } = await ask(() => client.workflow.getHandle(syncId(pair)).describe());
    return {
      startedAt: startTime.getTime(),
      endedAt: closeTime?.getTime() ?? null,
      temporalStatus: status.name,
      memo: memo ?? {},
    };
  } catch (cause) {
    if (isNotFound(cause)) return null;
    throw cause;
  }
}

/** One line a pair; none where there is no pair. */
export function syncTable(syncs: readonly ListedSync[]): readonly string[] {
  if (syncs.length === 0) return [];
  return table([
    ['SYNC', 'STATE', 'LAST END (UTC)', 'NEXT RUN', 'BY', 'SCHEDULE'],
    ...syncs.map((sync) => [
      outside(sync.pair),
      stateWords(sync),
      sync.run?.endedAt == null ? '' : day(sync.run.endedAt),
      nextWords(sync),
      outside(sync.run?.memo.by ?? ''),
      driftWords(sync),
    ]),
  ]);
}

function stateWords({ run }: ListedSync): string {
  if (run === null) return 'no run known';
  if (run.temporalStatus === 'RUNNING') return `running since ${clock(run.startedAt)}`;
  const { outcome } = run.memo;
  return outcome === undefined ? `${run.temporalStatus.toLowerCase()} (not sure)` : SYNC_WORDS[outcome];
}

function nextWords({ nextAt, paused }: ListedSync): string {
  if (paused) return 'paused';
  return nextAt === null ? 'when asked' : clock(nextAt);
}

const DRIFT_WORDS = {
  missing: 'missing: ./switchyard apply makes it',
  differs: 'differs from the file: ./switchyard apply corrects it',
  'not in the file': 'not in the file: ./switchyard apply --prune removes it',
} satisfies Record<Drift, string>;

function driftWords({ drift: how, nextAt, paused }: ListedSync): string {
  if (how !== null) return DRIFT_WORDS[how];
  return nextAt === null && !paused ? '' : 'ok';
}
