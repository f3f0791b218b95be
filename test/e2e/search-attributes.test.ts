import { setTimeout as sleep } from 'node:timers/promises';
import { DEPLOY_QUEUE } from '../../src/contracts/deploy.ts';
import { endChildren, runClient, startWorkerChild } from '../support/e2e-child.ts';
import { openGrounds, type Grounds } from '../support/e2e-grounds.ts';
import { startOwnServer, type OwnServer } from '../support/e2e-server.ts';
import { startYard, type Yard } from '../support/yard.ts';

describe('with the search attributes registered', () => {
  let yard: Yard;
  beforeAll(async () => {
    yard = await startYard();
  });
  afterAll(() => yard.close());

  test('a deployment is found by record and stage', async () => {
    const rig = await yard.rig();
    const run = await rig.deploy({ searchAttributes: true, bakeMs: 60_000 });
    await run.until(({ phase }) => phase === 'holding');

    await untilFound(yard, `SwitchyardRecord = '${rig.record}' AND SwitchyardStage = 'holding'`);
    await run.abort();
    await run.end();
    await untilFound(yard, `SwitchyardRecord = '${rig.record}' AND SwitchyardStage = 'rolled-back'`);
  });
});

describe('in a namespace that has none of them', () => {
  let server: OwnServer;
  let grounds: Grounds;
  beforeAll(async () => {
    server = await startOwnServer({ searchAttributes: [] });
    grounds = await openGrounds({ address: server.address, taskQueue: DEPLOY_QUEUE, insyncAfterMs: 0 });
    await startWorkerChild(grounds, DEPLOY_QUEUE);
  });
  afterAll(async () => {
    await endChildren();
    await grounds.close();
    await server.close();
  });

  test('the client deploys without them, since an unregistered one would block the run for ever', async () => {
    const { record } = grounds.rig('bare');
    const flags = ['--to', '192.0.2.20', '--unchecked', '--hold', '0s', '--bake', '0s'];
    const ran = await runClient(grounds, ['deploy', record, ...flags]);
    expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining('promoted') as string });
  });
});

/** What is listed follows what is written, a moment later. */
async function untilFound({ temporal }: Yard, query: string): Promise<void> {
  while ((await temporal.client.workflow.count(query)).count !== 1) await sleep(20);
}
