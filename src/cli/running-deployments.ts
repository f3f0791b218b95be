import { deployId, DEPLOY_WORKFLOW } from '../contracts/deploy.ts';

/** Finds the deployments that run now, in Temporal's list of workflows. */
export const RUNNING_DEPLOYMENTS = `WorkflowType = '${DEPLOY_WORKFLOW}' AND ExecutionStatus = 'Running'`;

/** The record of a deployment's workflow id. */
export function recordOf(workflowId: string): string {
  const prefix = deployId('');
  return workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : workflowId;
}
