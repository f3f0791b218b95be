import { roleOf } from '../contracts/deploy.ts';
import type { GroupRequest } from '../contracts/deploy-group.ts';
import { planGroup, type GroupPlanned } from '../core/dns/plan-group.ts';
import type { Snapshot } from '../core/dns/snapshot.ts';
import { membersOf } from './check-group.ts';
import { groupForward } from './group-activities.ts';

/** What the deployment of a group would do, by the very function that it runs; writes nothing. */
export async function planGroupDeployment(
  request: GroupRequest,
): Promise<{ readonly planned: GroupPlanned; readonly snapshots: readonly Snapshot[] }> {
  const [first] = request.records;
  if (first === undefined) return { planned: { kind: 'refused', reasons: [] }, snapshots: [] };
  const { records: snapshots } = await groupForward(first.pace).readRecords(
    `reading ${request.records.length} records`,
    { records: request.records.map((one) => ({ record: one.record, zone: one.zone, ...roleOf(one) })) },
    { scheduleToCloseTimeout: '3 minutes', startToCloseTimeout: '2 minutes' },
  );
  const owner = `${'x'.repeat(36)}/deploy-group:${request.group}/${'x'.repeat(36)}`; // as long as the one that its run will have
  return { planned: planGroup(membersOf(request.records, snapshots), { ...request, owner }), snapshots };
}
