/**
 * Records a history of every end that a build of documentation can have into test/histories, as record-sync-histories.ts does for syncs:
 * `node --import tsx scripts/record-docs-histories.ts`.
 */
import { writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { FAST_DOCS, startDocsYard, type DocsRig, type DocsYard, type SiteOptions } from '../test/support/docs-yard.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';

interface End {
  readonly site?: SiteOptions;
  /** Takes a run to its end. */
  readonly take: (rig: DocsRig) => Promise<WorkflowHandle>;
}

const ENDS: Readonly<Record<string, End>> = {
  published: { take: (rig) => built(rig, 'one') },
  unchanged: {
    take: async (rig) => {
      await built(rig, 'one');
      return built(rig, 'one');
    },
  },
  preview: { take: (rig) => built(rig, 'one', { publish: false }) },
  'gates-failed': { site: { gates: { warnings: 'fail' } }, take: (rig) => built(rig, 'WARN') },
  failed: { take: (rig) => built(rig, 'FAIL') },
  superseded: {
    take: async (rig) => {
      await rig.says('WAIT one');
      const run = await rig.ask();
      await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
      return built(rig, 'two', { wish: { trigger: 'event' } });
    },
  },
  cancelled: {
    take: async (rig) => {
      await rig.says('WAIT one');
      const run = await rig.ask();
      await run.until(({ stages }) => stages.some(({ name }) => name === 'generate'));
      await run.handle.cancel();
      await run.end();
      return run.handle;
    },
  },
  ticked: {
    take: async (rig) => {
      const { spec } = rig;
      await rig.says('one');
      const options = { workflowId: `docs-tick-${spec.site}`, taskQueue: yard.taskQueue };
      const tick = await yard.temporal.client.workflow.start('tickDocs', {
        ...options,
        args: [{ spec, pace: FAST_DOCS }],
      });
      await tick.result();
      return tick;
    },
  },
};

let yard: DocsYard;

async function built(rig: DocsRig, text: string, how: Parameters<DocsRig['ask']>[0] = {}): Promise<WorkflowHandle> {
  await rig.says(text);
  const run = await rig.ask(how);
  await run.end();
  return run.handle;
}

async function record(): Promise<void> {
  await globalSetup();
  yard = await startDocsYard();
  for (const [name, { site = {}, take }] of Object.entries(ENDS)) {
    const handle = await take(await yard.site(site));
    const history = await recordedHistory(handle, yard.folder);
    await writeFile(new URL(`../test/histories/docs-${name}.json`, import.meta.url), history);
    process.stdout.write(`docs-${name}: ${(await handle.describe()).status.name}\n`);
  }
  await yard.close();
  await globalTeardown();
}

await record();
