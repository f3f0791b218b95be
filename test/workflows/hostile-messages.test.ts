import type { WorkflowHandle } from '@temporalio/client';
import { LOCK_SIGNALS } from '../../src/contracts/deploy-group.ts';
import { MESSAGES } from '../../src/contracts/deploy.ts';
import { nextDeployId, QUEUE_WORKFLOW, WITHDRAW, type QueuedDeployment } from '../../src/contracts/deploy-queue.ts';
import { NO_GATES } from '../../src/contracts/docs.ts';
import { DOCS_MESSAGES, DOCS_WORKFLOW, docsId } from '../../src/contracts/docs-runs.ts';
import { SYNC_MESSAGES, SYNC_WORKFLOW, syncId } from '../../src/contracts/sync.ts';
import { FAST_DOCS, specOf as siteOf } from '../support/docs-yard.ts';
import { groupRig } from '../support/group-yard.ts';
import { requestOf, specOf } from '../support/sync-yard.ts';
import { until } from '../support/until.ts';
import { PLAIN, startYard, type Yard } from '../support/yard.ts';

/** The Temporal UI and its command line send anything to anybody: what a handler throws fails the workflow task at every replay, for ever. */
let yard: Yard;
beforeAll(async () => {
  yard = await startYard();
});
afterAll(() => yard.close());

const HUGE = Object.fromEntries(
  Array.from({ length: 2_000 }, (_, at) => [`field ${at}`, { at, text: 'x'.repeat(50) }]),
);
/** What the fields of our own messages are called, with values that they never have. */
const WRONG = Object.fromEntries(
  ['id', 'record', 'verb', 'sentence', 'phase', 'stages', 'failure', 'notices', 'ref', 'site', 'by', 'workflowId'].map(
    (field) => [field, [null, 7]],
  ),
);
const SENT: readonly (readonly unknown[])[] = [[], [null], ['nonsense'], [HUGE], [WRONG], [null, WRONG]];

const HELD = [
  { share: 50, holdMs: 30_000 },
  { share: 100, holdMs: 150 },
];

/** Sends each of them everything, and sees the run work on all of it without a task that fails. */
async function survives(handle: WorkflowHandle, signals: readonly string[]): Promise<void> {
  for (const name of signals) {
    for (const args of SENT) {
      try {
        await handle.signal(name, ...args);
      } catch (error) {
        if ((await handle.describe()).status.name === 'RUNNING') throw error; // one that obeyed, and has ended, hears no more
      }
    }
  }
  await until('the run has worked on all of it', async () => {
    const events = (await handle.fetchHistory()).events ?? [];
    const failed = events.flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? []);
    expect(failed.filter((why) => why !== 'UnhandledCommand')).toEqual([]); // the end that a new signal overtakes is tried again
    const heard = events.findLastIndex((event) => event.workflowExecutionSignaledEventAttributes != null);
    return events.findLastIndex((event) => event.workflowTaskCompletedEventAttributes != null) > heard;
  });
}

/** Those that a held run answers at once. */
async function sendUpdates(handle: WorkflowHandle): Promise<void> {
  for (const verb of [MESSAGES.resume, MESSAGES.resolve, MESSAGES.approve, MESSAGES.reject])
    for (const [args] of SENT) await handle.executeUpdate(verb, { args: [args] }).catch(() => undefined);
}

test.concurrent('a group and its locks go on, whatever they are sent (D3, G4)', async () => {
  const rig = await groupRig(yard, { zones: 1, each: 1 });
  const run = await rig.deploy({}, { steps: HELD });
  await run.until(({ phase }) => phase === 'holding');
  const lock = rig.lockOf(rig.records[0]!.record);
  const { answer, tell, release, claim, forward } = LOCK_SIGNALS;
  await survives(run.handle, [forward]);
  await survives(lock, [answer, tell, release, claim]);
  await sendUpdates(lock);
  await lock.signal(MESSAGES.abort);
  expect((await run.end()).report?.outcome).toBe('rolled-back');
  await survives(lock, []);
  expect(rig.now()).toEqual(['red']);
});

test.concurrent('a deployment, and what waits for its end, go on, whatever they are sent (D3)', async () => {
  const rig = await yard.rig({ withoutTls: true });
  const run = await rig.deploy({ steps: HELD, gates: [PLAIN] });
  await run.until(({ phase }) => phase === 'holding');
  const queued: QueuedDeployment = {
    request: rig.request(),
    labels: {
      memo: { requestId: null, by: 'bob', to: '192.0.2.20', request: 'a hash', entry: 'mine' },
      staticSummary: 'from the queue',
      staticDetails: 'by bob',
    },
    taskQueue: yard.taskQueue,
    since: Date.now(),
    limitMs: 60_000,
    retry: { firstMs: 500, maxMs: 500, triesARun: 100 },
  };
  await survives(await start(QUEUE_WORKFLOW, nextDeployId(rig.record), queued), [WITHDRAW]);
  await sendUpdates(run.handle);
  await survives(run.handle, [MESSAGES.abort]);
  expect((await run.end()).report?.outcome).toBe('rolled-back');
});

test.concurrent('a sync and a build of documentation go on, whatever they are sent', async () => {
  const sync = await start(SYNC_WORKFLOW, syncId('hostile'), requestOf(specOf('hostile')));
  const spec = siteOf('hostile', '/nowhere', NO_GATES);
  const request = { spec, version: 'v1', publish: true, pace: FAST_DOCS, wish: null, carried: null };
  const docs = await start(DOCS_WORKFLOW, docsId({ site: 'hostile', version: 'v1', publish: true }), request);
  await Promise.all([survives(sync, [SYNC_MESSAGES.syncRequested]), survives(docs, [DOCS_MESSAGES.buildRequested])]);
  for (const run of [sync, docs]) await run.terminate(); // this worker does none of their work
});

async function start(type: string, workflowId: string, request: object): Promise<WorkflowHandle> {
  yard.ids.push(workflowId);
  const { client } = yard.temporal;
  return client.workflow.start(type, { workflowId, taskQueue: yard.taskQueue, args: [request] });
}
