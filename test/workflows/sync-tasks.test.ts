import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

test.concurrent('60 tasks of three projects are synced once, and a rerun writes nothing (S1, S2)', async () => {
  const rig = await yard.rig();
  addSixty(rig);
  const first = await rig.sync();
  expect(first.report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 60 } }, setAside: [] });
  expect(rig.graph.tasks()).toHaveLength(60);
  const { writes } = rig.graph;

  const again = await rig.sync();
  expect(again.report).toMatchObject({ outcome: 'synced', totals: { applied: { create: 0, update: 0, repair: 0 } } });
  expect([rig.graph.writes, rig.todoist.writes]).toEqual([writes, 0]);
});

function addSixty({ todoist: { person } }: SyncRig): void {
  for (const name of ['Work', 'Home', 'Garden']) {
    const project = person.addProject(name);
    for (let i = 0; i < 20; i++)
      person.add({ content: `${name} ${i}`, project, ...(i % 2 === 0 ? { due: 'tomorrow' } : {}) });
  }
}
