import { ContinueAsNew, isCancellation, log } from '@temporalio/workflow';
import type { DocsOutcome, DocsReport } from '../contracts/docs-runs.ts';
import { lastFailure, whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { docsFailureOf } from '../policies/docs-failure.ts';
import { countBuild } from './count.ts';
import { whatStands } from './docs-activities.ts';
import { keepDocsOutcome } from './docs-progress.ts';
import type { DocsRun } from './docs-run.ts';

/**
 * Runs builds to their end: with a report where one was made, else with a failure whose message is the sentence and the next step, and whose
 * details carry the report (A3).
 */
export async function concludingDocs(run: DocsRun, body: () => Promise<void>): Promise<DocsReport> {
  try {
    await body();
    return conclude(run, run.progress.status.outcome ?? 'failed', null);
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error; // the same run, in its next execution
    const { progress, request } = run;
    if (progress.status.stands === null) progress.show({ stands: await whatStands(request) });
    const said = whatItSays(error);
    const cancelled = isCancellation(error);
    const report = conclude(
      run,
      cancelled ? 'cancelled' : said.type === 'GatesFailed' ? 'gates-failed' : 'failed',
      said,
    );
    if (cancelled) throw error; // ends as CANCELED, which is what was asked for
    throw lastFailure(said, report, error);
  }
}

function conclude({ progress }: DocsRun, outcome: DocsOutcome, said: Said | null): DocsReport {
  const failure = said === null ? null : docsFailureOf(said);
  progress.show({ outcome, endedAt: Date.now(), failure });
  keepDocsOutcome(progress.status);
  const report = { ...progress.status, outcome };
  countBuild(report);
  const why = failure === null ? '' : `: ${failure.sentence}`;
  log.info(`docs/${report.site}/${report.version}: ${outcome}${why}`, { outcome });
  return report;
}
