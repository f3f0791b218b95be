/**
 * `switchyard reset` as an AWS Lambda: puts records back on their declared default when an alarm goes off, or when somebody invokes
 * it. The work is that of the command line, src/activities/reset-records.ts; there is no Temporal in it.
 *
 * - A2 Settings and event are read whole before anything is asked of AWS.
 * - A3 Ends as an error where a record is not restored, so that Lambda counts it, tries it again, and an alarm can tell somebody.
 * - D2, D4 Events come at least once, and two may come at a time: the compare-and-swap lets one write, and the other finds it done.
 */
import { lookDeps } from '../../src/activities/look-deps.ts';
import { resetRecords } from '../../src/activities/reset-records.ts';
import type { ResetResult } from '../../src/contracts/reset.ts';
import { RESET_PACE, type ResetDeps } from '../../src/activities/reset-task.ts';
import { createAwsClients } from '../../src/clients.ts';
import { whatItSays } from '../../src/policies/as-temporal-failure.ts';
import { dueRecords } from './due-records.ts';
import { invocationPulse, type Invocation } from './invocation-pulse.ts';
import { LambdaError } from './lambda-error.ts';
import { readEvent } from './read-event.ts';
import { readSettings, type DeclaredRecord, type Settings } from './read-settings.ts';

/** What an invocation answers and logs. */
export interface LambdaReport {
  readonly schemaVersion: 1;
  /** Why it was invoked, and what for. */
  readonly sentence: string;
  /** A row a record that was to be reset, as `switchyard reset --json` has them; none where there was nothing to do. */
  readonly records: readonly ResetResult[];
}

/** @throws LambdaError: settings or an event that cannot be acted on, or a record that is not restored. */
export async function handler(event: unknown, invocation: Invocation): Promise<LambdaReport> {
  const settings = readSettings(process.env);
  const { records, sentence } = dueRecords(settings.records, readEvent(event, Date.now()));
  const report: LambdaReport = { schemaVersion: 1, sentence, records: await reset(records, settings, invocation) };
  console.log(JSON.stringify(report));
  const missed = report.records.filter(({ outcome }) => !RESTORED.includes(outcome));
  if (missed.length > 0) throw new LambdaError('NotRestored', missed.map(asSentence));
  return report;
}

/** `unseen` is in sync: that no name server can be asked from here, as in a VPC without a way out, is reported and no failure. */
const RESTORED: readonly ResetResult['outcome'][] = ['there', 'restored', 'unseen'];

async function reset(
  records: readonly DeclaredRecord[],
  settings: Settings,
  invocation: Invocation,
): Promise<readonly ResetResult[]> {
  // New for each invocation: connections that were frozen between two are dead, and the answer of a write would be lost on them.
  const aws = createAwsClients(settings.aws);
  const pulse = invocationPulse(invocation);
  const deps = { aws, look: lookDeps({ config: settings }), pulse, askToAbort: nobody };
  try {
    const rows = await Promise.all([false, true].map((force) => resetAlike(deps, records, force)));
    return records.flatMap(({ task }) => rows.flat().filter(({ record }) => record === task.record));
  } finally {
    aws.destroy();
  }
}

/** A deployment that is under way finds the fence of the reset, and writes nothing more. */
const nobody = (): Promise<void> => Promise.resolve();

/** Those that may be forced, or those that may not. A row for each, also where time was up before any could be made. */
async function resetAlike(
  deps: ResetDeps,
  records: readonly DeclaredRecord[],
  force: boolean,
): Promise<readonly ResetResult[]> {
  const tasks = records.filter((declared) => declared.force === force).map(({ task }) => task);
  try {
    return await resetRecords(deps, tasks, { force, pace: RESET_PACE });
  } catch (cause) {
    const { sentence, next } = whatItSays(cause);
    const row = { outcome: 'failed' as const, sentence, next, zone: null, servers: [], was: null };
    return tasks.map(({ record }) => ({ record, ...row }));
  }
}

function asSentence({ record, outcome, sentence, next }: ResetResult): string {
  return [`${record} (${outcome}): ${sentence}`, next].filter((part) => part !== null).join(' ');
}
