import { GROUP_WORKFLOW, groupId, groupSubject, LOCK_WORKFLOW } from './deploy-group.ts';
import { deployId, DEPLOY_WORKFLOW } from './deploy.ts';

/** Finds the deployments that run now, in Temporal's list of workflows. */
export const RUNNING_DEPLOYMENTS = `WorkflowType IN ('${DEPLOY_WORKFLOW}', '${GROUP_WORKFLOW}', '${LOCK_WORKFLOW}') AND ExecutionStatus = 'Running'`;

/** The record of a deployment's workflow id. */
export function recordOf(workflowId: string): string {
  const group = groupId('');
  if (workflowId.startsWith(group)) return groupSubject(workflowId.slice(group.length));
  const prefix = deployId('');
  return workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : workflowId;
}
