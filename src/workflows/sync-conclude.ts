import { ContinueAsNew, isCancellation, log } from '@temporalio/workflow';
import type { SyncOutcome, SyncReport } from '../contracts/sync.ts';
import { lastFailure, whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { countSync } from './count.ts';
import { keepSyncOutcome } from './sync-progress.ts';
import { tellOfSignIn } from './token-notices.ts';
import type { SyncRun } from './sync-run.ts';

/**
 * Runs a whole sync and ends it: with a report when it ends well, else with a failure whose message is the sentence and the next step, and
 * whose details carry the report (A3).
 */
export async function concludingSync(run: SyncRun, body: () => Promise<void>): Promise<SyncReport> {
  try {
    await body();
    const report = conclude(run, run.progress.status.setAside.length > 0 ? 'synced-with-exceptions' : 'synced', null);
    await tellOfSignIn(run.request, null);
    return report;
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error; // the same run, in its next execution
    const said = whatItSays(error);
    run.endedBy(said);
    const cancelled = isCancellation(error);
    const report = conclude(run, cancelled ? 'cancelled' : said.type === 'StoppedByGuard' ? 'stopped' : 'failed', said);
    if (cancelled) throw error; // ends as CANCELED, which is what was asked for
    await tellOfSignIn(run.request, said);
    throw lastFailure(said, report, error);
  }
}

function conclude(run: SyncRun, outcome: SyncOutcome, said: Said | null): SyncReport {
  const at = Date.now();
  const failure = said === null ? null : { type: said.type, sentence: said.sentence, next: said.next, at };
  run.progress.show({ phase: outcome, outcome, endedAt: at, failure });
  keepSyncOutcome(run.progress.status, run.leftOpen());
  const report = { ...run.progress.status, outcome };
  countSync(report);
  log.info(`sync/${report.pair}: ${says(report)}`, { outcome });
  return report;
}

/** Counts alone (A1). */
function says({ outcome, failure, totals, setAsideCount }: SyncReport): string {
  const applied = Object.entries(totals.applied).filter(([, count]) => count > 0);
  const did = applied
    .map(([kind, count]) => `${count} ${kind}`)
    .concat(setAsideCount > 0 ? [`${setAsideCount} set aside`] : []);
  return [outcome, ...did, ...(failure === null ? [] : [failure.sentence])].join(', ');
}
