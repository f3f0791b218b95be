import { sleep } from '@temporalio/workflow';
import type { ChunkFacts, SyncChunk, SyncChunkInput } from '../contracts/sync-activities.ts';
import type { SetAsideReport, SyncRequest, SyncStatus } from '../contracts/sync.ts';
import type { Said } from '../policies/as-temporal-failure.ts';
import { failure } from '../policies/failures.ts';
import { handOver } from './hand-over.ts';
import { leftOpen, type LeftOpen } from './left-open.ts';
import { startSyncProgress, type SyncProgress } from './sync-progress.ts';

/** One run of a pair. */
export interface SyncRun {
  readonly request: SyncRequest;
  readonly progress: SyncProgress;
  /** Somebody asked for a run (again). */
  wish(): void;
  /** A run that events asked for begins a moment after the first wish, so that many give one. */
  untilWished(): Promise<void>;
  /** One activity, with what the earlier ones of this run found. @throws NotConverging after too many. */
  round(work: (input: SyncChunkInput) => Promise<SyncChunk>): Promise<void>;
  /** Nothing was left to do, and nobody has asked since. */
  isDone(): boolean;
  /** Continues as new where the history grows long; returns otherwise. */
  handOver(): Promise<void>;
  /** Takes in what an activity that failed has done all the same. */
  endedBy(said: Pick<Said, 'facts'>): void;
  /** Creations that were sent and may still land, or lately did: the next look may be answered by a replica that is behind. */
  leftOpen(): LeftOpen;
}

/** Begins a run, or goes on with what an earlier execution of it carried over. Set the handlers before anything is awaited. */
export function startSync(request: SyncRequest): SyncRun {
  const { carried, pace, spec } = request;
  const progress = startSyncProgress(request);
  let wished = carried?.requested ?? request.trigger === 'event';
  let finished = carried?.finished ?? false;
  /** Activities since a look last found nothing to do. */
  let restless = carried?.restless ?? 0;
  let removed = carried?.removed ?? 0;
  let creations = carried?.creations ?? {};
  let unsettled = false;
  return {
    request,
    progress,
    wish: () => void (wished = true),
    untilWished: async () => {
      if (!wished) return;
      progress.show({ phase: 'waiting' });
      await sleep(pace.debounceMs, { summary: 'collecting wishes for a run' });
      wished = false;
    },
    round: async (work) => {
      const { status } = progress;
      if (finished) [restless, removed] = [0, 0]; // a wish begins anew
      if (restless >= pace.mostRounds) throw notConverging(status);
      restless += 1;
      progress.show({ phase: 'working' });
      const { adopt, allowRemovals } = request;
      const aside = finished ? NONE : { setAside: status.setAside, setAsideCount: status.setAsideCount };
      unsettled = true; // until it says otherwise
      const chunk = await work({ spec, adopt, allowRemovals, pace, removed, creations, ...aside });
      ({ removed, creations, done: finished } = chunk);
      unsettled = !finished && Object.keys(creations).length > 0;
      progress.take(chunk);
    },
    isDone: () => finished && !wished,
    handOver: () =>
      handOver((): SyncRequest => {
        const { startedAt, rounds, view, totals, setAside, setAsideCount } = progress.status;
        const shown = { startedAt, rounds, view, totals, setAside, setAsideCount };
        return { ...request, carried: { ...shown, finished, restless, removed, creations, requested: wished } };
      }),
    endedBy: ({ facts }) => {
      if (!isChunkFacts(facts)) return;
      progress.takeLast(facts);
      ({ unsettled } = facts);
    },
    leftOpen: () => leftOpen(creations, unsettled),
  };
}

const NONE: SetAsideReport = { setAside: [], setAsideCount: 0 };

function isChunkFacts(facts: unknown): facts is ChunkFacts {
  return typeof facts === 'object' && facts !== null && 'unsettled' in facts && 'totals' in facts;
}

function notConverging({ pair, rounds }: SyncStatus) {
  const sentence = `After ${rounds} activities there is still something to do: what is written does not stay.`;
  const next = `Look with ./switchyard sync ${pair} --dry-run at what is planned again and again.`;
  return failure('NotConverging', sentence, { next });
}
