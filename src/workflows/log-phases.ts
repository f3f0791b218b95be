import { log } from '@temporalio/workflow';
import type { DeployStatus } from '../contracts/deploy.ts';

/** A line for operators wherever a deployment goes; a history that replays writes none. */
export function logPhase(before: DeployStatus, after: DeployStatus): void {
  if (before.phase === after.phase) return;
  const { record, phase, share, blocked, failure } = after;
  const why = blocked?.sentence ?? failure?.sentence;
  log.info(`${record}: ${phase}${why === undefined ? '' : `: ${why}`}`, { phase, share });
}
