import { roleOf } from '../contracts/deploy.ts';
import { planTogether, type GroupRequest, type PlannedGroup } from '../contracts/deploy-group.ts';
import { groupForward } from './group-activities.ts';

/** What the deployment of a group would do; writes nothing. */
export async function planGroupDeployment(request: GroupRequest): Promise<PlannedGroup> {
  const [first] = request.records;
  if (first === undefined) return { planned: { kind: 'refused', reasons: [] }, snapshots: [] };
  const { records: snapshots } = await groupForward(first.pace).readRecords(
    `reading ${request.records.length} records`,
    { records: request.records.map((one) => ({ record: one.record, zone: one.zone, ...roleOf(one) })) },
    { scheduleToCloseTimeout: '3 minutes', startToCloseTimeout: '2 minutes' },
  );
  return planTogether(request, snapshots);
}
