import { plainPulse } from '../activities/pulse.ts';
import { resetRecords, RESET_PACE, type ResetResult, type ResetTask } from '../activities/reset-records.ts';
import { createResolveTarget } from '../activities/resolve-target.ts';
import { createAwsClients } from '../clients.ts';
import { loadDirectConfig } from '../config.ts';
import type { Environment } from './terminal.ts';

const ASK_TIMEOUT_MS = 2_000;

/** Resets from this process, with its own AWS credentials and its own way to the name servers. */
export function resetHere(
  tasks: readonly ResetTask[],
  { force, env }: { readonly force: boolean; readonly env: Environment },
): Promise<readonly ResetResult[]> {
  const { aws, reach } = loadDirectConfig(env);
  const look = { reach, resolve: createResolveTarget(reach.resolvers), askTimeoutMs: ASK_TIMEOUT_MS };
  return resetRecords({ aws: createAwsClients(aws), look, pulse: plainPulse() }, tasks, { force, pace: RESET_PACE });
}
