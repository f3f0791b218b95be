/** The Todoist client against the stand-in: what it reads, what it writes, and what it makes of everything that goes wrong. */
import { createTodoist } from '../../../src/activities/tasks/todoist.ts';
import type { Todoist } from '../../../src/activities/tasks/services.ts';
import type { PairSpec, Scope } from '../../../src/contracts/sync.ts';
import { ServiceError, type ServiceErrorFacts } from '../../../src/policies/service-error.ts';
import type { Fault } from '../../../sandbox/faults.ts';
import { startTodoist, TODOIST_TOKEN, type TodoistStandIn } from '../../../sandbox/todoist/stand-in.ts';

const MINUTE = 60_000;
const SECRET = 'Buy a ring';

let clock: number;
let todoist: TodoistStandIn;
let client: Todoist;
let requests: number;
let token: string;

beforeEach(async () => {
  clock = Date.parse('2026-11-25T10:00:00Z');
  requests = 0;
  token = TODOIST_TOKEN;
  todoist = await startTodoist({ now: () => clock });
  client = clientOf(todoist);
});
afterEach(() => todoist.close());

function clientOf({ url }: Pick<TodoistStandIn, 'url'>, timeoutMs = 10_000): Todoist {
  return createTodoist({
    url,
    token: () => Promise.resolve(token),
    count: () => void (requests += 1),
    now: () => clock,
    timeouts: { readMs: timeoutMs, writeMs: timeoutMs },
  });
}

const signal = new AbortController().signal;
const from = (scope: Scope, assignee: PairSpec['from']['assignee'] = 'me-or-none'): PairSpec['from'] => ({
  secret: 'todoist',
  scope,
  assignee,
});
const EVERYTHING = from({ kind: 'everything' });
const read = (of = EVERYTHING) => client.read(of, signal);
const contentsOf = async (of: PairSpec['from']) => (await read(of)).tasks.map(({ content }) => content).sort();
const add = (content: string) => todoist.person.add({ content });

/** What a call failed with; and no word of a task may be in it (A1). */
async function factsOf(call: Promise<unknown>): Promise<ServiceErrorFacts> {
  const error: unknown = await call.then(
    () => new Error('it did not fail'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof ServiceError)) throw error;
  expect(JSON.stringify([error.message, error.facts, error.stack])).not.toContain(SECRET);
  return error.facts;
}

describe('reads', () => {
  test('a task comes with all that is mirrored, and with null for what it has not', async () => {
    const project = todoist.person.addProject('Work');
    const parent = todoist.person.add({ content: 'Parent', project });
    const id = todoist.person.add({
      content: 'Write',
      description: 'to *all*',
      parent,
      labels: ['home', 'post'],
      priority: 4,
      due: 'every day at 9:30',
      deadline: '2026-12-24',
      duration: { amount: 30, unit: 'minute' },
    });
    const source = await read();
    expect(source).toMatchObject({ userId: todoist.userId, timeZone: 'Europe/Berlin', unreadable: [] });
    expect(source.active.get(id)).toEqual({ parentId: parent });
    expect(source.tasks).toEqual([
      {
        id: parent,
        content: 'Parent',
        description: '',
        project: 'Work',
        parentId: null,
        parentTitle: null,
        priority: 1,
        labels: [],
        due: null,
        deadline: null,
        duration: null,
      },
      {
        id,
        content: 'Write',
        description: 'to *all*',
        project: 'Work',
        parentId: parent,
        parentTitle: 'Parent',
        priority: 4,
        labels: ['home', 'post'],
        due: { date: '2026-11-25T09:30:00', text: 'every day at 9:30', recurring: true },
        deadline: '2026-12-24',
        duration: { amount: 30, unit: 'minute' },
      },
    ]);
    expect(requests).toBe(2);
  });

  test.each(['2026-11-25', '2026-11-25T09:30:00', '2026-11-25T09:30:00Z'])(
    'keeps the shape of a due of %s',
    async (date) => {
      todoist.person.add({ content: 'a', due: { date, timezone: 'Europe/Berlin' } });
      expect((await read()).tasks[0]?.due).toEqual({ date, text: date, recurring: false });
    },
  );

  test('completed and deleted tasks and those of archived or removed projects are not active', async () => {
    const { person } = todoist;
    const [archived, removed] = [person.addProject('Archived'), person.addProject('Removed')];
    person.complete(add('done'));
    person.remove(add('gone'));
    for (const project of [archived, removed]) person.add({ content: 'hidden', project });
    const kept = add('kept');
    person.archiveProject(archived);
    person.removeProject(removed);
    const source = await read();
    expect(source.tasks.map(({ id }) => id)).toEqual([kept]);
    expect([...source.active.keys()]).toEqual([kept]);
  });

  test('10,000 tasks are read in two requests', async () => {
    const projects = Array.from({ length: 40 }, (_, index) => todoist.person.addProject(`Project ${index}`));
    for (let count = 0; count < 10_000; count += 1) {
      todoist.person.add({
        content: `Task ${count}`,
        project: projects[count % 40] ?? '',
        due: 'today',
        labels: ['home'],
      });
    }
    const source = await read();
    expect(source.tasks).toHaveLength(10_000);
    expect(source.active.size).toBe(10_000);
    expect(requests).toBe(2);
  });
});

describe('snapshots', () => {
  test('a stale full sync is completed, so that no new task is missed and no finished one is mirrored (S1)', async () => {
    const { person } = todoist;
    const project = person.addProject('Work');
    const [done, gone, kept] = [add('done'), add('gone'), add('kept')];
    const archived = person.add({ content: 'archived', project });
    clock += 30 * MINUTE;
    person.complete(done);
    person.remove(gone);
    person.archiveProject(project);
    const fresh = add('new');
    todoist.staleFullSyncs({ agoMs: 20 * MINUTE });
    const source = await read();
    expect(source.tasks.map(({ id }) => id)).toEqual([kept, fresh]);
    expect(source.active.has(archived)).toBe(false);
  });

  test('a full sync that comes unasked is a snapshot: what is not in it is gone', async () => {
    const id = add('a');
    const gone = add('b');
    // Between the two requests a task goes; the snapshot does not name it.
    todoist.faults.add({
      operation: 'sync read',
      after: 1,
      fault: { kind: 'meanwhile', run: () => todoist.person.remove(gone) },
    });
    todoist.forceFullSyncs();
    expect((await read()).tasks.map((task) => task.id)).toEqual([id]);
    expect(requests).toBe(3);
  });

  test('an old snapshot that nothing completes is refused, so that what is missing in it is not removed (S4)', async () => {
    add('a');
    clock += 30 * MINUTE;
    add('b');
    todoist.staleFullSyncs({ agoMs: 20 * MINUTE, times: Infinity });
    todoist.forceFullSyncs(Infinity);
    expect(await factsOf(read())).toMatchObject({ kind: 'unavailable', code: 'STALE' });
    expect(requests).toBe(4);
    todoist.staleFullSyncs({ agoMs: 5 * MINUTE, times: Infinity });
    expect((await read()).tasks).toHaveLength(1);
  });
});

describe('bad tasks', () => {
  test.each<[string, Record<string, unknown>]>([
    ['content', { content: null }],
    ['content', { content: undefined }],
    ['description', { description: 7 }],
    ['parentId', { parent_id: 7 }],
    ['priority', { priority: 5 }],
    ['priority', { priority: 'p1' }],
    ['labels', { labels: 'home' }],
    ['labels', { labels: [7] }],
    ['due', { due: undefined }],
    ['due', { due: 'today' }],
    ['due', { due: { date: '2026-02-30', string: '', is_recurring: false } }],
    ['due', { due: { date: '2026-02-03T25:00:00', string: '', is_recurring: false } }],
    ['due', { due: { date: '25 Nov', string: SECRET, is_recurring: false } }],
    ['due', { due: { date: '2026-11-25', string: '' } }],
    ['deadline', { deadline: { date: 'soon' } }],
    ['duration', { duration: { amount: -1, unit: 'minute' } }],
    ['duration', { duration: { amount: 1, unit: 'hour' } }],
    ['project', { project_id: '6none' }],
    ['project', { project_id: null }],
  ])('a bad %s of one sets that one aside, without its text, and the others are read (S5)', async (field, broken) => {
    const good = add('good');
    const bad = add(SECRET);
    todoist.breakTask(bad, broken);
    const source = await read();
    expect(source.tasks.map(({ id }) => id)).toEqual([good]);
    expect(source.unreadable).toEqual([{ id: bad, reason: expect.stringContaining(field) as string }]);
    expect(source.active.has(bad)).toBe(true);
    expect(JSON.stringify(source.unreadable)).not.toContain(SECRET);
  });

  test('fractions of seconds and missing extras are no reason to set a task aside', async () => {
    todoist.breakTask(add('a'), {
      due: { date: '2026-11-25T09:30:00.000000Z', is_recurring: false },
      description: undefined,
      labels: undefined,
      deadline: undefined,
      duration: undefined,
      added_by_uid: { new: 'shape' },
    });
    const { tasks, unreadable } = await read();
    expect(unreadable).toEqual([]);
    expect(tasks[0]).toMatchObject({ due: { date: '2026-11-25T09:30:00Z', text: '' }, description: '', labels: [] });
  });

  test('a project without a name sets its tasks aside, before a list without one is asked for (S5)', async () => {
    const project = todoist.person.addProject('Work');
    const id = todoist.person.add({ content: SECRET, project });
    todoist.person.renameProject(project, '');
    expect((await read()).unreadable).toMatchObject([{ id }]);
  });

  test('a task without an id is counted, and the others are read (S5)', async () => {
    todoist.breakTask(add(SECRET), { id: null });
    add('good');
    const { tasks, unreadable } = await read();
    expect(tasks).toHaveLength(1);
    expect(unreadable).toMatchObject([{ id: '?' }]);
  });

  test('a bad task that is certainly out of scope is nobody’s concern', async () => {
    const { person } = todoist;
    const [work, home] = [person.addProject('Work'), person.addProject('Home')];
    todoist.breakTask(person.add({ content: 'a', project: home }), { priority: 9 });
    const bad = person.add({ content: 'b', project: work });
    todoist.breakTask(bad, { priority: 9 });
    const { unreadable } = await read(from({ kind: 'projects', projects: ['Work'] }));
    expect(unreadable.map(({ id }) => id)).toEqual([bad]);
  });

  test('more than five that are more than 1 % stop the run, before what cannot be read is taken for gone (S4)', async () => {
    const ids = Array.from({ length: 20 }, () => add(SECRET));
    for (const id of ids.slice(0, 5)) todoist.breakTask(id, { due: SECRET });
    expect((await read()).unreadable).toHaveLength(5);
    todoist.breakTask(ids[5] ?? '', { due: SECRET });
    expect(await factsOf(read())).toMatchObject({ kind: 'invalid', code: 'TOO_MANY_UNREADABLE' });
    for (let count = 0; count < 600; count += 1) add('good');
    expect((await read()).unreadable).toHaveLength(6);
  });
});

describe('scopes', () => {
  let work: string;
  let bob: string;
  beforeEach(() => {
    const { person } = todoist;
    bob = todoist.addUser({ email: 'bob@example.com' });
    work = person.addProject('Work');
    const shared = person.addProject('Team', work);
    person.share(shared, bob);
    person.add({ content: 'inbox', labels: ['Home'] });
    person.add({ content: 'work', project: work, labels: ['home'], priority: 4 });
    person.add({ content: 'nobody', project: shared });
    person.add({ content: 'mine', project: shared, responsible: todoist.userId });
    person.add({ content: 'theirs', project: shared, responsible: bob });
  });

  test.each<[string, Scope, readonly string[]]>([
    ['everything', { kind: 'everything' }, ['inbox', 'mine', 'nobody', 'work']],
    ['a project by name, in any case', { kind: 'projects', projects: ['wORK'] }, ['work']],
    ['several projects', { kind: 'projects', projects: ['Inbox', 'Team'] }, ['inbox', 'mine', 'nobody']],
    ['a label, in any case', { kind: 'label', label: 'HOME' }, ['inbox', 'work']],
    ['a label that nothing has', { kind: 'label', label: 'none' }, []],
    ['a filter', { kind: 'filter', filter: '##Work & !p1' }, ['mine', 'nobody']],
    ['a filter that finds nothing', { kind: 'filter', filter: 'overdue' }, []],
  ])('%s', async (_, scope, contents) => {
    expect(await contentsOf(from(scope))).toEqual(contents);
    expect((await read(from(scope))).active.size).toBe(5);
  });

  test('a project is found by its id, also after it was renamed', async () => {
    todoist.person.renameProject(work, 'Job');
    expect(await contentsOf(from({ kind: 'projects', projects: [work] }))).toEqual(['work']);
  });

  test('what is assigned to others is in scope only where that is asked for', async () => {
    expect(await contentsOf(from({ kind: 'projects', projects: ['Team'] }, 'anyone'))).toEqual([
      'mine',
      'nobody',
      'theirs',
    ]);
  });

  test('the title of a parent is known, in scope or not', async () => {
    const parent = todoist.person.add({ content: 'Parent', project: work });
    const child = todoist.person.add({ content: 'child', parent, labels: ['x'] });
    const { tasks } = await read(from({ kind: 'label', label: 'x' }));
    expect(tasks).toMatchObject([{ id: child, parentId: parent, parentTitle: 'Parent' }]);
  });

  test('a parent that is completed gives no title', async () => {
    const parent = todoist.person.add({ content: 'Parent', project: work });
    const child = todoist.person.add({ content: 'child', parent, labels: ['x'] });
    todoist.breakTask(parent, { checked: true });
    const { tasks } = await read(from({ kind: 'label', label: 'x' }));
    expect(tasks).toMatchObject([{ id: child, parentId: parent, parentTitle: null }]);
  });

  test.each(['Nowhere', 'Gone', 'Archived'])(
    'a project that is not there (%s) stops the run, and names no other (S4)',
    async (name) => {
      todoist.person.removeProject(todoist.person.addProject('Gone'));
      todoist.person.archiveProject(todoist.person.addProject('Archived'));
      const facts = await factsOf(read(from({ kind: 'projects', projects: ['Work', name] })));
      expect(facts).toMatchObject({ kind: 'not-found', code: 'PROJECT_NOT_FOUND' });
      expect(facts.next).toContain('switchyard.yaml');
      expect(JSON.stringify(facts)).not.toMatch(/Team|Inbox/);
    },
  );

  test('a filter that Todoist does not understand says where to look', async () => {
    const facts = await factsOf(read(from({ kind: 'filter', filter: '& (' })));
    expect(facts).toMatchObject({ kind: 'invalid', status: 400, request: 'GET /tasks/filter' });
    expect(facts.next).toContain('switchyard.yaml');
  });

  test('a list that leads to itself ends as unavailable, instead of being read for ever', async () => {
    const body = '{"results": [], "next_cursor": "again"}';
    todoist.faults.add({ operation: 'GET tasks/filter', times: 5, fault: { kind: 'garble', body } });
    const facts = await factsOf(read(from({ kind: 'filter', filter: 'today' })));
    expect(facts).toMatchObject({ kind: 'unavailable', code: 'UNREADABLE_ANSWER' });
  });

  test('what is completed before the filter is asked is not taken for active and out of scope (S3)', async () => {
    const id = add('a');
    const run = (): void => todoist.person.complete(id);
    todoist.faults.add({ operation: 'GET tasks/filter', fault: { kind: 'meanwhile', run } });
    const { tasks, active } = await read(from({ kind: 'filter', filter: '!@waiting' }));
    expect(tasks.map((task) => task.id)).not.toContain(id);
    expect([...active.keys()]).not.toContain(id);
  });

  test('a filter is read page after page', async () => {
    for (let count = 0; count < 450; count += 1) todoist.person.add({ content: 'a', priority: 3 });
    expect(await contentsOf(from({ kind: 'filter', filter: 'p2' }))).toHaveLength(450);
    expect(requests).toBe(5);
  });
});

describe('fates', () => {
  const fatesOf = async (ids: readonly string[]) => Object.fromEntries(await client.fatesOf(ids, signal));

  test('each task is looked up, and absence is not taken for deletion (S3)', async () => {
    const [active, done, gone] = [add('a'), add('b'), add('c')];
    todoist.person.complete(done);
    todoist.person.remove(gone);
    expect(await fatesOf([active, done, gone, done, '6none'])).toEqual({
      [active]: 'out-of-scope',
      [done]: 'completed',
      [gone]: 'deleted',
      '6none': 'deleted',
    });
    expect(requests).toBe(4);
  });

  test('a look that fails leaves one fate unknown, and the others known', async () => {
    const [broken, odd, good] = [add('a'), add('b'), add('c')];
    todoist.faults.add({
      operation: 'GET task',
      when: ({ path }) => path.includes(broken),
      fault: { kind: 'refuse', status: 500, code: 'OOPS' },
    });
    todoist.breakTask(odd, { child_order: 'first' });
    expect(await fatesOf([broken, odd, good])).toEqual({
      [broken]: 'unknown',
      [odd]: 'unknown',
      [good]: 'out-of-scope',
    });
  });

  test('what is in a project that was left is out of scope, where Todoist itself says that it may not be seen', async () => {
    const project = todoist.person.addProject('Team');
    todoist.person.share(project, todoist.addUser({ email: 'bob@example.com' }));
    const left = todoist.person.add({ content: 'a', project });
    todoist.person.leaveProject(project);
    const [plan, proxy] = [add('b'), add('c')];
    const at = (id: string) => ({ operation: 'GET task', when: ({ path }: { path: string }) => path.includes(id) });
    todoist.faults.add({ ...at(plan), fault: { kind: 'refuse', status: 403, code: 'PREMIUM_ONLY' } });
    todoist.faults.add({ ...at(proxy), fault: { kind: 'garble', status: 403, body: '<p>FORBIDDEN' } });
    expect(await fatesOf([left, plan, proxy])).toEqual({
      [left]: 'out-of-scope',
      [plan]: 'unknown',
      [proxy]: 'unknown',
    });
  });

  test('a task is not taken for deleted because a proxy does not know the way (S4)', async () => {
    const id = add('a');
    todoist.faults.add({ operation: 'GET task', fault: { kind: 'garble', status: 404, body: '<p>Not found' } });
    expect(await fatesOf([id])).toEqual({ [id]: 'unknown' });
  });

  test('an id that was tampered with in To Do is never asked for (A4)', async () => {
    expect(await fatesOf(['../user', 'a?b=c', ''])).toEqual({
      '../user': 'unknown',
      'a?b=c': 'unknown',
      '': 'unknown',
    });
    expect(requests).toBe(0);
  });

  test.each([
    [
      'throttled',
      { status: 429, code: 'LIMITS_REACHED', retryAfterSeconds: 7 },
      { kind: 'throttled', retryAfterMs: 7_000 },
    ],
    ['refused', { status: 401, code: 'AUTH_INVALID_TOKEN' }, { kind: 'unauthorized' }],
  ])('a look that is %s ends the whole, so that the run waits or stops', async (_, refusal, facts) => {
    todoist.faults.add({ operation: 'GET task', times: Infinity, fault: { kind: 'refuse', ...refusal } });
    const ids = Array.from({ length: 12 }, () => add('a'));
    expect(await factsOf(client.fatesOf(ids, signal))).toMatchObject(facts);
    expect(requests).toBeLessThanOrEqual(8);
  });

  test('hundreds of completed tasks cost a few pages', async () => {
    const done = Array.from({ length: 450 }, () => add('a'));
    for (const id of done) todoist.person.complete(id);
    const [active, gone] = [add('b'), add('c')];
    todoist.person.remove(gone);
    clock += 1;
    const fates = await client.fatesOf([...done, active, gone], signal);
    expect(done.every((id) => fates.get(id) === 'completed')).toBe(true);
    expect([fates.get(active), fates.get(gone)]).toEqual(['out-of-scope', 'deleted']);
    expect(requests).toBe(5);
  });

  test('a task that Todoist still shows as deleted is deleted, in whichever list it is found', async () => {
    const ids = Array.from({ length: 24 }, () => add('a'));
    for (const id of ids) todoist.person.complete(id);
    clock += 1;
    const [gone = ''] = ids;
    todoist.breakTask(gone, { is_deleted: true });
    expect((await client.fatesOf([gone], signal)).get(gone)).toBe('deleted');
    expect((await client.fatesOf(ids, signal)).get(gone)).toBe('deleted');
  });

  test('a long past of other tasks is not read to its end', async () => {
    for (let count = 0; count < 1_400; count += 1) todoist.person.complete(add('other'));
    const ids = Array.from({ length: 24 }, () => add('a'));
    clock += 1;
    await client.fatesOf(ids, signal);
    expect(requests).toBe(24 + 24 / 4);
  });

  test('a task that was completed long ago or opened again is looked up', async () => {
    const ids = Array.from({ length: 24 }, () => add('a'));
    for (const id of ids) todoist.person.complete(id);
    todoist.person.reopen(ids[0] ?? '');
    clock += 100 * 24 * 60 * MINUTE;
    const fates = await client.fatesOf(ids, signal);
    expect([...fates.values()].filter((fate) => fate === 'completed')).toHaveLength(23);
    expect(fates.get(ids[0] ?? '')).toBe('out-of-scope');
    expect(requests).toBe(25);
  });
});

describe('closes', () => {
  const close = (uuid: string, id: string) => client.close([{ uuid, id }], signal);

  test('one occurrence, however often the same command is sent (S3)', async () => {
    const id = todoist.person.add({ content: 'a', due: 'every day' });
    expect(await close('one', id)).toEqual([null]);
    expect(await close('one', id)).toEqual([null]);
    expect(todoist.closures()).toMatchObject([{ taskId: id, by: 'api', occurrence: '2026-11-25' }]);
  });

  test('each command is judged for itself', async () => {
    const ids = [add('a'), '6none', add('b')];
    const [first, second, third] = await client.close(
      ids.map((id, index) => ({ uuid: `${index}`, id })),
      signal,
    );
    expect([first, third]).toEqual([null, null]);
    expect(second?.facts).toMatchObject({ kind: 'not-found', code: 'ITEM_NOT_FOUND', outcome: 'not-run' });
    expect(todoist.closures()).toHaveLength(2);
  });

  test('no command, no request', async () => {
    expect(await client.close([], signal)).toEqual([]);
    expect(requests).toBe(0);
  });

  test.each<[string, Fault, Partial<ServiceErrorFacts>]>([
    ['a reset after the effect', { kind: 'apply-then-reset' }, { kind: 'unavailable', outcome: 'unknown' }],
    [
      'an error after the effect',
      { kind: 'apply-then-error' },
      { kind: 'unavailable', outcome: 'unknown', status: 500 },
    ],
    ['no answer', { kind: 'apply-then-hang' }, { kind: 'unavailable', outcome: 'unknown', code: 'TIMEOUT' }],
    ['a page of HTML', { kind: 'garble', body: `<p>${SECRET}` }, { kind: 'unavailable', outcome: 'unknown' }],
    ['an answer without statuses', { kind: 'garble', body: '{}' }, { kind: 'unavailable', outcome: 'unknown' }],
    ['a throttle', { kind: 'refuse', status: 429, code: 'LIMITS_REACHED' }, { kind: 'throttled', outcome: 'not-run' }],
  ])('after %s the whole is thrown, is sent once, and may be repeated (S3)', async (_, fault, facts) => {
    const id = todoist.person.add({ content: SECRET, due: 'every day' });
    todoist.faults.add({ operation: 'sync write', fault });
    client = clientOf(todoist, fault.kind === 'apply-then-hang' ? 100 : 10_000);
    expect(await factsOf(close('one', id))).toMatchObject(facts);
    expect(requests).toBe(1);
    expect(await clientOf(todoist).close([{ uuid: 'one', id }], signal)).toEqual([null]);
    expect(todoist.closures()).toHaveLength(1);
  });

  test.each<[string, unknown, Partial<ServiceErrorFacts>]>([
    ['missing', undefined, { kind: 'unavailable', outcome: 'unknown', code: 'NO_STATUS' }],
    ['a 403', { http_code: 403, error_tag: 'FORBIDDEN', error: SECRET }, { kind: 'forbidden', outcome: 'not-run' }],
    ['a 500', { http_code: 500, error_code: 1 }, { kind: 'unavailable', outcome: 'unknown', code: '1' }],
    ['not a code', { http_code: 400, error_tag: `${SECRET}!` }, { kind: 'invalid', code: null }],
    ['a tag of something not found', { error_tag: 'ITEM_NOT_FOUND' }, { kind: 'not-found' }],
  ])('a status that is %s is told as such, and without words', async (_, status, facts) => {
    const body = JSON.stringify({ sync_status: { one: status } });
    todoist.faults.add({ operation: 'sync write', fault: { kind: 'garble', body } });
    const [error] = await close('one', '6abc');
    expect(error?.facts).toMatchObject(facts);
    expect(JSON.stringify([error?.facts, error?.message])).not.toContain(SECRET);
  });
});

describe('failures', () => {
  const CALLS: readonly (readonly [operation: string, call: () => Promise<unknown>])[] = [
    ['GET user', () => client.account(signal)],
    ['sync read', () => read()],
    ['GET tasks/filter', () => read(from({ kind: 'filter', filter: 'today' }))],
    ['sync write', () => client.close([{ uuid: 'one', id: '6abc' }], signal)],
  ];
  const FAULTS: readonly (readonly [what: string, fault: Fault, facts: Partial<ServiceErrorFacts>])[] = [
    ['401', { kind: 'refuse', status: 401, code: 'AUTH_INVALID_TOKEN' }, { kind: 'unauthorized', outcome: 'not-run' }],
    ['403', { kind: 'refuse', status: 403, code: 'FORBIDDEN' }, { kind: 'forbidden', code: 'FORBIDDEN' }],
    ['410', { kind: 'refuse', status: 410, code: 'GONE' }, { kind: 'invalid', status: 410 }],
    ['503', { kind: 'refuse', status: 503, code: 'BUSY' }, { kind: 'unavailable', status: 503 }],
    ['a redirect', { kind: 'garble', status: 302, body: '' }, { kind: 'unavailable', status: 302 }],
    ['a page of HTML', { kind: 'garble', body: `<p>${SECRET}` }, { kind: 'unavailable', code: 'UNREADABLE_ANSWER' }],
    [
      'half an answer',
      { kind: 'garble', body: '{"id": "1", "sync' },
      { kind: 'unavailable', code: 'UNREADABLE_ANSWER' },
    ],
    [
      'another shape',
      { kind: 'garble', body: `{"id": "${SECRET}"}` },
      { kind: 'unavailable', code: 'UNREADABLE_ANSWER' },
    ],
    ['a reset', { kind: 'reset' }, { kind: 'unavailable', status: null }],
    [
      'a throttle',
      { kind: 'refuse', status: 429, code: 'LIMITS_REACHED', retryAfterSeconds: 3 },
      { kind: 'throttled', retryAfterMs: 3_000, outcome: 'not-run' },
    ],
    [
      'a throttle without a header',
      { kind: 'garble', status: 429, body: '{"error_extra": {"retry_after": 4}, "error_code": 35}' },
      { kind: 'throttled', retryAfterMs: 4_000, code: '35' },
    ],
  ];
  const CELLS = CALLS.flatMap(([operation, call]) =>
    FAULTS.map(([what, ...more]) => [operation, what, call, ...more] as const),
  );

  test.each(CELLS)('%s: %s is named, and nothing is sent again', async (operation, _, call, fault, facts) => {
    const rule = todoist.faults.add({ operation, fault, times: Infinity });
    expect(await factsOf(call())).toMatchObject(facts);
    expect(rule.fired()).toBe(1);
    expect(todoist.faults.seen.filter((seen) => seen.operation === operation)).toHaveLength(1);
  });

  test.each(CALLS)('%s: cancellation ends a request that hangs, with its own reason', async (operation, call) => {
    const ended = new AbortController();
    todoist.faults.add({ operation, fault: { kind: 'hang' } });
    const plain = client;
    client = {
      account: () => plain.account(ended.signal),
      read: (of) => plain.read(of, ended.signal),
      fatesOf: (ids) => plain.fatesOf(ids, ended.signal),
      close: (commands) => plain.close(commands, ended.signal),
    };
    const outcome = call().then(
      () => 'done',
      (cause: unknown) => cause,
    );
    while (!todoist.faults.seen.some((seen) => seen.operation === operation)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    ended.abort();
    expect(await outcome).not.toBeInstanceOf(ServiceError);
    expect(await outcome).toMatchObject({ name: 'AbortError' });
  });

  test('a service that nobody listens for is unavailable', async () => {
    await todoist.close();
    expect(await factsOf(client.account(signal))).toMatchObject({ kind: 'unavailable', status: null });
  });

  test('a full sync without items is not an empty account (S4)', async () => {
    const body = '{"sync_token": "a", "full_sync": true, "projects": [], "user": {}}';
    todoist.faults.add({ operation: 'sync read', fault: { kind: 'garble', body } });
    expect(await factsOf(read())).toMatchObject({ kind: 'unavailable', code: 'UNREADABLE_ANSWER' });
  });

  test('a token that was renewed is used at once, and none is ever told (A1)', async () => {
    token = 'wrong-secret';
    const error: unknown = await client.account(signal).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ facts: { kind: 'unauthorized' } });
    expect(JSON.stringify([error, String(error)])).not.toContain('wrong-secret');
    token = TODOIST_TOKEN;
    expect(await client.account(signal)).toEqual({
      id: todoist.userId,
      email: 'ann@example.com',
      timeZone: 'Europe/Berlin',
    });
  });
});
