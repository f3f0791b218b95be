/**
 * A backup of Temporal's database that is older than the records: what the runs of it do when they are taken up again (docs/operating.md).
 * `npm run test:production` restores the database itself, as that page says.
 */
import { GUARD_WORKFLOW, type GuardReport, type GuardRequest } from '../../src/contracts/guard.ts';
import { endChildren, startWorkerChild } from '../support/e2e-child.ts';
import { openGrounds, type Grounds } from '../support/e2e-grounds.ts';
import { startOwnServer, type OwnServer } from '../support/e2e-server.ts';
import { guardRequest } from '../support/guard-yard.ts';
import { batchesOf, brokenPromises } from '../support/promises.ts';
import { PLAIN, type Deployment, type Rig } from '../support/yard.ts';

let server: OwnServer;
let grounds: Grounds;
beforeAll(async () => {
  server = await startOwnServer();
  grounds = await openGrounds({ address: server.address });
});
afterAll(async () => {
  await endChildren();
  await grounds.close();
  await server.close();
});

const LONG_MS = 120_000;

test('runs of an old backup write nothing over what has happened since: they go on where nothing has, and end or stop where something has (D2, D4, D6)', async () => {
  const worker = await startWorkerChild(grounds, grounds.taskQueue);
  const goesOn = await bake('goes-on', 20_000);
  const promoted = await bake('promoted-since', 6_000);
  const aborted = await bake('aborted-since', LONG_MS);
  const overtaken = await bake('overtaken-since', 6_000);
  await server.kill();
  const restore = await server.backUp();
  await server.startAgain();
  await aborted.run.abort();
  for (const { run } of [promoted, overtaken]) expect((await run.end()).report?.outcome).toBe('promoted');
  const next = await overtaken.rig.deploy({ gates: [PLAIN], to: { kind: 'values', values: ['192.0.2.10'] } });
  expect((await next.end()).report?.outcome).toBe('promoted');
  const begun = await bake('begun-since', LONG_MS);
  await server.kill();
  worker.kill('SIGKILL');
  await worker.exit;
  const left = [aborted, overtaken, begun];
  const written = left.map(({ rig }) => batchesOf(rig).length);

  await restore();
  await server.startAgain();
  await startWorkerChild(grounds, grounds.taskQueue);

  expect((await goesOn.run.end()).report?.outcome).toBe('promoted');
  expect((await promoted.run.end()).report?.outcome).toBe('promoted');
  expect(promoted.rig.observer.everyState()).toEqual(['red', 'black']); // the fence is written once more, the record is not
  expect(await aborted.run.end()).toMatchObject({ type: 'Superseded', report: { outcome: 'superseded' } });
  const { blocked } = await overtaken.run.until(({ phase }) => phase === 'blocked');
  expect(blocked?.sentence).toMatch(/somebody else has written/);
  expect(await guard(begun.rig)).toMatchObject([
    { verdict: 'finding', sentence: expect.stringMatching(/not known to Temporal any more/) as string },
  ]);
  expect(left.map(({ rig }) => batchesOf(rig).length)).toEqual(written);
  for (const { rig } of [goesOn, promoted, ...left]) expect(brokenPromises(rig, ['red', 'black'])).toEqual([]);
}, 240_000);

interface Baking {
  readonly rig: Rig;
  readonly run: Deployment;
}

async function bake(label: string, bakeMs: number): Promise<Baking> {
  const rig = grounds.rig(label);
  const run = await rig.deploy({ gates: [PLAIN], bakeMs, namespaceId: await namespaceId() });
  await run.until(({ phase, share }) => phase === 'holding' && share === 100);
  return { rig, run };
}

async function namespaceId(): Promise<string> {
  const { client, namespace } = grounds.temporal;
  return (await client.workflowService.describeNamespace({ namespace })).namespaceInfo?.id ?? '';
}

async function guard(rig: Rig): Promise<GuardReport['records']> {
  const { client } = grounds.temporal;
  const { records } = await client.workflow.execute<(request: GuardRequest) => Promise<GuardReport>>(GUARD_WORKFLOW, {
    workflowId: 'guard',
    taskQueue: grounds.taskQueue,
    args: [guardRequest(rig, { act: 'report' })],
  });
  return records;
}
