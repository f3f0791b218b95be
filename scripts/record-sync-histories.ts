/**
 * Records a history of every end that a sync can have into test/histories, as record-histories.ts does for deployments:
 * `node --import tsx scripts/record-sync-histories.ts`.
 */
import { writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { startSyncYard, type SyncRig, type SyncRigOptions, type SyncYard } from '../test/support/sync-yard.ts';
import { syncId } from '../src/contracts/sync.ts';

interface End {
  readonly rig?: SyncRigOptions;
  /** Takes a run to its end. */
  readonly take: (rig: SyncRig) => Promise<unknown>;
  /** Which workflow is recorded; the run of the pair unless told otherwise. */
  readonly recorded?: (taken: unknown) => WorkflowHandle;
}

const A_TICK = (taken: unknown) => taken as WorkflowHandle;

const ENDS: Readonly<Record<string, End>> = {
  synced: { take: (rig) => rig.sync() },
  'synced-with-exceptions': {
    rig: { graph: { titleMax: 20 } },
    take: (rig) => {
      rig.todoist.person.add({ content: 'Longer than this mailbox allows' });
      return rig.sync();
    },
  },
  'in-chunks': { rig: { pace: { chunk: 1 } }, take: (rig) => rig.sync() },
  /** Two attempts fail before one goes through. */
  retried: {
    take: (rig) => {
      rig.graph.faults.add({ operation: 'GET lists', fault: { kind: 'reset' }, times: 2 });
      return rig.sync();
    },
  },
  stopped: {
    take: async (rig) => {
      await rig.sync();
      for (const { id } of rig.todoist.tasks()) rig.todoist.person.remove(id);
      return rig.sync();
    },
  },
  failed: {
    take: (rig) => {
      rig.todoist.revoke('todoist-token');
      return rig.sync();
    },
  },
  'gave-up': {
    rig: { pace: { giveUpAfterMs: 100 } },
    take: (rig) => {
      rig.todoist.faults.add({ operation: '*', fault: { kind: 'reset' }, times: Infinity });
      return rig.sync();
    },
  },
  /** While a look is held, for longer than a heartbeat takes to bring the cancellation. */
  cancelled: {
    rig: { timeouts: { readMs: 60_000, writeMs: 60_000 } },
    take: async (rig) => {
      const run = async (): Promise<void> => {
        await handleOf(rig).cancel();
        await new Promise((resolve) => setTimeout(resolve, 3_000));
      };
      rig.graph.faults.add({ operation: 'GET lists', fault: { kind: 'meanwhile', run } });
      return rig.sync();
    },
  },
  wished: { take: (rig) => wishAndWait(rig, 3) },
  /** The second execution of a run that so many wishes have continued as new: the first is too long to be kept. */
  'continued-as-new': {
    rig: { pace: { chunk: 2, heartbeatMs: 20_000 }, timeouts: { readMs: 60_000, writeMs: 60_000 } },
    take: (rig) => {
      const fault = { kind: 'meanwhile', run: () => wish(rig, 2_000) } as const;
      rig.graph.faults.add({ operation: 'GET lists', fault });
      return rig.sync();
    },
  },
  ticked: { take: (rig) => tickAndWait(rig), recorded: A_TICK },
  'tick-skipped': {
    take: async (rig) => {
      await rig.wish({ pace: { ...rig.request().pace, debounceMs: 2_000 } });
      const tick = await tickAndWait(rig);
      await handleOf(rig).result();
      return tick;
    },
    recorded: A_TICK,
  },
};

let yard: SyncYard;

async function record(): Promise<void> {
  await globalSetup();
  yard = await startSyncYard();
  for (const [name, { rig: options = {}, take, recorded }] of Object.entries(ENDS)) {
    const rig = await yard.rig(options);
    for (let i = 0; i < 3; i++) rig.todoist.person.add({ content: `Task ${i}` });
    const taken = await take(rig);
    const handle = recorded?.(taken) ?? handleOf(rig);
    await writeFile(new URL(`../test/histories/sync-${name}.json`, import.meta.url), await recordedHistory(handle));
    process.stdout.write(`sync-${name}: ${(await handle.describe()).status.name}\n`);
  }
  await yard.close();
  await globalTeardown();
}

function handleOf({ pair }: SyncRig): WorkflowHandle {
  return yard.temporal.client.workflow.getHandle(syncId(pair));
}

async function wishAndWait(rig: SyncRig, times: number): Promise<void> {
  await wish(rig, times);
  await handleOf(rig).result();
}

async function wish(rig: SyncRig, times: number): Promise<void> {
  for (let left = times; left > 0; left -= 50)
    await Promise.all(Array.from({ length: Math.min(50, left) }, () => rig.wish()));
}

async function tickAndWait(rig: SyncRig): Promise<WorkflowHandle> {
  const tick = await rig.tick();
  await tick.result();
  return tick;
}

await record();
