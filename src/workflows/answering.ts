import type { DeployPhase, DeployStatus, MessageAnswer } from '../contracts/deploy.ts';
import { failure } from '../policies/failures.ts';
import type { Run } from './run.ts';

export function answer({ progress }: Run, sentence: string): MessageAnswer {
  return { sentence, status: progress.status };
}

export function afterAbort(status: DeployStatus): string {
  if (status.outcome === 'promoted') return `${status.record} had been promoted before the abort arrived`;
  return status.outcome === 'refused' ? 'stopped before anything was written' : `ended: ${status.outcome ?? 'unknown'}`;
}

export function mustBeUnderWay(run: Run, verb: string): void {
  if (ended(run)) throw refused(run, verb, `it has ended: ${run.progress.status.outcome ?? ''}`);
}

export function mustBeIn(run: Run, verb: string, phases: readonly DeployPhase[]): void {
  const { phase } = run.progress.status;
  if (!phases.includes(phase)) throw refused(run, verb, `it is ${phase}, not ${phases.join(' or ')}`);
}

export function refused(run: Run, verb: string, why: string) {
  return failure('Refused', `cannot ${verb} the deployment of ${run.progress.status.record}: ${why}.`);
}

export function ended(run: Run): boolean {
  return run.progress.status.outcome !== null;
}
