import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { NotifyRequest } from '../../src/contracts/notify.ts';
import { SYNC_TICK_WORKFLOW } from '../../src/contracts/sync.ts';
import { openNotifyHall, type NotifyHall, type Told } from '../support/notify-yard.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let hall: NotifyHall;
let yard: SyncYard;
beforeAll(async () => {
  hall = openNotifyHall();
  yard = await startSyncYard({ also: hall.activities });
});
afterAll(async () => {
  await yard.close();
  await hall.close();
});

/** A Schedule that ticks when it is told to; each tick ends before the next. */
async function scheduled(rig: SyncRig, notify: NotifyRequest) {
  const { client } = yard.temporal;
  const handle = await client.schedule.create({
    scheduleId: `test:${rig.pair}`,
    spec: {},
    action: {
      type: 'startWorkflow',
      workflowType: SYNC_TICK_WORKFLOW,
      workflowId: `sync-tick:${rig.pair}`,
      taskQueue: yard.taskQueue,
      args: [rig.request({ trigger: 'schedule', notify })],
    },
  });
  let ticks = 0;
  const tick = async (): Promise<WorkflowHandle> => {
    await handle.trigger('BUFFER_ONE'); // the Schedule may not have heard yet that the tick before has ended
    ticks += 1;
    for (;;) {
      const { recentActions } = (await handle.describe()).info;
      const started = recentActions.length === ticks ? recentActions.at(-1)?.action.workflow : undefined;
      if (started !== undefined) return ended(started);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { tick, remove: () => handle.delete() };
}

interface Started {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

/** By its run: ticks of one second have one id. */
async function ended({ workflowId, firstExecutionRunId }: Started): Promise<WorkflowHandle> {
  const handle = yard.temporal.client.workflow.getHandle(workflowId, firstExecutionRunId);
  await handle.result().catch(() => undefined); // whether well or not
  return handle;
}

const tokenEvents = (told: Told): readonly string[] =>
  told.standIn.receiver.received.map(({ message }) => String(message['title']).replace(/^sync\/\w+: /, ''));

test.concurrent(
  'a token that ends is told once, however many ticks fail, and once more when it is well again',
  async () => {
    const [rig, told] = await Promise.all([yard.rig({ pace: { giveUpAfterMs: 100 } }), hall.open()]);
    const { tick, remove } = await scheduled(rig, told.request([{ format: 'webhook' }, { format: 'pagerduty' }]));
    await tick();
    expect(tokenEvents(told)).toEqual([]);

    rig.graph.revoke('graph-token');
    const failed = await tick();
    await tick();
    expect(tokenEvents(told)).toEqual(['somebody has to sign in']);
    expect(told.standIn.pagerDuty.incident(`sync:${rig.pair}`)?.state).toBe('triggered');

    // A failure that says nothing of the token, and a tick that finds a run under way, forget nothing.
    const away = { kind: 'refuse', status: 500, code: 'oops' } as const;
    const rule = rig.todoist.faults.add({ operation: '*', fault: away, times: Infinity });
    await tick();
    rule.remove();
    const running = await rig.wish();
    await tick();
    await yard.temporal.client.workflow
      .getHandle(`sync:${rig.pair}`, running)
      .result()
      .catch(() => undefined);
    await tick();
    expect(tokenEvents(told)).toEqual(['somebody has to sign in']);

    rig.graph.accept('graph-token');
    await tick();
    await tick();
    expect(tokenEvents(told)).toEqual(['somebody has to sign in', 'signed in again']);
    expect(told.standIn.pagerDuty.incident(`sync:${rig.pair}`)?.state).toBe('resolved');
    expect(told.standIn.pagerDuty.events).toHaveLength(2);

    const history = historyToJSON(await failed.fetchHistory());
    const readable = history.replace(/"data": *"([^"]*)"/g, (_, data: string) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect(readable).toContain('somebody has to sign in');
    expect(readable).not.toContain(told.standIn.pagerDuty.routingKey); // A1
    await remove();
  },
);

test.concurrent(
  'a run by hand tells that somebody has to sign in, once over several runs, and when it works again',
  async () => {
    const [rig, told] = await Promise.all([yard.rig({ pace: { giveUpAfterMs: 100 } }), hall.open()]);
    const notify = told.request([{ format: 'webhook' }]);
    const byHand = async (before: object): Promise<object> => {
      const handle = yard.temporal.client.workflow.getHandle(`sync:${rig.pair}`);
      await (await rig.start({ notify, ...before })).end();
      const { memo } = await handle.describe();
      return memo?.['signInTold'] === true ? { signInTold: true } : {};
    };
    const well = await byHand({});
    expect(tokenEvents(told)).toEqual([]);
    rig.graph.revoke('graph-token');
    const first = await byHand(well);
    const second = await byHand(first);
    expect([well, first, second]).toEqual([{}, { signInTold: true }, { signInTold: true }]);
    expect(tokenEvents(told)).toEqual(['somebody has to sign in']);
    rig.graph.accept('graph-token');
    expect(await byHand(second)).toEqual({});
    expect(tokenEvents(told)).toEqual(['somebody has to sign in', 'signed in again']);
  },
);

test.concurrent('a tick ends the trouble that a run by hand has told, and does not tell it again before', async () => {
  const [rig, told] = await Promise.all([yard.rig({ pace: { giveUpAfterMs: 100 } }), hall.open()]);
  const notify = told.request([{ format: 'webhook' }, { format: 'pagerduty' }]);
  const { tick, remove } = await scheduled(rig, notify);
  rig.graph.revoke('graph-token');
  await rig.sync({ notify });
  await tick();
  expect(tokenEvents(told)).toEqual(['somebody has to sign in']);
  await rig.sync({ notify, signInTold: true });
  rig.graph.accept('graph-token');
  await tick();
  await tick();
  expect(tokenEvents(told)).toEqual(['somebody has to sign in', 'signed in again']);
  expect(told.standIn.pagerDuty.incident(`sync:${rig.pair}`)?.state).toBe('resolved');
  await remove();
});

test.concurrent('a sync goes on as ever while nobody can be told', async () => {
  const [rig, told] = await Promise.all([yard.rig(), hall.open()]);
  told.standIn.faults.add({ operation: '*', fault: { kind: 'hang' }, times: Infinity });
  rig.todoist.person.add({ content: 'a task' });
  const { tick, remove } = await scheduled(rig, told.request([{ format: 'webhook' }], { lastWordsMs: 100 }));
  rig.graph.revoke('graph-token');
  await tick();
  rig.graph.accept('graph-token');
  await tick();
  expect(rig.graph.tasks()).toHaveLength(1);
  await remove();
});
