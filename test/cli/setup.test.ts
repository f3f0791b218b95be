import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../support/run-cli.ts';
import { connect } from '../support/temporal.ts';

const NAMESPACE = 'made-by-setup';

test('makes namespace and search attributes, so that a worker may start after it, and changes nothing when it runs again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-setup-'));
  const at = { folder, namespace: NAMESPACE };
  const first = await runCli(['setup', '--retention', '2d'], at);
  expect(first).toMatchObject({ exit: 0, out: expect.stringContaining(`namespace ${NAMESPACE} made`) as string });
  expect(await runCli(['setup', '--retention', '9d'], at)).toMatchObject({
    exit: 0,
    out: `namespace ${NAMESPACE} was there\nits search attributes can be used\n`,
  });

  const temporal = await connect();
  const { connection } = temporal;
  const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
  const query = 'SwitchyardRecord = "x" AND SwitchyardStage = "y"';
  await connection.workflowService.countWorkflowExecutions({ namespace: NAMESPACE, query });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(2 * 86_400);
  await temporal.close();
  await rm(folder, { recursive: true });
});

test('refuses a retention that the server would not take', async () => {
  const { exit, err } = await runCli(['setup', '--retention', '1h'], { folder: tmpdir() });
  expect(exit).toBe(2);
  expect(err).toMatch(/--retention: "1h" is out of range.*from 1d to 366d/);
});
