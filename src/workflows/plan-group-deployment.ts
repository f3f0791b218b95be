import { planTogether, type GroupRequest, type PlannedGroup } from '../contracts/deploy-group.ts';
import { readTogether } from './read-group.ts';

/** What the deployment of a group would do; writes nothing. */
export async function planGroupDeployment(request: GroupRequest): Promise<PlannedGroup> {
  const { records } = request;
  const [first] = records;
  if (first === undefined) return { planned: { kind: 'refused', reasons: [] }, snapshots: [] };
  const patience = { within: 3 * MINUTE, attemptWithin: 2 * MINUTE }; // somebody waits for it
  return planTogether(request, await readTogether(first.pace, records, patience));
}

const MINUTE = 60_000;
