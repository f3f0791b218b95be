/** An attempt at its beginning: what it knows of those before it. */
import type { ChunkBeat, SyncChunkInput } from '../../contracts/sync-activities.ts';
import { ACTION_KINDS } from '../../contracts/sync.ts';
import type { TodoList } from '../../core/tasks/model.ts';
import type { Pulse } from '../pulse.ts';
import type { LeftBefore, Standing } from './standing.ts';
import { holdLease, type Lease } from './hold-lease.ts';
import { startPatience, type Patience, type PatienceOptions } from './patience.ts';
import { startProgress, type Progress } from './progress.ts';

/** One attempt of the activity. */
export interface Chunk {
  readonly input: SyncChunkInput;
  readonly pulse: Pulse;
  readonly progress: Progress;
  readonly patience: Patience;
  readonly quietUntil: number;
  readonly madeLists: TodoList[];
  /** How often each task was acted upon. */
  readonly tries: Map<string, number>;
  /** How often Todoist did not tell what became of a task. */
  readonly untold: Map<string, number>;
  readonly lease: Lease;
  /** Actions that were applied. */
  applied: number;
  troubleSince: number | null;
}

/** Goes on from what the attempt before said last. End its lease. */
export async function openChunk(input: SyncChunkInput, pulse: Pulse, standing: Standing): Promise<Chunk> {
  const before = resumedFrom(pulse);
  const { heartbeatMs, settleMs } = input.pace;
  const left = await leftOpen({ pulse, standing, before }, input);
  const progress = startProgress(before?.totals ?? null, before ?? input);
  if (pulse.attempt > 1) progress.retried += 1;
  return {
    input,
    pulse,
    progress,
    patience: startPatience({ settleMs, ...left }),
    quietUntil: left.quietUntil,
    madeLists: [],
    tries: new Map(),
    untold: new Map(),
    applied: 0,
    // With what is in flight when it is lost, this attempt has ended before anybody else creates anything.
    lease: holdLease(standing, pulse, Math.min(heartbeatMs, settleMs / 2)),
    troubleSince: before?.troubleSince ?? null,
  };
}

interface Before {
  readonly pulse: Pulse;
  readonly standing: Standing;
  /** What the attempt before said last. */
  readonly before: ChunkBeat | null;
}

/** What may not show yet, and until when nothing may be created. */
type Left = Omit<PatienceOptions, 'settleMs'>;

/**
 * What an attempt that died said last may be older than what it sent last, and by another clock; an earlier run that was cut off has told
 * nobody, and what one has told that ended well may not show everywhere yet.
 */
async function leftOpen({ pulse, standing, before }: Before, { creations, pace }: SyncChunkInput): Promise<Left> {
  const { attempt, now } = pulse;
  // Where it cannot be told, an earlier run may have been cut off.
  const left = await standing.leftOpen().catch((): LeftBefore => ({ cutOffAt: now(), creations: {} }));
  const hasDied = attempt > 1 && (before?.attempt !== attempt - 1 || before.creations === null);
  const until = (at: number | null): number => (at === null ? 0 : at + pace.settleMs);
  return {
    creations: before?.creations ?? creations,
    earlier: left.creations,
    quietUntil: Math.max(before?.quietUntil ?? 0, until(left.cutOffAt), until(hasDied ? now() : null)),
  };
}

/** What the attempt before said last; null in a first attempt, or where it said nothing. */
function resumedFrom({ resumed }: Pulse): ChunkBeat | null {
  const beat = resumed as Partial<ChunkBeat> | null | undefined;
  const counts = beat?.totals?.applied;
  return counts !== undefined && ACTION_KINDS.every((kind) => kind in counts) ? (beat as ChunkBeat) : null;
}
