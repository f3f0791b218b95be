import { defineSearchAttributeKey } from '@temporalio/common';
import { connect, freshTaskQueue } from '../support/temporal.ts';
import type { TestTemporal } from '../support/temporal.ts';

let temporal: TestTemporal;
beforeAll(async () => (temporal = await connect()));
afterAll(() => temporal.close());

test('the server of the test run takes a workflow with the search attributes of this project', async () => {
  const handle = await temporal.client.workflow.start('none', {
    workflowId: freshTaskQueue('shared'),
    taskQueue: freshTaskQueue(),
    typedSearchAttributes: [
      { key: defineSearchAttributeKey('SwitchyardRecord', 'KEYWORD'), value: 'www.example.com' },
      { key: defineSearchAttributeKey('SwitchyardStage', 'KEYWORD'), value: 'hold' },
    ],
  });
  const { status } = await handle.describe();
  expect(status.name).toBe('RUNNING');
  await handle.terminate();
});
