/**
 * Records a history of every workflow that asks one thing and answers into test/histories: `node --import tsx scripts/record-short-histories.ts`.
 * The tests replay them.
 */
import { writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { createDoctorActivities } from '../src/activities/diagnose.ts';
import { GROUP_PLAN_WORKFLOW } from '../src/contracts/deploy-group.ts';
import { DOCTOR_WORKFLOW, PLAN_WORKFLOW } from '../src/contracts/deploy.ts';
import {
  DOCS_COLLECT_WORKFLOW,
  DOCS_DOCTOR_WORKFLOW,
  DOCS_LIST_WORKFLOW,
  DOCS_MOVE_WORKFLOW,
} from '../src/contracts/docs-runs.ts';
import type { DiagnoseInput } from '../src/contracts/doctor.ts';
import { SYNC_DOCTOR_WORKFLOW, SYNC_PLAN_WORKFLOW } from '../src/contracts/sync.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { startDocsYard } from '../test/support/docs-yard.ts';
import { groupRig } from '../test/support/group-yard.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { startSyncYard } from '../test/support/sync-yard.ts';
import { depsFor, startYard } from '../test/support/yard.ts';

type Ask = (type: string, input: unknown) => Promise<WorkflowHandle>;

/** Asks one workflow of a yard after the other. */
function asking({ temporal, taskQueue }: Pick<Awaited<ReturnType<typeof startYard>>, 'temporal' | 'taskQueue'>): Ask {
  return async (type, input) => {
    const handle = await temporal.client.workflow.start(type, {
      workflowId: `${type}:short`,
      taskQueue,
      args: [input],
    });
    await handle.result();
    return handle;
  };
}

async function keep(name: string, handle: WorkflowHandle, folder: string | null = null): Promise<void> {
  await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(handle, folder));
  process.stdout.write(`${name}: ${(await handle.describe()).status.name}\n`);
}

async function deployments(): Promise<void> {
  const yard = await startYard((sandboxOf) => ({
    diagnose: (input: DiagnoseInput) => createDoctorActivities(depsFor(sandboxOf(input.record ?? ''))).diagnose(input),
  }));
  const ask = asking(yard);
  const rig = await yard.rig();
  await keep('plan', await ask(PLAN_WORKFLOW, rig.request({ by: 'an operator' })));
  await keep('doctor', await ask(DOCTOR_WORKFLOW, { zone: null, record: rig.record }));
  const group = await groupRig(yard, { each: 1 });
  await keep('plan-group', await ask(GROUP_PLAN_WORKFLOW, group.request()));
  await yard.close();
}

async function syncs(): Promise<void> {
  const yard = await startSyncYard();
  const ask = asking(yard);
  const rig = await yard.rig();
  rig.todoist.person.add({ content: 'Task' });
  const { spec, adopt, allowRemovals, pace } = rig.request();
  await keep('plan-sync', await ask(SYNC_PLAN_WORKFLOW, { spec, adopt, allowRemovals, pace }));
  await keep('doctor-sync', await ask(SYNC_DOCTOR_WORKFLOW, { spec }));
  await yard.close();
}

async function docs(): Promise<void> {
  const yard = await startDocsYard();
  const ask = asking(yard);
  const rig = await yard.site();
  for (const text of ['one', 'two']) {
    await rig.says(text);
    await (await rig.ask()).end();
  }
  const { spec } = rig;
  const move = { kind: 'rollback', to: null };
  const moving = { spec, version: 'latest', by: 'an operator', askedAt: new Date().toISOString(), move };
  await keep('docs-moved', await ask(DOCS_MOVE_WORKFLOW, moving), yard.folder);
  await keep('docs-listed', await ask(DOCS_LIST_WORKFLOW, { spec }), yard.folder);
  await keep('doctor-docs', await ask(DOCS_DOCTOR_WORKFLOW, { spec }), yard.folder);
  await keep('docs-collected', await ask(DOCS_COLLECT_WORKFLOW, { spec }), yard.folder);
  await yard.close();
}

await globalSetup();
await deployments();
await syncs();
await docs();
await globalTeardown();
