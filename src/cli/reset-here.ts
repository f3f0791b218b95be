import { lookDeps } from '../activities/look-deps.ts';
import { plainPulse } from '../activities/pulse.ts';
import { resetRecords } from '../activities/reset-records.ts';
import type { ResetResult, ResetTask } from '../contracts/reset.ts';
import { RESET_PACE, type ResetDeps } from '../activities/reset-task.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Environment } from './terminal.ts';

export interface ResetHere extends Pick<ResetDeps, 'askToAbort'> {
  readonly force: boolean;
  readonly env: Environment;
}

/** Resets from this process, with its own AWS credentials and its own way to the name servers. */
export function resetHere(
  tasks: readonly ResetTask[],
  { force, env, askToAbort }: ResetHere,
): Promise<readonly ResetResult[]> {
  const config = loadDirectConfig(env);
  const deps = { aws: createAwsClients(config.aws), look: lookDeps({ config }), pulse: plainPulse(), askToAbort };
  return resetRecords(deps, tasks, { force, pace: RESET_PACE });
}
