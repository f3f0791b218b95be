import type { MetricMeter } from '@temporalio/common';
import { COUNTERS } from '../contracts/counted.ts';
import { DEPLOY_QUEUE, DEPLOY_WORKFLOW, type DeployOutcome } from '../contracts/deploy.ts';
import { GROUP_WORKFLOW } from '../contracts/deploy-group.ts';
import { RESET_WORKFLOW, type ResetOutcome } from '../contracts/reset.ts';

/** The ends that somebody is told of when there is a first one. */
const DEPLOYMENTS = ['not-restored', 'rolled-back'] as const satisfies readonly DeployOutcome[];
const RESETS = ['foreign', 'refused', 'failed', 'unverified'] as const satisfies readonly ResetOutcome[];

/**
 * Shows rare ends as 0 from the start: a counter that appears as 1 has not risen, for Prometheus, so the first end of a worker would be told
 * to nobody. The labels are those that the SDK gives what workflows count.
 */
export function startAtZero(meter: MetricMeter, namespace: string): void {
  const zero = (name: 'switchyard_deployments' | 'switchyard_resets', workflowType: string, outcome: string): void =>
    meter
      .createCounter(name, undefined, COUNTERS[name])
      .add(0, { namespace, taskQueue: DEPLOY_QUEUE, workflowType, outcome });
  for (const outcome of DEPLOYMENTS)
    for (const type of [DEPLOY_WORKFLOW, GROUP_WORKFLOW]) zero('switchyard_deployments', type, outcome);
  for (const outcome of RESETS) zero('switchyard_resets', RESET_WORKFLOW, outcome);
}
