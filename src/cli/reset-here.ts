import { lookDeps } from '../activities/look-deps.ts';
import { plainPulse } from '../activities/pulse.ts';
import { resetRecords, sightResets } from '../activities/reset-records.ts';
import { RESET_PACE, type ResetDeps } from '../activities/reset-task.ts';
import type { ResetResult, ResetSight, ResetTask } from '../contracts/reset.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Environment } from './terminal.ts';

export interface ResetHere extends Pick<ResetDeps, 'askToAbort'> {
  readonly force: boolean;
  readonly env: Environment;
}

/** Resets from this process, with its own AWS credentials and its own way to the name servers. */
export function resetHere(tasks: readonly ResetTask[], here: ResetHere): Promise<readonly ResetResult[]> {
  return resetRecords(depsOf(here), tasks, { force: here.force, pace: RESET_PACE });
}

/** What that would do. */
export function sightHere(tasks: readonly ResetTask[], here: ResetHere): Promise<readonly ResetSight[]> {
  return sightResets(depsOf(here), tasks, { force: here.force, pace: RESET_PACE });
}

function depsOf({ env, askToAbort }: ResetHere): ResetDeps {
  const config = loadDirectConfig(env);
  return { aws: createAwsClients(config.aws), look: lookDeps({ config }), pulse: plainPulse(), askToAbort };
}
