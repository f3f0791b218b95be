/**
 * Records histories of the queue of a record into test/histories: `node --import tsx scripts/record-queue-histories.ts`. Record anew only when a
 * change that would strand what waits is wanted, and say so in the changelog.
 */
import { writeFile } from 'node:fs/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { nextDeployId, QUEUE_WORKFLOW, WITHDRAW, type QueuedDeployment } from '../src/contracts/deploy-queue.ts';
import globalSetup from '../test/support/global-setup.ts';
import globalTeardown from '../test/support/global-teardown.ts';
import { recordedHistory } from '../test/support/recorded-history.ts';
import { PLAIN, startYard, type Rig, type Yard } from '../test/support/yard.ts';

async function record(): Promise<void> {
  await globalSetup();
  const yard = await startYard();
  const started = await enqueue(yard, await yard.rig());
  await keep('queue-started', started);

  const rig = await yard.rig();
  const holder = await rig.deploy({
    steps: [
      { share: 50, holdMs: 60_000 },
      { share: 100, holdMs: 0 },
    ],
    gates: [PLAIN],
  });
  await holder.until(({ phase }) => phase === 'holding');
  const waiting = await enqueue(yard, rig);
  const { runId } = await waiting.describe();
  const latest = yard.temporal.client.workflow.getHandle(nextDeployId(rig.record));
  while ((await latest.describe()).runId === runId) await new Promise((go) => setTimeout(go, 20));
  await latest.signal(WITHDRAW, { by: 'an operator', reason: 'not any more' });
  await keep('queue-withdrawn', latest);
  await keep('queue-continued-as-new', yard.temporal.client.workflow.getHandle(latest.workflowId, runId));
  await holder.abort();
  await yard.close();
  await globalTeardown();
}

function enqueue(yard: Yard, rig: Rig): Promise<WorkflowHandle> {
  const queued: QueuedDeployment = {
    request: rig.request({ gates: [PLAIN], by: 'an operator' }),
    labels: {
      memo: { requestId: null, by: 'an operator', to: '192.0.2.20', request: 'a hash', entry: 'an entry' },
      staticSummary: 'to 192.0.2.20',
      staticDetails: 'asked by an operator',
    },
    taskQueue: yard.taskQueue,
    since: Date.now(),
    limitMs: 60_000,
    retry: { firstMs: 50, maxMs: 50, triesARun: 3 },
  };
  const options = { workflowId: nextDeployId(rig.record), taskQueue: yard.taskQueue, args: [queued] };
  return yard.temporal.client.workflow.start(QUEUE_WORKFLOW, options);
}

async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  await handle.result().catch(() => undefined);
  await writeFile(new URL(`../test/histories/${name}.json`, import.meta.url), await recordedHistory(handle));
  process.stdout.write(`${name}\n`);
}

await record();
