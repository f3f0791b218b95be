import type { Task } from '../../sandbox/graph/stand-in.ts';
import { appliedBy, copiesOf, copyOf, writesDuring } from '../support/sync-copies.ts';
import { brokenS3, brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncRig, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

describe('adopting', () => {
  test.concurrent('a dry run counts what it would double, and --adopt takes it over with its steps (S1)', async () => {
    const rig = await yard.rig();
    const { person } = rig.graph;
    const due = { dueDateTime: { dateTime: '2030-05-06T00:00:00', timeZone: 'Europe/Berlin' } };
    const [milk, bread] = [person.add({ title: 'buy  MILK', ...due }), person.add({ title: 'Buy bread' })];
    person.addStep(milk, 'Take the empties');
    const ids = ['Buy milk', 'Buy bread'].map((content) =>
      rig.todoist.person.add({ content, due: content === 'Buy milk' ? { date: '2030-05-06' } : null }),
    );
    rig.todoist.person.add({ content: 'Buy bread', due: 'tomorrow' }); // another day: another task

    expect(await rig.plan()).toMatchObject({ similar: 2, planned: { create: 3 }, stop: null });
    expect(rig.graph.writes).toBe(0);
    const end = await rig.sync({ adopt: true });
    expect(appliedBy(end)).toMatchObject({ adopt: 2, create: 1 });
    expect(ids.map((id) => copyOf(rig, id).id)).toEqual([milk, bread]);
    expect(copyOf(rig, ids[0] ?? '')).toMatchObject({
      title: 'Buy milk',
      steps: [{ displayName: 'Take the empties' }],
    });
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  });

  test.concurrent(
    'without --adopt what people have is never touched, and the report says how much is alike (S3)',
    async () => {
      const rig = await yard.rig();
      const own = rig.graph.person.add({ title: 'Buy milk' });
      rig.todoist.person.add({ content: 'Buy milk' });
      const end = await rig.sync();
      expect(end.report?.view).toMatchObject({ similar: 1 });
      expect(rig.graph.tasks()).toHaveLength(2);
      expect(rig.graph.log.filter(({ taskId, by }) => taskId === own && by === 'api')).toEqual([]);
    },
  );
});

describe('what people do to copies', () => {
  test.concurrent('a copy that was deleted by hand comes back (S1)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    rig.graph.person.remove(copyOf(rig, id).id);
    expect(appliedBy(await rig.sync())).toEqual({ create: 1 });
    expect(brokenSyncPromises(rig)).toEqual([]);
    expect(rig.todoist.writes).toBe(0);
  });

  test.concurrent('a copy that was moved by hand stays where it was put, and is still the copy (S1, S2)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    const list = rig.graph.person.addList('Errands');
    rig.graph.person.move(copyOf(rig, id).id, list);

    expect(await writesDuring(rig, rig.sync)).toBe(0);
    rig.todoist.person.edit(id, { content: 'Buy oat milk' });
    expect(appliedBy(await rig.sync())).toEqual({ update: 1 });
    expect(copyOf(rig, id)).toMatchObject({ listId: list, title: 'Buy oat milk' });
    rig.graph.person.complete(copyOf(rig, id).id);
    expect(appliedBy(await rig.sync())).toEqual({ close: 1 });
  });

  test.concurrent(
    'steps that a person added stay through updates, and keep the copy from being moved (S3)',
    async () => {
      const rig = await yard.rig();
      const { person } = rig.todoist;
      const spec = rig.spec();
      const sync = () => rig.sync({ spec: { ...spec, to: { ...spec.to, lists: { kind: 'per-project' } } } });
      const [home, work] = [person.addProject('Home'), person.addProject('Work')];
      const id = person.add({ content: 'Plan', project: home });
      await sync();
      rig.graph.person.addStep(copyOf(rig, id).id, 'First this');
      person.move(id, { project: work });

      const end = await sync();
      expect(end.report).toMatchObject({ outcome: 'synced-with-exceptions', setAside: [{ id }] });
      expect(end.report?.setAside[0]?.reason).toMatch(/move it by hand/);
      expect(copyOf(rig, id).steps).toHaveLength(1);
      rig.graph.person.move(copyOf(rig, id).id, rig.graph.person.addList('Work'));
      expect((await sync()).report).toMatchObject({ outcome: 'synced', setAside: [] });
    },
  );

  test.concurrent(
    'a link of another app in the place of ours stays, and sets no task aside: there can be one only (S2)',
    async () => {
      const rig = await yard.rig();
      const id = rig.todoist.person.add({ content: 'Buy milk' });
      await rig.sync();
      const copy = copyOf(rig, id);
      rig.graph.person.removeLink(copy.id);
      await fetch(`${rig.graph.url}/me/todo/lists/${copy.listId}/tasks/${copy.id}/linkedResources`, {
        method: 'POST',
        headers: { authorization: 'Bearer graph-token', 'content-type': 'application/json' },
        body: JSON.stringify({ applicationName: 'Another', displayName: 'Mail', webUrl: 'https://example.com' }),
      });
      expect(await writesDuring(rig, async () => expect((await rig.sync()).report?.outcome).toBe('synced'))).toBe(0);
      expect(copyOf(rig, id).link?.applicationName).toBe('Another');
    },
  );

  test.concurrent('a link that was taken away is written again, and the copy is not doubled (S1)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    rig.graph.person.removeLink(copyOf(rig, id).id);
    expect(appliedBy(await rig.sync())).toEqual({ repair: 1 });
    expect(copyOf(rig, id).link?.externalId).toContain(id);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('a copy that was made to repeat in To Do is set aside and not split into two (S1, S5)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Water', due: { date: '2030-05-06' } });
    await rig.sync();
    const recurrence = { pattern: { type: 'daily', interval: 1 }, range: { type: 'noEnd' } };
    rig.graph.person.edit(copyOf(rig, id).id, { recurrence });
    rig.todoist.person.edit(id, { due: { date: '2030-05-09' } });

    const end = await rig.sync();
    expect(end.report?.setAside).toEqual([{ id, reason: expect.stringMatching(/repeat/) as string }]);
    expect(rig.graph.tasks()).toHaveLength(1);
  });
});

describe('duplicates', () => {
  test.concurrent('of two like copies one goes, and it is not the one that a person has worked with', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    const second = addTwin(rig, copyOf(rig, id));
    expect(copiesOf(rig, id)).toHaveLength(2);

    expect(appliedBy(await rig.sync())).toEqual({ remove: 1 });
    expect(copiesOf(rig, id)).toHaveLength(1);
    expect(rig.graph.tasks().map((task) => task.id)).not.toContain(second);
    expect(brokenS3(rig)).toEqual([]);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  });

  test.concurrent.each([
    { what: 'edited', change: (rig: SyncRig, id: string) => rig.graph.person.edit(id, { title: 'Buy goat milk' }) },
    { what: 'given a step', change: (rig: SyncRig, id: string) => rig.graph.person.addStep(id, 'Take the empties') },
    { what: 'given a file', change: (rig: SyncRig, id: string) => rig.graph.person.attach(id) },
  ])('a second copy that was $what is named and not removed (S5)', async ({ change }) => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    const second = addTwin(rig, copyOf(rig, id));
    change(rig, second);

    const end = await rig.sync();
    expect(end.report).toMatchObject({ outcome: 'synced-with-exceptions', setAside: [{ id }] });
    expect(end.report?.setAside[0]?.reason).toMatch(/two copies in To Do/);
    expect(copiesOf(rig, id)).toHaveLength(2);
    rig.graph.person.remove(second);
    expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', setAside: [] });
  });

  test.concurrent('a completed second copy closes nothing while the first one is open (S3)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    const second = addTwin(rig, copyOf(rig, id));
    rig.graph.person.complete(second);
    expect((await rig.sync()).report?.totals.overruled).toEqual([id]); // named, so that nothing is lost without a word (S5)
    expect(rig.todoist.closures()).toEqual([]);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });
});

describe('sub-tasks', () => {
  test.concurrent(
    'a parent completed in To Do waits for its open sub-tasks, which nobody completed (S3, S5)',
    async () => {
      const rig = await yard.rig();
      const { person } = rig.todoist;
      const parent = person.add({ content: 'Party' });
      const child = person.add({ content: 'Cake', parent });
      await rig.sync();
      expect(copyOf(rig, child).title).toBe('Party › Cake');
      rig.graph.person.complete(copyOf(rig, parent).id);

      const end = await rig.sync();
      expect(end.report).toMatchObject({ outcome: 'synced-with-exceptions', setAside: [{ id: parent }] });
      expect(end.report?.setAside[0]?.reason).toMatch(/1 open sub-tasks? in Todoist/);
      expect(rig.todoist.closures()).toEqual([]);
      rig.graph.person.complete(copyOf(rig, child).id);
      expect(appliedBy(await rig.sync())).toEqual({ close: 2 });
      expect(rig.todoist.closures().map(({ taskId }) => taskId)).toEqual([child, parent]);
      expect(brokenSyncPromises(rig)).toEqual([]);
      expect(await writesDuring(rig, rig.sync)).toBe(0);
    },
  );
});

/** A second copy with the same marks, as an answer that came too late leaves one. */
function addTwin({ graph }: SyncRig, { title, body, importance, link, extensions }: Task): string {
  const marks = Object.entries(extensions).map(([extensionName, members]) => ({
    '@odata.type': 'microsoft.graph.openTypeExtension',
    extensionName,
    ...members,
  }));
  const { applicationName, displayName, externalId, webUrl } = link ?? {};
  const linkedResources = [{ applicationName, displayName, externalId, webUrl }];
  return graph.person.add({ title, body, importance, linkedResources, extensions: marks });
}
