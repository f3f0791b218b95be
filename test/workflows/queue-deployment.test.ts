import type { WorkflowHandle } from '@temporalio/client';
import { deployId, MESSAGES, type DeployStatus } from '../../src/contracts/deploy.ts';
import {
  nextDeployId,
  QUEUE_WORKFLOW,
  WITHDRAW,
  type QueuedDeployment,
  type QueueEnd,
  type WithdrawRequest,
} from '../../src/contracts/deploy-queue.ts';
import { deploymentOf, PLAIN, startYard, type Deployment, type Rig, type Yard } from '../support/yard.ts';

let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const LONG = [
  { share: 50, holdMs: 60_000 },
  { share: 100, holdMs: 100 },
];

/** A rig whose lock is held by a deployment at 50 %. */
async function busyRig(): Promise<{ rig: Rig; holder: Deployment }> {
  const rig = await yard.rig({ withoutTls: true });
  const holder = await rig.deploy({ steps: LONG, gates: [PLAIN] });
  await holder.until(({ phase }) => phase === 'holding');
  return { rig, holder };
}

async function enqueue(rig: Rig, over: Partial<QueuedDeployment> = {}): Promise<WorkflowHandle> {
  const workflowId = nextDeployId(rig.record);
  yard.ids.push(workflowId);
  const queued: QueuedDeployment = {
    request: rig.request({ gates: [PLAIN], by: 'the queue' }),
    labels: {
      memo: { requestId: null, by: 'bob', to: '192.0.2.20', request: 'a hash', entry: 'mine' },
      staticSummary: 'from the queue',
      staticDetails: 'by bob',
    },
    taskQueue: yard.taskQueue,
    since: Date.now(),
    limitMs: 60_000,
    retry: { firstMs: 30, maxMs: 30, triesARun: 5 },
    ...over,
  };
  return yard.temporal.client.workflow.start(QUEUE_WORKFLOW, {
    workflowId,
    taskQueue: yard.taskQueue,
    args: [queued],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
}

const endOf = (handle: WorkflowHandle): Promise<QueueEnd> => handle.result() as Promise<QueueEnd>;

function newest(rig: Rig): Deployment {
  return deploymentOf(yard.temporal.client.workflow.getHandle(deployId(rig.record)));
}

const withdraw = (handle: WorkflowHandle): Promise<void> =>
  handle.signal<[WithdrawRequest]>(WITHDRAW, { by: 'ann', reason: 'not any more' });

test.concurrent(
  'the queue waits over as many runs as it takes, then starts exactly what was asked for (D6)',
  async () => {
    const { rig, holder } = await busyRig();
    const queue = await enqueue(rig);
    const { runId: first } = await queue.describe();
    const latest = yard.temporal.client.workflow.getHandle(nextDeployId(rig.record));
    while ((await latest.describe()).runId === first) await new Promise((go) => setTimeout(go, 20));
    expect((await holder.status()).phase).toBe('holding'); // whoever waits does not touch the one that runs
    await holder.abort();
    const end = await endOf(queue);
    const deployment = newest(rig);
    const { runId, memo, raw } = await deployment.handle.describe();
    expect(end).toEqual({ kind: 'started', runId });
    expect(memo).toMatchObject({ by: 'bob', entry: 'mine' });
    expect(raw.workflowExecutionInfo?.parentExecution?.workflowId).toBe(nextDeployId(rig.record));
    expect((await deployment.end()).report).toMatchObject({ outcome: 'promoted', by: 'the queue' });
    expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red', 'black']);
  },
);

test.concurrent('a free lock is taken at once, and the deployment outlives the queue', async () => {
  const rig = await yard.rig({ withoutTls: true });
  const end = await endOf(await enqueue(rig));
  expect(end.kind).toBe('started');
  expect((await newest(rig).end()).report?.outcome).toBe('promoted');
});

test.concurrent('one waits at most: a newer one takes the place, and only that one is started', async () => {
  const { rig, holder } = await busyRig();
  const older = await enqueue(rig);
  const newer = await enqueue(rig, { request: rig.request({ gates: [PLAIN], by: 'the newer one' }) });
  await expect(endOf(older)).rejects.toMatchObject({ cause: { name: 'TerminatedFailure' } });
  await holder.abort();
  expect((await endOf(newer)).kind).toBe('started');
  const { report } = await newest(rig).end();
  expect(report).toMatchObject({ outcome: 'promoted', by: 'the newer one' });
});

test.concurrent('what is taken out of the queue is never started', async () => {
  const { rig, holder } = await busyRig();
  const queue = await enqueue(rig);
  await withdraw(queue);
  expect(await endOf(queue)).toEqual({ kind: 'withdrawn', by: 'ann', reason: 'not any more' });
  await holder.abort();
  expect((await newest(rig).status()).outcome).toBe('rolled-back');
  expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
});

test.concurrent('a turn that does not come in time is given up', async () => {
  const { rig, holder } = await busyRig();
  const end = await endOf(await enqueue(rig, { limitMs: 100 }));
  expect(end).toMatchObject({ kind: 'expired', sentence: expect.stringMatching(/not free for/) as string });
  await holder.abort();
});

test.concurrent('a queue that is cancelled in Temporal starts nothing and ends nothing that runs', async () => {
  const { rig, holder } = await busyRig();
  const queue = await enqueue(rig);
  await queue.cancel();
  await expect(endOf(queue)).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect((await holder.handle.query<DeployStatus>(MESSAGES.status)).phase).toBe('holding');
  await holder.abort();
  expect(rig.observer.everyState()).toEqual(['red', '50 %', 'red']);
});
