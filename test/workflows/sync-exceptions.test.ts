import { addTasks, appliedBy, copiesOf, copyOf } from '../support/sync-copies.ts';
import { brokenS3, brokenSyncPromises } from '../support/sync-promises.ts';
import { startSyncYard, type SyncYard } from '../support/sync-yard.ts';

let yard: SyncYard;
beforeAll(async () => {
  yard = await startSyncYard();
});
afterAll(async () => {
  await yard.close();
});

test.concurrent(
  'a task that Graph refuses is named with the reason, and the others behind it are synced (S5)',
  async () => {
    const rig = await yard.rig({ graph: { titleMax: 40 } });
    const before = addTasks(rig, 25);
    const bad = rig.todoist.person.add({ content: 'A title that is longer than this mailbox happens to allow for' });
    const after = addTasks(rig, 25);

    const { report } = await rig.sync();
    expect(report).toMatchObject({ outcome: 'synced-with-exceptions', totals: { applied: { create: 50 } } });
    expect(report?.setAside).toEqual([
      { id: bad, reason: expect.stringMatching(/POST task: refused as invalid \(HTTP 400/) as string },
    ]);
    expect([...before, ...after].every((id) => copiesOf(rig, id).length === 1)).toBe(true);
    expect(brokenSyncPromises(rig, { inScope: (id) => id !== bad })).toEqual([]);

    rig.todoist.person.edit(bad, { content: 'A shorter title' });
    expect((await rig.sync()).report).toMatchObject({ outcome: 'synced', setAside: [] });
    expect(copyOf(rig, bad).title).toBe('A shorter title');
  },
);

test.concurrent('an update that Graph refuses leaves the copy as it was, and the others go on (S5)', async () => {
  const rig = await yard.rig({ graph: { titleMax: 40 } });
  const [bad = '', ...others] = addTasks(rig, 3);
  await rig.sync();
  rig.todoist.person.edit(bad, { content: 'A title that is longer than this mailbox happens to allow for' });
  for (const id of others) rig.todoist.person.edit(id, { content: `Edited ${id}` });

  const { report } = await rig.sync();
  expect(report).toMatchObject({ outcome: 'synced-with-exceptions', totals: { applied: { update: 2 } } });
  expect(report?.setAside.map(({ id }) => id)).toEqual([bad]);
  expect(copyOf(rig, bad).title).toBe('Task 0');
});

test.concurrent.each([
  { name: 'a priority that is none', fields: { priority: 'urgent' }, reason: /a priority that is not one/ },
  { name: 'no content', fields: { content: undefined }, reason: /a content that is not one/ },
  { name: 'labels that are none', fields: { labels: [7] }, reason: /labels? that is not one/ },
  { name: 'a day that does not exist', fields: { due: due('2026-02-30') }, reason: /a due that is not one/ },
  { name: 'a day that To Do cannot hold', fields: { due: due('1800-01-01') }, reason: /due date is none that To Do/ },
  { name: 'a project that was not sent', fields: { project_id: '6none' }, reason: /did not send the project/ },
])('a task with $name is named, and neither created nor removed (S3, S5)', async ({ fields, reason }) => {
  const rig = await yard.rig();
  const [fresh, known] = [rig.todoist.person.add({ content: 'Fresh' }), rig.todoist.person.add({ content: 'Known' })];
  const mendFresh = rig.todoist.breakTask(fresh, fields);
  const first = await rig.sync();
  expect(first.report).toMatchObject({ outcome: 'synced-with-exceptions', totals: { applied: { create: 1 } } });
  expect(first.report?.setAside).toEqual([{ id: fresh, reason: expect.stringMatching(reason) as string }]);

  const mendKnown = rig.todoist.breakTask(known, fields);
  const second = await rig.sync();
  expect(second.report?.setAside.map(({ id }) => id).sort()).toEqual([fresh, known].sort());
  expect(copyOf(rig, known).status).toBe('notStarted');
  mendFresh();
  mendKnown();
  expect(appliedBy(await rig.sync())).toEqual({ create: 1 });
  expect(brokenSyncPromises(rig)).toEqual([]);
});

test.concurrent(
  'more broken tasks than a few stop the run: the answer is not to be trusted as a whole (S4)',
  async () => {
    const rig = await yard.rig();
    const ids = addTasks(rig, 10);
    await rig.sync();
    for (const id of ids.slice(0, 6)) rig.todoist.breakTask(id, { priority: 'urgent' });
    const end = await rig.sync();
    expect(end).toMatchObject({ status: 'FAILED', type: 'Invalid', report: { outcome: 'failed' } });
    expect(end.message).toMatch(/TOO_MANY_UNREADABLE.*nothing was changed/s);
    expect(brokenSyncPromises(rig)).toEqual([]);
  },
);

test.concurrent('a task that something keeps changing back is named, and the run ends (S5)', async () => {
  const rig = await yard.rig();
  const id = rig.todoist.person.add({ content: 'Contested' });
  const calm = rig.todoist.person.add({ content: 'Calm' });
  let round = 0;
  const stop = rig.graph.onWrite(({ by, op, taskId, after }) => {
    const isContested = after !== null && 'title' in after && after.title === 'Contested';
    if (by !== 'api' || !isContested || taskId === null || op === 'PATCH extension') return;
    round += 1;
    rig.graph.person.edit(taskId, { title: `Mine ${round}` });
  });

  const { report } = await rig.sync();
  stop();
  expect(report).toMatchObject({ outcome: 'synced-with-exceptions', setAside: [{ id }] });
  expect(report?.setAside[0]?.reason).toMatch(/something keeps changing it/);
  expect(copyOf(rig, calm).title).toBe('Calm');
  expect(brokenS3(rig)).toEqual([]);
});

test.concurrent('a task whose fate Todoist does not tell is left as it is and named (S5)', async () => {
  const rig = await yard.rig();
  const [gone = '', stays = ''] = addTasks(rig, 2);
  await rig.sync();
  rig.todoist.person.remove(gone);
  rig.todoist.faults.add({
    operation: 'GET task',
    fault: { kind: 'refuse', status: 500, code: 'INTERNAL' },
    times: Infinity,
  });
  const { report } = await rig.sync();
  expect(report).toMatchObject({ outcome: 'synced-with-exceptions', setAside: [{ id: gone }] });
  expect([gone, stays].map((id) => copyOf(rig, id).status)).toEqual(['notStarted', 'notStarted']);
  rig.todoist.faults.clear();
  expect(appliedBy(await rig.sync())).toEqual({ complete: 1 });
});

function due(date: string): Readonly<Record<string, unknown>> {
  return { date, string: date, is_recurring: false, timezone: null, lang: 'en' };
}
