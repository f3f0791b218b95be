/** The stand-in for Todoist: what its clients rely on, and the traps that they must survive. */
import { TodoistApi } from '@doist/todoist-api-typescript';
import { TODOIST_TOKEN } from '../../sandbox/todoist/stand-in.ts';
import { startTodoistRig } from './todoist-rig.ts';
import type { Told, TodoistRig } from './todoist-rig.ts';

const MINUTE = 60_000;

let clock = Date.parse('2026-11-25T10:00:00Z');
let rig: TodoistRig;

beforeEach(async () => {
  clock = Date.parse('2026-11-25T10:00:00Z');
  rig = await startTodoistRig({ now: () => clock });
});
afterEach(() => rig.close());

type Item = Readonly<Record<string, unknown>>;
const itemsOf = ({ body }: Told): readonly Item[] => body['items'] as readonly Item[];
const resultsOf = ({ body }: Told): readonly Item[] => body['results'] as readonly Item[];
const idsOf = (items: readonly Item[]) => items.map(({ id }) => id);
const syncFrom = (token: unknown) => rig.sync({ sync_token: token, resource_types: ['items', 'projects'] });

describe('sync', () => {
  test('a full one shows what is active, and its token leads to what is completed, deleted and new', async () => {
    const { person } = rig.todoist;
    const [kept, done, gone] = [
      person.add({ content: 'a' }),
      person.add({ content: 'b' }),
      person.add({ content: 'c' }),
    ];
    const old = person.add({ content: 'old' });
    person.complete(old);
    const full = await syncFrom('*');
    expect(full.body).toMatchObject({ full_sync: true, full_sync_date_utc: '2026-11-25T10:00:00.000Z' });
    expect(idsOf(itemsOf(full))).toEqual([kept, done, gone]);

    person.complete(done);
    person.remove(gone);
    const fresh = person.add({ content: 'd' });
    const news = await syncFrom(full.body['sync_token']);
    expect(news.body['full_sync']).toBe(false);
    expect(itemsOf(news)).toMatchObject([
      { id: done, checked: true },
      { id: gone, is_deleted: true },
      { id: fresh, checked: false },
    ]);
    expect(itemsOf(await syncFrom(news.body['sync_token']))).toEqual([]);
  });

  test('a stale full one misses the newest changes, says how old it is, and its token leads to them', async () => {
    const first = rig.todoist.person.add({ content: 'a' });
    clock += 30 * MINUTE;
    const second = rig.todoist.person.add({ content: 'b' });
    rig.todoist.staleFullSyncs({ agoMs: 20 * MINUTE });
    const stale = await syncFrom('*');
    expect(idsOf(itemsOf(stale))).toEqual([first]);
    expect(stale.body['full_sync_date_utc']).toBe('2026-11-25T10:10:00.000Z');
    expect(idsOf(itemsOf(await syncFrom(stale.body['sync_token'])))).toEqual([second]);
    expect(idsOf(itemsOf(await syncFrom('*')))).toEqual([first, second]);
  });

  test('a full one may come unasked', async () => {
    const id = rig.todoist.person.add({ content: 'a' });
    const { body } = await syncFrom('*');
    rig.todoist.forceFullSyncs();
    const forced = await syncFrom(body['sync_token']);
    expect(forced.body['full_sync']).toBe(true);
    expect(idsOf(itemsOf(forced))).toEqual([id]);
    expect((await syncFrom(forced.body['sync_token'])).body['full_sync']).toBe(false);
  });

  test('an archived project takes its tasks out of sight', async () => {
    const project = rig.todoist.person.addProject('Work');
    rig.todoist.person.add({ content: 'a', project });
    const { body } = await syncFrom('*');
    rig.todoist.person.archiveProject(project);
    const news = await syncFrom(body['sync_token']);
    expect(news.body['projects']).toMatchObject([{ id: project, is_archived: true }]);
    expect(itemsOf(await syncFrom('*'))).toEqual([]);
    expect(resultsOf(await rig.ask('GET', '/tasks'))).toEqual([]);
  });

  test('a change shows in reads only after the lag', async () => {
    rig.todoist.lagMs = 2_000;
    const { body: made } = await rig.ask('POST', '/tasks', { body: { content: 'a' } });
    const { body } = await syncFrom('*');
    expect(body['items']).toEqual([]);
    expect((await rig.ask('GET', `/tasks/${String(made['id'])}`)).status).toBe(404);
    clock += 2_000;
    expect(idsOf(itemsOf(await syncFrom(body['sync_token'])))).toEqual([made['id']]);
    expect((await rig.ask('GET', `/tasks/${String(made['id'])}`)).status).toBe(200);
  });
});

describe('commands', () => {
  test('one is executed once for its uuid, and answered again', async () => {
    const id = rig.todoist.person.add({ content: 'a', due: 'every day' });
    expect(await rig.command('item_close', { id }, 'one')).toBe('ok');
    expect(await rig.command('item_close', { id }, 'one')).toBe('ok');
    expect(rig.todoist.closures()).toMatchObject([{ taskId: id, by: 'api', occurrence: '2026-11-25' }]);
    expect(rig.todoist.writes).toBe(1);
    expect(await rig.command('item_close', { id }, 'two')).toBe('ok');
    expect(rig.todoist.task(id).due?.date).toBe('2026-11-27');
  });

  test('one that fails neither stops the others nor makes the request fail, and may be tried again', async () => {
    const id = rig.todoist.person.add({ content: 'a' });
    const commands = [
      { type: 'item_close', uuid: 'one', args: { id: '6none' } },
      { type: 'item_close', uuid: 'two', args: { id } },
      { type: 'item_dance', uuid: 'three', args: { id } },
    ];
    const { status, body } = await rig.sync({ commands });
    expect(status).toBe(200);
    expect(body['sync_status']).toMatchObject({
      one: { error_tag: 'ITEM_NOT_FOUND', http_code: 404 },
      two: 'ok',
      three: { error_tag: 'INVALID_ARGUMENT_VALUE' },
    });
    expect(await rig.command('item_close', { id }, 'one')).toBe('ok');
  });

  test('ids that are given in one request are known to its later commands', async () => {
    const commands = [
      { type: 'project_add', uuid: '1', temp_id: 'p', args: { name: 'Work' } },
      { type: 'item_add', uuid: '2', temp_id: 'a', args: { content: 'a', project_id: 'p', due: { string: 'today' } } },
      { type: 'item_add', uuid: '3', temp_id: 'b', args: { content: 'b', parent_id: 'a' } },
      { type: 'item_update', uuid: '4', args: { id: 'b', priority: 4 } },
    ];
    const { body } = await rig.ask('POST', '/sync', { body: { commands } });
    const ids = body['temp_id_mapping'] as Readonly<Record<string, string>>;
    expect(rig.todoist.task(ids['b'] ?? '')).toMatchObject({ parent_id: ids['a'], project_id: ids['p'], priority: 4 });
  });

  test('the lot of a parent is that of its children: closed, moved and deleted with it', async () => {
    const { person } = rig.todoist;
    const parent = person.add({ content: 'a' });
    const child = person.add({ content: 'b', parent });
    const project = person.addProject('Work');
    await rig.command('item_move', { id: parent, project_id: project }, '1');
    expect(rig.todoist.task(child).project_id).toBe(project);
    await rig.command('item_close', { id: parent }, '2');
    expect(rig.todoist.task(child).checked).toBe(true);
    expect(rig.todoist.closures().map(({ taskId, under }) => [taskId, under])).toEqual([
      [child, parent],
      [parent, null],
    ]);
    await rig.command('item_uncomplete', { id: child }, '3');
    expect(rig.todoist.task(parent).checked).toBe(false);
    await rig.command('item_delete', { id: parent }, '4');
    expect(rig.todoist.task(child).is_deleted).toBe(true);
  });

  test('completing a recurring task ends it', async () => {
    const id = rig.todoist.person.add({ content: 'a', due: 'every day' });
    await rig.command('item_complete', { id });
    expect(rig.todoist.task(id).checked).toBe(true);
  });
});

describe('lists', () => {
  test('pages have 50 tasks unless asked otherwise, and neither repeat nor lose one when others go meanwhile', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => rig.todoist.person.add({ content: `task ${index}` }));
    const first = await rig.ask('GET', '/tasks');
    expect(resultsOf(first)).toHaveLength(50);
    rig.todoist.person.remove(ids[0] ?? '');
    const cursor = encodeURIComponent(String(first.body['next_cursor']));
    const second = await rig.ask('GET', `/tasks?limit=200&cursor=${cursor}`);
    expect(idsOf(resultsOf(second))).toEqual(ids.slice(50));
    expect(second.body['next_cursor']).toBeNull();
    expect((await rig.ask('GET', `/tasks?label=x&cursor=${cursor}`)).status).toBe(400);
  });

  test('tasks are found by project, parent, label and id', async () => {
    const { person } = rig.todoist;
    const project = person.addProject('Work');
    const parent = person.add({ content: 'a', project, labels: ['home'] });
    const child = person.add({ content: 'b', parent });
    const other = person.add({ content: 'c' });
    const found = async (query: string) => idsOf(resultsOf(await rig.ask('GET', `/tasks?${query}`)));
    expect(await found(`project_id=${project}`)).toEqual([parent, child]);
    expect(await found(`parent_id=${parent}`)).toEqual([child]);
    expect(await found('label=home')).toEqual([parent]);
    expect(await found(`ids=${child},${other}`)).toEqual([child, other]);
  });

  test('completed tasks are listed by the time of their completion, without occurrences, and without a last cursor', async () => {
    const { person } = rig.todoist;
    const [plain, recurring] = [person.add({ content: 'a' }), person.add({ content: 'b', due: 'every day' })];
    person.complete(plain);
    person.complete(recurring);
    const range = (since: string, until: string) =>
      rig.ask('GET', `/tasks/completed/by_completion_date?since=${since}&until=${until}`);
    const told = await range('2026-11-25T10:00:00Z', '2026-11-25T10:00:01Z');
    expect(idsOf(itemsOf(told))).toEqual([plain]);
    expect(told.body).not.toHaveProperty('next_cursor');
    expect(itemsOf(await range('2026-11-25T09:00:00Z', '2026-11-25T10:00:00Z'))).toEqual([]);
  });

  test('a completed task can be looked up, a deleted one cannot', async () => {
    const id = rig.todoist.person.add({ content: 'a' });
    rig.todoist.person.complete(id);
    expect((await rig.ask('GET', `/tasks/${id}`)).body).toMatchObject({ checked: true, is_deleted: false });
    rig.todoist.person.remove(id);
    expect((await rig.ask('GET', `/tasks/${id}`)).status).toBe(404);
  });

  test('a task that got another id is found by the old one', async () => {
    const id = rig.todoist.person.add({ content: 'a' });
    const moved = rig.todoist.changeId(id);
    expect((await rig.ask('GET', `/tasks/${id}`)).status).toBe(404);
    const { body } = await rig.ask('GET', `/moved_ids/tasks?old_ids=${id}`);
    expect(body['results']).toEqual([{ old_id: id, new_id: moved }]);
  });
});

test('a shared project is seen by those with whom it is shared, and by nobody else', async () => {
  const { person } = rig.todoist;
  const bob = rig.todoist.addUser({ email: 'bob@example.com', token: 'bobs' });
  const [shared, own] = [person.addProject('Shared'), person.addProject('Own')];
  person.share(shared, bob);
  const task = person.add({ content: 'a', project: shared, responsible: bob });
  const hidden = person.add({ content: 'b', project: own });
  const { body } = await rig.sync({ sync_token: '*', resource_types: ['items', 'user', 'collaborators'] }, 'bobs');
  expect(body['items']).toMatchObject([{ id: task, responsible_uid: bob }]);
  expect(body['user']).toMatchObject({ id: bob, tz_info: { timezone: 'Europe/Berlin' } });
  expect(body['collaborators']).toMatchObject([{ id: rig.todoist.userId }, { id: bob }]);
  expect((await rig.ask('GET', `/tasks/${hidden}`, { token: 'bobs' })).status).toBe(404);
});

test('a project that was left is gone from what is read, and its tasks are refused, not missing', async () => {
  const { person } = rig.todoist;
  const project = person.addProject('Team');
  const bob = rig.todoist.addUser({ email: 'bob@example.com', token: 'bobs' });
  person.share(project, bob);
  const task = person.add({ content: 'a', project });
  person.leaveProject(project);
  const { body } = await rig.sync({ sync_token: '*', resource_types: ['items'] });
  expect(body['items']).toEqual([]);
  expect(await rig.ask('GET', `/tasks/${task}`)).toMatchObject({ status: 403, body: { error_tag: 'FORBIDDEN' } });
  expect(await rig.command('item_close', { id: task })).toMatchObject({ http_code: 403 });
  expect((await rig.ask('GET', `/tasks/${task}`, { token: 'bobs' })).status).toBe(200);
});

test('REST writes are done as often as they are sent, and say what they did', async () => {
  const body = { content: 'a', due_datetime: '2026-11-26T08:00:00Z', duration: 30, duration_unit: 'minute' };
  const made = await rig.ask('POST', '/tasks', { body: { ...body, deadline_date: '2026-12-01' } });
  expect(made.body).toMatchObject({
    due: { date: '2026-11-26T08:00:00Z', is_recurring: false },
    duration: { amount: 30, unit: 'minute' },
    deadline: { date: '2026-12-01' },
    parent_id: null,
    section_id: null,
    responsible_uid: null,
    completed_at: null,
  });
  await rig.ask('POST', '/tasks', { body });
  expect(rig.todoist.tasks()).toHaveLength(2);
  const id = String(made.body['id']);
  for (const path of [`/tasks/${id}/close`, `/tasks/${id}/reopen`]) {
    expect((await rig.ask('POST', path)).status).toBe(204);
  }
  expect((await rig.ask('DELETE', `/tasks/${id}`)).status).toBe(204);
  expect((await rig.ask('DELETE', `/tasks/${id}`)).status).toBe(404);
  expect(rig.todoist.log.filter(({ taskId }) => taskId === id).map(({ op, by }) => `${op} by ${by}`)).toEqual([
    'add by api',
    'close by api',
    'reopen by api',
    'delete by api',
  ]);
});

describe('limits', () => {
  test('too many requests are throttled with the time to wait, full syncs sooner than others', async () => {
    rig.todoist.limits = { requests: 3, fullSyncs: 1, windowMs: 10_000, tasksPerProject: Infinity };
    const { body } = await syncFrom('*');
    const refused = await syncFrom('*');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(refused.body).toMatchObject({ error_code: 35, error_extra: { retry_after: 10 } });
    expect((await syncFrom(body['sync_token'])).status).toBe(200);
    expect((await syncFrom(body['sync_token'])).status).toBe(200);
    expect((await rig.ask('GET', '/user')).status).toBe(200);
    expect((await rig.ask('GET', '/user')).status).toBe(429);
    clock += 10_000;
    expect((await rig.ask('GET', '/user')).status).toBe(200);
  });

  test('a project takes 300 active tasks', async () => {
    const limited = await startTodoistRig({ limits: 'published' });
    for (let count = 0; count < 300; count += 1) limited.todoist.person.add({ content: 'a' });
    expect(await limited.command('item_add', { content: 'b' })).toMatchObject({ error_tag: 'MAX_ITEMS_LIMIT_REACHED' });
    await limited.close();
  });
});

test('faults know a read of the sync endpoint from a write, in both forms of its body', async () => {
  const commands = [{ type: 'item_add', uuid: 'a', args: { content: 'a' } }];
  await rig.sync({ sync_token: '*', resource_types: ['items'] });
  await rig.sync({ commands });
  await rig.ask('POST', '/sync', { body: { sync_token: '*', resource_types: ['items'] } });
  await rig.ask('POST', '/sync', { body: { commands: [] } });
  await rig.ask('GET', '/tasks/filter?query=today');
  expect(rig.todoist.faults.seen.map(({ operation }) => operation)).toEqual([
    'sync read',
    'sync write',
    'sync read',
    'sync write',
    'GET tasks/filter',
  ]);
});

test("Todoist's own SDK accepts what the stand-in answers", async () => {
  const { person, url } = rig.todoist;
  const project = person.addProject('Work');
  const id = person.add({ content: 'a', project, due: 'every day at 9:30', deadline: '2026-12-01', labels: ['home'] });
  const api = new TodoistApi(TODOIST_TOKEN, { baseUrl: new URL(url).origin });
  expect(await api.getUser()).toMatchObject({ id: rig.todoist.userId, email: 'ann@example.com' });
  expect(await api.getTask(id)).toMatchObject({ content: 'a', due: { isRecurring: true } });
  expect((await api.getTasks({ projectId: project })).results).toHaveLength(1);
  expect((await api.getTasksByFilter({ query: '#Work & today' })).results).toHaveLength(1);
  expect((await api.getProjects()).results).toMatchObject([{ name: 'Inbox', inboxProject: true }, { name: 'Work' }]);
  expect(await api.addTask({ content: 'b', dueString: 'tomorrow' })).toMatchObject({ due: { date: '2026-11-26' } });
  expect(await api.closeTask(id)).toBe(true);
  expect(rig.todoist.task(id).due?.date).toBe('2026-11-26T09:30:00');
  const synced = await api.sync({ syncToken: '*', resourceTypes: ['items', 'projects'] });
  expect(synced.items).toHaveLength(2);
});
