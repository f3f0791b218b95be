import { allHandlersFinished, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { DeployOutcome, DeployReport } from '../contracts/deploy.ts';
import { lastFailure, whatItSays, type Said } from '../policies/as-temporal-failure.ts';
import { countDeployment } from './count.ts';
import { keepOutcome } from './progress.ts';
import type { Run } from './run.ts';

/**
 * Runs a whole deployment and ends it: with a report when it ends well, else with a failure whose message is the sentence and
 * the next step, and whose details carry the report (A3). Every way out waits for the handlers, so that whoever asked is answered.
 */
export async function concluding(run: Run, body: () => Promise<'promoted' | 'unchanged'>): Promise<DeployReport> {
  try {
    return await conclude(run, await body());
  } catch (error) {
    const said = whatItSays(error);
    const report = await conclude(run, endOf(run, said), said);
    if (isCancellation(error) && said.type === 'Aborted') throw error; // ends as CANCELED, which is what was asked for
    throw lastFailure({ ...said, sentence: lastWords(said, report) }, report, error);
  }
}

async function conclude(run: Run, outcome: DeployOutcome, said: Said | null = null): Promise<DeployReport> {
  return CancellationScope.nonCancellable(async () => {
    const at = Date.now();
    const rollbackBegan = run.rollback === 'done' ? (run.progress.status.failure?.at ?? null) : null;
    const failure = said === null ? null : { type: said.type, sentence: said.sentence, next: said.next, at };
    run.progress.show({ phase: outcome, outcome, endedAt: at, failure, deadlineAt: null, approval: null });
    keepOutcome(run.progress.status, run.left);
    await condition(allHandlersFinished);
    await run.notices.lastWords();
    countDeployment({ outcome, rollbackBegan, at });
    return { ...run.progress.status, outcome };
  });
}

function endOf({ rollback }: Run, said: Said): DeployOutcome {
  if (said.type === 'Superseded' && rollback !== 'done') return 'superseded'; // of a group, the other records are restored
  if (said.type === 'NotRestored') return 'not-restored';
  if (rollback === 'none') return 'refused';
  return rollback === 'done' ? 'rolled-back' : 'not-restored';
}

/** Why, and what stands now. */
export function lastWords({ sentence }: Pick<Said, 'sentence'>, { record, outcome, serving }: DeployReport): string {
  const why = sentence.endsWith('.') ? sentence : `${sentence}.`;
  return `${why} ${WHAT_STANDS[outcome](record, serving?.sentence ?? 'red')}`;
}

const WHAT_STANDS: Readonly<Record<DeployOutcome, (record: string, serves: string) => string>> = {
  promoted: (record) => `${record} was promoted.`,
  unchanged: (record) => `${record} is unchanged.`,
  refused: () => 'Nothing was written.',
  'rolled-back': (record, serves) => `Rolled back: ${record} serves ${serves}.`,
  superseded: () => 'This run writes nothing more.',
  'not-restored': (record) => `NOT RESTORED: look at ${record} now.`,
};
