/**
 * Records a history of the ends of a reset that an alarm asked for into test/histories: `node --import tsx scripts/record-reset-histories.ts`.
 * The tests replay them.
 */
import { writeFile } from 'node:fs/promises';
import { createResetActivities } from '../src/activities/reset-activities.ts';
import { RESET_WORKFLOW, resetId, type ResetRequest } from '../src/contracts/reset.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { endOf } from '../test/support/run-handle.ts';
import { depsFor, startYard, type Rig } from '../test/support/yard.ts';

/** What the reset comes upon, where a deployment has promoted black. */
const ENDS: Readonly<Record<string, (rig: Rig) => void>> = {
  restored: () => undefined,
  foreign: ({ sandbox: { route53, zoneId }, record }) => {
    route53.put(zoneId, { Name: record, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '203.0.113.7' }] });
  },
};

await globalSetup();
const yard = await startYard((sandboxOf) => ({
  resetRecord: (request: ResetRequest) =>
    createResetActivities(depsFor(sandboxOf(request.task.record))).resetRecord(request),
}));
for (const [name, come] of Object.entries(ENDS)) {
  const rig = await yard.rig({ withoutTls: true });
  const { report } = await (
    await rig.deploy({ steps: [{ share: 100, holdMs: 0 }], gates: [], unchecked: true, by: 'an operator' })
  ).end();
  if (report?.outcome !== 'promoted') throw new Error('black was not promoted');
  come(rig);
  const request: ResetRequest = {
    task: {
      record: rig.record,
      zone: null,
      role: null,
      wish: { kind: 'default', target: { kind: 'values', values: ['192.0.2.10'] }, ttl: null, leave: [] },
      verify: 'authoritative',
    },
    reason: 'the alarm www-5xx went off',
  };
  const { taskQueue, temporal } = yard;
  const handle = await temporal.client.workflow.start(RESET_WORKFLOW, {
    workflowId: resetId(rig.record),
    taskQueue,
    args: [request],
  });
  const { status, type } = await endOf(handle);
  await writeFile(new URL(`../test/histories/reset-${name}.json`, import.meta.url), await recordedHistory(handle));
  process.stdout.write(`reset-${name}: ${status} ${type ?? ''}\n`);
}
await yard.close();
await globalTeardown();
