import { endChildren, ended, startClient, startWorkerChild } from '../support/e2e-child.ts';
import { hold, openGrounds, writes, type Grounds } from '../support/e2e-grounds.ts';
import { startOwnServer, type OwnServer } from '../support/e2e-server.ts';
import { brokenPromises } from '../support/promises.ts';
import { PLAIN } from '../support/yard.ts';

let server: OwnServer;
let grounds: Grounds;
beforeAll(async () => {
  server = await startOwnServer();
  grounds = await openGrounds({ address: server.address });
  await startWorkerChild(grounds, grounds.taskQueue);
});
afterAll(async () => {
  await endChildren();
  await grounds.close();
  await server.close();
});

test('kill -9 of the server during a hold and during a write: worker, client and runs go on, and black is promoted (D3)', async () => {
  const [holding, writing] = [grounds.rig('holding'), grounds.rig('writing')];
  const held = hold(writing, 'ChangeResourceRecordSets', writes(writing, 'step'));
  const writer = await writing.deploy({ gates: [PLAIN] });
  const holder = await holding.deploy({ gates: [PLAIN], bakeMs: 12_000 });
  const client = startClient(grounds, ['watch', holding.record]);
  await client.says('watching 100 %');
  await held.arrived;
  const [writerEnds, holderEnds] = [writer.end(), holder.end()];

  await server.kill();
  held.letIn();
  await client.says('Temporal is away');
  await server.startAgain();

  expect([(await holderEnds).report?.outcome, (await writerEnds).report?.outcome]).toEqual(['promoted', 'promoted']);
  expect(await ended(client)).toMatchObject({ exit: 0, out: expect.stringContaining('promoted') as string });
  for (const rig of [holding, writing]) {
    expect(rig.observer.everyState()).toEqual(['red', 'black']);
    expect(brokenPromises(rig, ['red', 'black'])).toEqual([]);
  }
}, 120_000);
