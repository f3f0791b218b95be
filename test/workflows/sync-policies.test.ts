import type { PairSpec, Scope } from '../../src/contracts/sync.ts';
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

describe('completion', () => {
  test.concurrent('both: what a person completes in To Do is closed in Todoist, once (S3)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await rig.sync();
    rig.graph.person.complete(copyOf(rig, id).id);

    expect(appliedBy(await rig.sync())).toEqual({ close: 1 });
    expect(rig.todoist.task(id).checked).toBe(true);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
    expect(rig.todoist.closures()).toHaveLength(1);
    expect(brokenSyncPromises(rig)).toEqual([]);
  });

  test.concurrent('todoist-only: a completion in To Do is taken back and closes nothing (S1, S3)', async () => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: rig.spec({ completion: 'todoist-only' }) });
    const id = rig.todoist.person.add({ content: 'Buy milk' });
    await sync();
    rig.graph.person.complete(copyOf(rig, id).id);

    expect(appliedBy(await sync())).toEqual({ reopen: 1 });
    expect(copyOf(rig, id).status).toBe('notStarted');
    expect(rig.todoist.writes).toBe(0);
    expect(await writesDuring(rig, sync)).toBe(0);
  });

  test.concurrent(
    'a task that is opened again in Todoist opens its copy, and is not closed by the old one (S3)',
    async () => {
      const rig = await yard.rig();
      const id = rig.todoist.person.add({ content: 'Buy milk' });
      await rig.sync();
      rig.todoist.person.complete(id);
      expect(appliedBy(await rig.sync())).toEqual({ complete: 1 });
      rig.todoist.person.reopen(id);

      expect(appliedBy(await rig.sync())).toEqual({ reopen: 1 });
      expect(rig.todoist.task(id).checked).toBe(false);
      rig.graph.person.complete(copyOf(rig, id).id);
      expect(appliedBy(await rig.sync())).toEqual({ close: 1 }); // the second turn of the same copy counts as well
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );
});

describe('onDeleted', () => {
  test.concurrent.each([
    { onDeleted: 'complete', applied: { complete: 1 }, statuses: ['completed'] },
    { onDeleted: 'delete', applied: { remove: 1 }, statuses: [] },
    { onDeleted: 'keep', applied: {}, statuses: ['notStarted'] },
  ] as const)('$onDeleted: the copy of a deleted task ends as asked for, and stays so', async (policy) => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: rig.spec({ onDeleted: policy.onDeleted }) });
    const [gone, stays] = [rig.todoist.person.add({ content: 'Gone' }), rig.todoist.person.add({ content: 'Stays' })];
    await sync();
    rig.todoist.person.remove(gone);

    expect(appliedBy(await sync())).toEqual(policy.applied);
    expect(copiesOf(rig, gone).map(({ status }) => status)).toEqual(policy.statuses);
    expect(copyOf(rig, stays).status).toBe('notStarted');
    expect(await writesDuring(rig, sync)).toBe(0);
    expect(brokenS3(rig)).toEqual([]);
  });
});

describe('onOutOfScope', () => {
  test.concurrent.each([
    { onOutOfScope: 'remove', applied: { remove: 1 }, statuses: [] },
    { onOutOfScope: 'keep', applied: {}, statuses: ['notStarted'] },
  ] as const)('$onOutOfScope: a task that leaves the scope stays open in Todoist (S3)', async (policy) => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: scoped(rig, { kind: 'label', label: 'todo' }, policy) });
    const id = rig.todoist.person.add({ content: 'Labelled', labels: ['todo'] });
    rig.todoist.person.add({ content: 'Labelled as well', labels: ['todo'] });
    await sync();
    rig.todoist.person.edit(id, { labels: [] });

    expect(appliedBy(await sync())).toEqual(policy.applied);
    expect(copiesOf(rig, id).map(({ status }) => status)).toEqual(policy.statuses);
    expect(await writesDuring(rig, sync)).toBe(0);
    expect(rig.todoist.task(id).checked).toBe(false);
    expect(rig.todoist.writes).toBe(0);
  });

  test.concurrent(
    'a copy that was kept and is completed closes nothing while its task is out of scope (S3)',
    async () => {
      const rig = await yard.rig();
      const sync = () => rig.sync({ spec: scoped(rig, { kind: 'label', label: 'todo' }, { onOutOfScope: 'keep' }) });
      const id = rig.todoist.person.add({ content: 'Labelled', labels: ['todo'] });
      await sync();
      rig.todoist.person.edit(id, { labels: [] });
      rig.graph.person.complete(copyOf(rig, id).id);

      expect((await sync()).report?.totals.overruled).toEqual([id]); // named, and marked so that it never travels (S5)
      expect(await writesDuring(rig, sync)).toBe(0);
      rig.todoist.person.edit(id, { labels: ['todo'] });
      await sync();
      expect(rig.todoist.closures()).toEqual([]);
    },
  );

  test.concurrent('a task that comes back into scope gets a copy again (S1)', async () => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: scoped(rig, { kind: 'label', label: 'todo' }) });
    const id = rig.todoist.person.add({ content: 'Labelled', labels: ['todo'] });
    rig.todoist.person.add({ content: 'Labelled as well', labels: ['todo'] });
    await sync();
    rig.todoist.person.edit(id, { labels: [] });
    await sync();
    rig.todoist.person.edit(id, { labels: ['todo'] });

    expect(appliedBy(await sync())).toEqual({ create: 1 });
    expect(brokenSyncPromises(rig)).toEqual([]);
  });
});

describe('lists', () => {
  test.concurrent('default: no list is made', async () => {
    const rig = await yard.rig();
    const [home] = rig.graph.lists().filter(({ wellknownListName }) => wellknownListName === 'defaultList');
    const id = rig.todoist.person.add({ content: 'Buy milk', project: rig.todoist.person.addProject('Home') });
    await rig.sync();
    expect(copyOf(rig, id).listId).toBe(home?.id);
    expect(rig.graph.lists()).toHaveLength(2);
  });

  test.concurrent.each([
    { name: 'and its answer comes', fault: null },
    { name: 'and its answer is lost', fault: { kind: 'apply-then-reset' } as const },
    { name: 'and it is refused first', fault: { kind: 'refuse', status: 503, code: 'serviceNotAvailable' } as const },
  ])('named: the list is made once, $name (S1)', async ({ fault }) => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: into(rig, { kind: 'named', name: 'From Todoist' }) });
    if (fault !== null) rig.graph.faults.add({ operation: 'POST list', fault });
    rig.todoist.person.add({ content: 'Buy milk' });
    rig.todoist.person.add({ content: 'Buy bread' });

    expect(appliedBy(await sync())).toEqual({ create: 2 });
    const made = rig.graph.lists().filter(({ displayName }) => displayName === 'From Todoist');
    expect(made).toHaveLength(1);
    expect(rig.graph.tasks().map(({ listId }) => listId)).toEqual([made[0]?.id, made[0]?.id]);
    expect(await writesDuring(rig, sync)).toBe(0);
  });

  test.concurrent(
    'per-project: each project has one list, a list that stands already is used, a new project gets one',
    async () => {
      const rig = await yard.rig();
      const { todoist, graph } = rig;
      const sync = () => rig.sync({ spec: into(rig, { kind: 'per-project' }) });
      const standing = graph.person.addList('Home');
      const home = todoist.person.add({ content: 'Clean', project: todoist.person.addProject('Home') });
      todoist.person.add({ content: 'Plan', project: todoist.person.addProject('Work') });
      todoist.person.add({ content: 'Report', project: todoist.task(home).project_id });
      await sync();
      expect(copyOf(rig, home).listId).toBe(standing);
      todoist.person.add({ content: 'Dig', project: todoist.person.addProject('Garden') });

      expect(appliedBy(await sync())).toEqual({ create: 1 });
      const names = graph.lists().map(({ displayName }) => displayName);
      expect(names.filter((name) => ['Home', 'Work', 'Garden'].includes(name)).sort()).toEqual([
        'Garden',
        'Home',
        'Work',
      ]);
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );
});

describe('scope', () => {
  test.concurrent(
    'in shared projects only what is mine or nobody’s is copied, unless anyone’s is asked for',
    async () => {
      const rig = await yard.rig();
      const { person } = rig.todoist;
      const bob = rig.todoist.addUser({ email: 'bob@example.com' });
      const project = person.addProject('Shared');
      person.share(project, bob);
      const mine = person.add({ content: 'Mine', project, responsible: rig.todoist.userId });
      const nobodys = person.add({ content: 'Nobody’s', project });
      const bobs = person.add({ content: 'Bob’s', project, responsible: bob });
      await rig.sync();
      expect([mine, nobodys, bobs].map((id) => copiesOf(rig, id).length)).toEqual([1, 1, 0]);

      const spec = rig.spec();
      const anyone = { spec: { ...spec, from: { ...spec.from, assignee: 'anyone' as const } } };
      expect(appliedBy(await rig.sync(anyone))).toEqual({ create: 1 });
      expect(brokenSyncPromises(rig)).toEqual([]);
    },
  );

  test.concurrent.each<{ scope: Scope; copied: readonly string[] }>([
    { scope: { kind: 'everything' }, copied: ['Dig', 'Plan', 'Sow', 'Think'] },
    { scope: { kind: 'projects', projects: ['garden'] }, copied: ['Dig', 'Sow'] },
    { scope: { kind: 'label', label: 'soon' }, copied: ['Plan', 'Sow'] },
    { scope: { kind: 'filter', filter: '#Garden & !@soon' }, copied: ['Dig'] },
  ])('$scope.kind: what is in scope is copied and nothing else', async ({ scope, copied }) => {
    const rig = await yard.rig();
    const { person } = rig.todoist;
    const [garden, work] = [person.addProject('Garden'), person.addProject('Work')];
    person.add({ content: 'Dig', project: garden });
    person.add({ content: 'Sow', project: garden, labels: ['soon'] });
    person.add({ content: 'Plan', project: work, labels: ['soon'] });
    person.add({ content: 'Think', project: work });
    const sync = () => rig.sync({ spec: scoped(rig, scope) });

    await sync();
    expect(
      rig.graph
        .tasks()
        .map(({ title }) => title)
        .sort(),
    ).toEqual(copied);
    expect(await writesDuring(rig, sync)).toBe(0);
  });

  test.concurrent(
    'a project that is not there stops the run and says which line to correct, with nothing removed (S4)',
    async () => {
      const rig = await yard.rig();
      rig.todoist.person.add({ content: 'Dig', project: rig.todoist.person.addProject('Garden') });
      await rig.sync();
      const end = await rig.sync({ spec: scoped(rig, { kind: 'projects', projects: ['Gardn'] }) });
      expect(end).toMatchObject({
        type: 'NotFound',
        message: expect.stringMatching(/`from:`.* switchyard\.yaml/) as string,
      });
      expect(rig.graph.tasks()).toHaveLength(1);
    },
  );
});

describe('fields', () => {
  test.concurrent('off: a person’s own categories and reminders stay through an update (S3)', async () => {
    const rig = await yard.rig();
    const fields = { ...rig.spec().fields, reminders: false, categories: false };
    const sync = () => rig.sync({ spec: rig.spec({ fields }) });
    const due = { date: '2030-05-06T09:30:00' };
    const id = rig.todoist.person.add({ content: 'Buy milk', labels: ['shop'], due });
    await sync();
    expect(copyOf(rig, id)).toMatchObject({ categories: [], reminderOn: false });
    const reminder = { reminderDateTime: { dateTime: '2030-05-06T05:00:00', timeZone: 'UTC' }, isReminderOn: true };
    rig.graph.person.edit(copyOf(rig, id).id, { categories: ['Mine'], ...reminder });

    expect(await writesDuring(rig, sync)).toBe(0);
    rig.todoist.person.edit(id, { content: 'Buy oat milk', labels: ['shop', 'soon'] });
    expect(appliedBy(await sync())).toEqual({ update: 1 });
    expect(copyOf(rig, id)).toMatchObject({ title: 'Buy oat milk', categories: ['Mine'], reminderOn: true });
  });

  test.concurrent(
    'on: labels, priority and time become categories, importance and a reminder, as asked for',
    async () => {
      const rig = await yard.rig();
      const { person } = rig.todoist;
      const due = { date: '2030-05-06T09:30:00' };
      const p2 = person.add({ content: 'Second', priority: 3, labels: ['b', 'a'], due });
      const p1 = person.add({ content: 'First', priority: 4 });
      await rig.sync();
      expect(copyOf(rig, p2)).toMatchObject({ importance: 'normal', categories: ['a', 'b'], reminderOn: true });
      expect(copyOf(rig, p2).reminder).toMatch(/^2030-05-06T07:30:00/); // 9:30 in Berlin
      expect(copyOf(rig, p1).importance).toBe('high');

      const high = rig.spec({ fields: { ...rig.spec().fields, priority3: 'high' } });
      expect(appliedBy(await rig.sync({ spec: high }))).toEqual({ update: 1 });
      expect(copyOf(rig, p2).importance).toBe('high');
      expect(await writesDuring(rig, () => rig.sync({ spec: high }))).toBe(0);
    },
  );

  test.concurrent('titleMax: a title is cut, stands whole in the body, and is not written again (S2)', async () => {
    const rig = await yard.rig();
    const sync = () => rig.sync({ spec: rig.spec({ fields: { ...rig.spec().fields, titleMax: 20 } }) });
    const whole = 'A title that is much longer than twenty characters';
    const id = rig.todoist.person.add({ content: whole });
    await sync();
    expect(copyOf(rig, id).title.length).toBeLessThanOrEqual(20);
    expect(copyOf(rig, id).body.content).toContain(whole);
    expect(await writesDuring(rig, sync)).toBe(0);
  });

  test.concurrent('timeZone: the day of a fixed time is the one of the pair’s zone, and changes with it', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({
      content: 'Call Tokyo',
      due: { date: '2030-12-01T20:00:00Z', timezone: 'Asia/Tokyo' },
    });
    await rig.sync();
    expect(copyOf(rig, id).due).toMatch(/^2030-11-30T23:00/); // midnight of December 1 in Berlin
    const tokyo = { spec: rig.spec({ timeZone: 'Asia/Tokyo' }) };
    expect(appliedBy(await rig.sync(tokyo))).toEqual({ update: 1 });
    expect(copyOf(rig, id).due).toMatch(/^2030-12-01T15:00/); // midnight of December 2 in Tokyo
    expect(await writesDuring(rig, () => rig.sync(tokyo))).toBe(0);
  });

  test.concurrent.each([
    { what: 'an hour that the clocks skip', date: '2030-03-31T02:30:00', reminder: /^2030-03-31T01:30/ },
    { what: 'an hour that comes twice', date: '2030-10-27T02:30:00', reminder: /^2030-10-27T0[01]:30/ },
    { what: 'the last minute of a day', date: '2030-07-01T23:59:00', reminder: /^2030-07-01T21:59/ },
  ])('$what keeps its day and is written once (S2)', async ({ date, reminder }) => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({ content: 'Odd hour', due: { date } });
    await rig.sync();
    expect(copyOf(rig, id).reminder).toMatch(reminder);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  });

  test.concurrent('HTML and control characters are shown as text and not written again (S2)', async () => {
    const rig = await yard.rig();
    const id = rig.todoist.person.add({
      content: '<b>Bold</b>\u0000\u202Eevil\u200B & co',
      description: '<script>alert(1)</script>\r\n\u0007bell\u2028line',
    });
    await rig.sync();
    const { title, body } = copyOf(rig, id);
    expect(title).toBe('<b>Bold</b>evil & co');
    expect(body).toMatchObject({
      contentType: 'text',
      content: expect.stringContaining('<script>alert(1)</script>') as string,
    });
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(title + body.content).not.toMatch(/[\u0000-\u0008\u202A-\u202E\u200B]/);
    expect(await writesDuring(rig, rig.sync)).toBe(0);
  });
});

function scoped(rig: SyncRig, scope: Scope, overrides: Partial<PairSpec> = {}): PairSpec {
  const spec = rig.spec(overrides);
  return { ...spec, from: { ...spec.from, scope } };
}

function into(rig: SyncRig, lists: PairSpec['to']['lists']): PairSpec {
  const spec = rig.spec();
  return { ...spec, to: { ...spec.to, lists } };
}
