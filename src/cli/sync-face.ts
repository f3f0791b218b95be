import type { SyncStatus } from '../contracts/sync.ts';
import type { RunEnd } from './look-at-run.ts';
import type { SyncLook } from './look-at-sync.ts';
import type { View } from './render.ts';
import { progressWords, speechlessSyncLines, syncChangeLines, syncClosingLines, syncLines } from './render-sync.ts';
import type { Face, Reporter } from './reporter.ts';
import { clock } from './words.ts';

/** Syncs are followed by more than their query: how far an activity is, its heartbeats tell. */
export type SyncReporter = Reporter<SyncLook, SyncStatus>;

/** What a run of a pair looks like while it is followed. */
export function syncFace(pair: string): Face<SyncLook, SyncStatus> {
  const progress = progressNews();
  let before: SyncStatus | null = null;
  const changes = (status: SyncStatus): readonly string[] => {
    const lines = syncChangeLines(before, status);
    before = status;
    return lines;
  };
  return {
    subject: { pair },
    drawn: syncLines,
    drawnLast: () => [],
    news: (look) => [...(look.status === null ? [] : changes(look.status)), ...progress(look)],
    newsOfEnd: changes,
    facts: ({ status, beat, trouble }) => ({ status, progress: progressOf(beat), trouble }),
    endLines: (end, view) => syncEndLines(end, pair, view),
  };
}

/** The last lines of any end. */
export function syncEndLines(end: RunEnd<SyncStatus>, pair: string, view: View): readonly string[] {
  return end.kind === 'reported' ? syncClosingLines(end.status, view) : speechlessSyncLines(pair, end, view);
}

/** Of the activity that is under way, for programs. */
export function progressOf(beat: SyncLook['beat']) {
  return beat === null ? null : { applied: beat.totals.applied, planned: beat.planned };
}

const PROGRESS_EVERY_MS = 5_000;

/** A line when the counts have changed, and not for every one of thousands of tasks. */
function progressNews(): (look: SyncLook) => readonly string[] {
  let said = '';
  let at = 0;
  return (look) => {
    const words = progressWords(look) ?? said;
    if (words === said || Date.now() - at < PROGRESS_EVERY_MS) return [];
    [said, at] = [words, Date.now()];
    return [`${clock(at)}  ${words}`];
  };
}
