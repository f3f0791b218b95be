/** The traps of To Do, as they were measured: one test each. */
import { chained, idIn, members, request, startRig } from './graph-rig.ts';
import type { Answered, Body, Rig } from './graph-rig.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.graph.close());

const EXTENSION = { '@odata.type': 'microsoft.graph.openTypeExtension', extensionName: 'com.example.sync' };
const EXPAND = "$expand=extensions($filter=id eq 'com.example.sync')";
const LINK = { applicationName: 'Switchyard', displayName: 'Todoist', externalId: 'todoist:p:1' };
const DAILY = {
  pattern: { type: 'daily', interval: 1 },
  range: { type: 'noEnd', startDate: '2026-09-26', recurrenceTimeZone: 'Europe/London' },
};
const london = (dateTime: string) => ({ dateTime, timeZone: 'Europe/London' });
const get = (path: string, headers = {}): Promise<Answered> => rig.ask('GET', path, { headers });
const patch = (entity: Body, body: Body, headers = {}): Promise<Answered> =>
  rig.ask('PATCH', `${rig.tasks}/${idIn(entity)}`, { body, headers });
const etagOf = (entity: Body): string => String(entity['@odata.etag']);
const listPath = (id: string): string => `/me/todo/lists/${encodeURIComponent(id)}`;
/** The same link, on the server's own root. */
const follow = (link: unknown, headers = {}): Promise<Answered> => request(String(link), { method: 'GET', headers });

describe('who comes in', () => {
  test('the owner of the token is told', async () => {
    const { body } = await get('/me');
    expect(body).toMatchObject({ userPrincipalName: 'me@example.com', mail: 'me@example.com', displayName: 'me' });
    expect(body['id']).toBeDefined();
  });

  test.each([
    ['unknown', 'stranger'],
    ['expired', 'old'],
    ['revoked', 'graph-token'],
  ])('a token that is %s is refused with 401', async (_, token) => {
    rig.graph.accept('old', { expiresAt: Date.now() - 1 });
    rig.graph.revoke('graph-token');
    expect(await rig.ask('GET', '/me', { token })).toMatchObject({ status: 401, code: 'InvalidAuthenticationToken' });
  });

  test('an application uses /users and not /me, a person not the mailbox of another', async () => {
    rig.graph.accept('app', { access: 'application' });
    rig.graph.accept('other', { user: 'other@example.com' });
    const statusOf = async (token: string, path: string) => (await rig.ask('GET', path, { token })).status;
    expect(await statusOf('app', '/me')).toBe(400);
    expect(await statusOf('app', '/users/other%40example.com/todo/lists')).toBe(200);
    expect(await statusOf('app', '/users/nobody%40example.com/todo/lists')).toBe(404);
    expect(await statusOf('graph-token', '/users/me%40example.com/todo/lists')).toBe(200);
    expect(await statusOf('graph-token', '/users/other%40example.com/todo/lists')).toBe(403);
  });

  test('what is forbidden answers 403 until it is allowed again', async () => {
    const allow = rig.graph.forbid('POST task');
    expect(await rig.ask('POST', rig.tasks, { body: { title: 'x' } })).toMatchObject({ code: 'ErrorAccessDenied' });
    expect(rig.graph.tasks()).toHaveLength(0);
    allow();
    expect((await rig.task())['title']).toBe('Milk');
  });
});

describe('lists', () => {
  test('the default list is found by its well-known name', async () => {
    const names = members(await get('/me/todo/lists')).map((list) => list['wellknownListName']);
    expect(names).toEqual(['defaultList', 'flaggedEmails']);
  });

  test('a list is made, renamed whatever If-Match says, and deleted', async () => {
    const made = await rig.ask('POST', '/me/todo/lists', { body: { displayName: ' Work ' } });
    expect(made).toMatchObject({ status: 201, body: { displayName: 'Work', isOwner: true, isShared: false } });
    const path = listPath(String(made.body['id']));
    const renamed = await rig.ask('PATCH', path, { body: { displayName: 'Home' }, headers: { 'if-match': 'W/"old"' } });
    expect(renamed).toMatchObject({ status: 200, body: { displayName: 'Home' } });
    expect((await rig.ask('DELETE', path)).status).toBe(204);
    expect(await get(path)).toMatchObject({ status: 404, code: 'ErrorItemNotFound' });
  });

  test('a shared list says so, and whose it is', async () => {
    const { person } = rig.graph;
    const [own, theirs] = [person.addList('Ours'), person.addList('Theirs')];
    person.shareList(own, 'owner');
    person.shareList(theirs, 'member');
    const said = members(await get('/me/todo/lists')).slice(-2);
    expect(said).toMatchObject([
      { id: own, isShared: true, isOwner: true },
      { id: theirs, isShared: true, isOwner: false },
    ]);
  });

  test('a list that was just deleted takes tasks and keeps none; its tasks are none, not an error', async () => {
    const id = rig.graph.person.addList('Ghost');
    const delta = await get(`${listPath(id)}/tasks/delta`);
    rig.graph.person.removeList(id);
    const posted = await rig.ask('POST', `${listPath(id)}/tasks`, { body: { title: 'Lost' } });
    expect(posted.status).toBe(201);
    expect(rig.graph.tasks()).toHaveLength(0);
    expect(await get(`${listPath(id)}/tasks`)).toMatchObject({ status: 200, body: { value: [] } });
    expect(await follow(delta.body['@odata.deltaLink'])).toMatchObject({ status: 200, body: { value: [] } });
    expect((await get(listPath(id))).status).toBe(404);
    rig.graph.settings.ghostMs = 0;
    expect((await rig.ask('POST', `${listPath(id)}/tasks`, { body: { title: 'Lost' } })).status).toBe(404);
  });

  test('changes of lists are told, the removed as @removed', async () => {
    const first = await get('/me/todo/lists/delta');
    expect(members(first)).toHaveLength(2);
    const id = rig.graph.person.addList('New');
    const second = await follow(first.body['@odata.deltaLink']);
    expect(members(second)).toMatchObject([{ id, displayName: 'New' }]);
    rig.graph.person.removeList(id);
    expect(members(await follow(second.body['@odata.deltaLink']))).toEqual([{ id, '@removed': { reason: 'deleted' } }]);
  });
});

describe('a task', () => {
  test('comes to be with its link, steps and extension in one request; empty collections have no key', async () => {
    const plain = await rig.task();
    expect(plain).toMatchObject({ status: 'notStarted', importance: 'normal', categories: [] });
    expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['linkedResources']));
    expect(Object.keys(plain)).not.toEqual(expect.arrayContaining(['checklistItems']));
    const whole = await rig.task({
      linkedResources: [LINK],
      checklistItems: [{ displayName: 'one' }],
      extensions: [{ ...EXTENSION, source: '1' }],
    });
    expect(whole).toMatchObject({
      linkedResources: [LINK],
      checklistItems: [{ displayName: 'one', isChecked: false }],
    });
    expect(whole['extensions']).toBeUndefined();
    expect(rig.graph.tasks()[1]).toMatchObject({ extensions: { 'com.example.sync': { source: '1' } } });
  });

  test.each([
    ['no title', {}, 'invalidRequest'],
    ['an empty title', { title: '  ' }, 'invalidRequest'],
    ['a long title', { title: 'x'.repeat(256) }, 'invalidRequest'],
    ['two links', { title: 'x', linkedResources: [LINK, LINK] }, 'invalidRequest'],
    ['a property that it does not have', { title: 'x', colour: 'red' }, 'RequestBodyRead'],
    ['a status of no kind', { title: 'x', status: 'done' }, 'RequestBodyRead'],
    [
      'a zone of no place',
      { title: 'x', dueDateTime: { dateTime: '2026-09-26', timeZone: 'Mars' } },
      'TimeZoneNotSupportedException',
    ],
    ['a date of no calendar', { title: 'x', dueDateTime: london('2026-02-31T00:00:00') }, 'invalidRequest'],
    ['a date in no form', { title: 'x', dueDateTime: london('tomorrow') }, 'invalidRequest'],
    ['an extension without a type', { title: 'x', extensions: [{ extensionName: 'a' }] }, 'invalidRequest'],
  ])('with %s is refused with 400', async (_, body, code) => {
    expect(await rig.ask('POST', rig.tasks, { body })).toMatchObject({ status: 400, code });
    expect(rig.graph.log).toHaveLength(0);
  });

  test('the title is trimmed, the lines of the body end with CRLF, and a service may rewrite more', async () => {
    const sent = { title: ' Milk ', body: { content: 'a\nb\r\nc', contentType: 'text' } };
    expect(await rig.task(sent)).toMatchObject({ title: 'Milk', body: { content: 'a\r\nb\r\nc' } });
    rig.graph.settings.rewriteBody = (content) => `<p>${content}</p>`;
    expect(await rig.task(sent)).toMatchObject({ body: { content: '<p>a\r\nb\r\nc</p>' } });
  });

  test.each([
    ['GET', 400, 'ErrorInvalidIdMalformed', 'short'],
    ['PATCH', 400, 'ErrorInvalidIdMalformed', 'short'],
    ['GET', 404, 'ErrorItemNotFound', null],
    ['DELETE', 404, 'ErrorItemNotFound', null],
  ])('%s of an id that is not there answers %i %s', async (method, status, code, id) => {
    const gone = await rig.task();
    await rig.ask('DELETE', `${rig.tasks}/${idIn(gone)}`);
    const path = `${rig.tasks}/${id ?? idIn(gone)}`;
    const asking = method === 'PATCH' ? { body: { title: 'x' } } : {};
    expect(await rig.ask(method, path, asking)).toMatchObject({ status, code });
  });

  test('If-Match guards a PATCH, not a DELETE; a malformed one is a 500', async () => {
    const task = await rig.task();
    const changed = await patch(task, { title: 'Bread' }, { 'if-match': etagOf(task) });
    expect(changed.body['@odata.etag']).not.toBe(etagOf(task));
    expect(await patch(task, { title: 'Eggs' }, { 'if-match': etagOf(task) })).toMatchObject({ status: 412 });
    expect(await patch(task, { title: 'Eggs' }, { 'if-match': 'nonsense' })).toMatchObject({ status: 500 });
    const path = `${rig.tasks}/${idIn(task)}`;
    expect((await rig.ask('DELETE', path, { headers: { 'if-match': etagOf(task) } })).status).toBe(204);
  });

  test('children cannot be changed by a PATCH of the task', async () => {
    expect(await patch(await rig.task(), { linkedResources: [LINK] })).toMatchObject({ status: 400 });
  });
});

describe('dates', () => {
  test.each([
    ['Europe/London', '2026-09-26T17:30:00', '2026-09-25T23:00:00.0000000'],
    ['GMT Standard Time', '2026-09-26T17:30:00', '2026-09-25T23:00:00.0000000'],
    ['UTC', '2026-09-26T23:59:59.0000000', '2026-09-26T00:00:00.0000000'],
    ['America/New_York', '2026-12-01', '2026-12-01T05:00:00.0000000'],
    ['Pacific/Auckland', '2026-12-01T00:00:00', '2026-11-30T11:00:00.0000000'],
  ])('a due time in %s is cut to the midnight there, told in UTC', async (timeZone, dateTime, told) => {
    const task = await rig.task({ dueDateTime: { dateTime, timeZone } });
    expect(task['dueDateTime']).toEqual({ dateTime: told, timeZone: 'UTC' });
  });

  test('a reminder keeps its time; a start alone sets the due day as well; null clears', async () => {
    const task = await rig.task({
      reminderDateTime: london('2026-09-26T17:30:00'),
      startDateTime: london('2026-09-26'),
    });
    expect(task).toMatchObject({
      reminderDateTime: { dateTime: '2026-09-26T16:30:00.0000000', timeZone: 'UTC' },
      dueDateTime: { dateTime: '2026-09-25T23:00:00.0000000', timeZone: 'UTC' },
    });
    const { body } = await patch(task, { dueDateTime: null, startDateTime: null, reminderDateTime: null });
    expect(Object.keys(body).filter((key) => /^(due|start|reminder)DateTime$/.test(key))).toEqual([]);
  });

  test('a completion tells midnight UTC only, and goes when the task is opened again', async () => {
    const task = await rig.task();
    const done = await patch(task, { status: 'completed' });
    expect(done.body['completedDateTime']).toMatchObject({
      dateTime: expect.stringMatching(/T00:00:00.0000000$/) as string,
    });
    expect((await patch(task, { status: 'notStarted' })).body['completedDateTime']).toBeUndefined();
  });

  test('times are told in the zone that is preferred', async () => {
    await rig.task({ dueDateTime: london('2026-09-26T00:00:00') });
    const [told] = members(await get(rig.tasks, { prefer: 'outlook.timezone="Europe/London"' }));
    expect(told!['dueDateTime']).toEqual({ dateTime: '2026-09-26T00:00:00.0000000', timeZone: 'Europe/London' });
  });
});

describe('recurring tasks', () => {
  const daily = (): Promise<Body> =>
    rig.task({ dueDateTime: london('2026-09-26'), recurrence: DAILY, linkedResources: [LINK] });

  test('completing one keeps its id open on the next day, and leaves a completed copy under a new id', async () => {
    const series = await daily();
    const { body } = await patch(series, { status: 'completed' });
    expect(body).toMatchObject({ id: series['id'], status: 'notStarted' });
    expect(body['dueDateTime']).toMatchObject({ dateTime: '2026-09-26T23:00:00.0000000' });
    const [copy, ...more] = rig.graph.tasks().filter(({ id }) => id !== series['id']);
    expect(more).toEqual([]);
    expect(copy).toMatchObject({ status: 'completed', due: '2026-09-25T23:00:00.0000000', recurrence: null });
    expect(copy!.link).toMatchObject(LINK);
  });

  test('its copies may come without the marker', async () => {
    rig.graph.settings.recurrenceCopies = 'bare';
    rig.graph.person.complete(String((await daily())['id']));
    expect(rig.graph.tasks()[1]).toMatchObject({ status: 'completed', link: null, extensions: {} });
  });

  test('setting its due day opens a second task', async () => {
    await patch(await daily(), { dueDateTime: london('2026-09-30') });
    expect(rig.graph.tasks().map(({ due, status }) => `${status} ${String(due)}`)).toEqual([
      'notStarted 2026-09-26T23:00:00.0000000',
      'notStarted 2026-09-29T23:00:00.0000000',
    ]);
  });

  test('its range cannot be changed; without a zone of its own a day gets lost', async () => {
    const range = { type: 'noEnd', startDate: '2026-09-26' };
    expect(await patch(await daily(), { recurrence: { ...DAILY, range } })).toMatchObject({ code: 'InvalidModel' });
    const careless = await rig.task({ dueDateTime: london('2026-09-26'), recurrence: { ...DAILY, range } });
    const { body } = await patch(careless, { status: 'completed' });
    expect(body['dueDateTime']).toMatchObject({ dateTime: '2026-09-26T00:00:00.0000000' });
  });
});

describe('children', () => {
  test('a second link is refused', async () => {
    const path = `${rig.tasks}/${idIn(await rig.task())}/linkedResources`;
    expect((await rig.ask('POST', path, { body: LINK })).status).toBe(201);
    expect(await rig.ask('POST', path, { body: LINK })).toMatchObject({ code: 'LinkedResourceSizeExceeded' });
    const [link] = members(await get(path));
    expect((await rig.ask('PATCH', `${path}/${idIn(link!)}`, { body: { webUrl: 'https://a' } })).status).toBe(200);
    expect((await get(`${path}/${idIn(link!)}`)).body).toMatchObject({ ...LINK, webUrl: 'https://a' });
    expect((await rig.ask('DELETE', `${path}/${idIn(link!)}`)).status).toBe(204);
    expect(rig.graph.tasks()[0]!.link).toBeNull();
  });

  test('a PATCH of the name alone unchecks a step', async () => {
    const path = `${rig.tasks}/${idIn(await rig.task())}/checklistItems`;
    const { body } = await rig.ask('POST', path, { body: { displayName: 'one', isChecked: true } });
    const step = `${path}/${idIn(body)}`;
    expect((await rig.ask('PATCH', step, { body: { displayName: 'two' } })).body['isChecked']).toBe(false);
    expect(members(await get(path))).toMatchObject([{ displayName: 'two', isChecked: false }]);
    expect((await get(step)).body['displayName']).toBe('two');
    expect((await rig.ask('DELETE', step)).status).toBe(204);
  });

  test('an extension is merged by PATCH, and not there until it is made', async () => {
    const path = `${rig.tasks}/${idIn(await rig.task())}/extensions`;
    const one = `${path}/com.example.sync`;
    expect((await rig.ask('PATCH', one, { body: { ...EXTENSION, a: 1 } })).status).toBe(404);
    expect((await rig.ask('POST', path, { body: { ...EXTENSION, a: 1, b: 1 } })).status).toBe(201);
    expect((await rig.ask('POST', path, { body: { ...EXTENSION, a: 1 } })).status).toBe(409);
    expect((await rig.ask('PATCH', one, { body: { ...EXTENSION, b: 2 } })).body).toMatchObject({ a: 1, b: 2 });
    expect((await get(one)).body).toMatchObject({ extensionName: 'com.example.sync', a: 1, b: 2 });
    expect((await rig.ask('DELETE', one)).status).toBe(204);
    expect((await get(one)).status).toBe(404);
  });

  test('a change of a child gives the task a new etag', async () => {
    const task = await rig.task();
    await rig.ask('POST', `${rig.tasks}/${idIn(task)}/extensions`, { body: { ...EXTENSION, a: 1 } });
    expect(await patch(task, { title: 'x' }, { 'if-match': etagOf(task) })).toMatchObject({ status: 412 });
  });
});

describe('queries', () => {
  test('extensions are told only where one is asked for by its name', async () => {
    const task = await rig.task({ extensions: [{ ...EXTENSION, a: 1 }], linkedResources: [LINK] });
    const told = async (query: string) => members(await get(`${rig.tasks}?${query}`))[0]!['extensions'];
    expect(await told('$expand=extensions')).toBeUndefined();
    expect(await told(EXPAND)).toMatchObject([{ extensionName: 'com.example.sync', a: 1 }]);
    expect(await told(`$filter=status ne 'completed'&${EXPAND.replace('=', '=linkedResources,')}`)).toBeDefined();
    expect((await get(`${rig.tasks}/${idIn(task)}?${EXPAND}`)).body['extensions']).toBeDefined();
    expect((await get(`${rig.tasks}/delta?${EXPAND}`)).status).toBe(400);
    expect(members(await get(`${rig.tasks}/delta`))[0]).toMatchObject({ linkedResources: [LINK] });
  });

  test.each([
    '$select=title',
    '$search=milk',
    '$expand=attachments',
    '$filter=extensions/any(e:e/id eq 1)',
    '$filter=x',
  ])('%s is refused with 400', async (query) => {
    expect((await get(`${rig.tasks}?${query}`)).status).toBe(400);
    expect((await get(`${rig.tasks}/delta?${query}`)).status).toBe(400);
  });

  test('$select is what the broker cannot read', async () => {
    expect(await get(`${rig.tasks}?$select=title`)).toMatchObject({ code: 'RequestBroker--ParseUri' });
  });

  test('a mailbox may refuse to expand links', async () => {
    rig.graph.settings.linkedResourcesExpand = 'refused';
    expect((await get(`${rig.tasks}?$expand=linkedResources`)).status).toBe(400);
    expect((await get(`${rig.tasks}?${EXPAND}`)).status).toBe(200);
  });

  test.each([
    ["$filter=status ne 'completed'", ['a', 'c']],
    ["$filter=status eq 'completed' and title eq 'it''s'", ["it's"]],
    ["$filter=categories/any(c:c eq 'x')", ['c']],
    ['$filter=lastModifiedDateTime ge 2000-01-01T00:00:00Z', ['a', "it's", 'c']],
    ['$filter=lastModifiedDateTime lt 2000-01-01T00:00:00Z', []],
    ['$orderby=title desc&$top=2&$count=true', ["it's", 'c']],
  ])('%s finds what it says', async (query, titles) => {
    await rig.task({ title: 'a' });
    await rig.task({ title: "it's", status: 'completed' });
    await rig.task({ title: 'c', categories: ['x'] });
    expect(members(await get(`${rig.tasks}?${query}`)).map((task) => task['title'])).toEqual(titles);
  });
});

describe('pages', () => {
  beforeEach(() => {
    for (let n = 0; n < 120; n += 1) rig.graph.person.add({ title: `task ${n}` });
  });

  test('hold 50, or as many as this one request prefers, at most 200', async () => {
    const first = await get(rig.tasks, { prefer: 'odata.maxpagesize=60' });
    expect(members(first)).toHaveLength(60);
    const link = first.body['@odata.nextLink'];
    expect(members(await follow(link))).toHaveLength(50);
    const rest = await follow(link, { prefer: 'odata.maxpagesize=500' });
    expect(members(rest)).toHaveLength(60);
    expect(rest.body['@odata.nextLink']).toBeUndefined();
  });

  test('links begin with the host that was asked', async () => {
    const { body } = await get(rig.tasks);
    expect(String(body['@odata.nextLink'])).toContain(`${rig.graph.url}/me/todo/lists/`);
  });

  test('an empty page is not the end', async () => {
    rig.graph.settings.emptyPages = true;
    const sizes: number[] = [];
    let link: unknown = rig.graph.url + rig.tasks;
    while (link !== undefined) {
      const page = await follow(link);
      sizes.push(members(page).length);
      link = page.body['@odata.nextLink'];
    }
    expect(sizes).toEqual([50, 0, 50, 0, 20]);
  });

  test('changes come in pages too, and end with a link for the next round', async () => {
    const first = await get(`${rig.tasks}/delta`, { prefer: 'odata.maxpagesize=100' });
    expect(members(first)).toHaveLength(100);
    expect(first.body['@odata.deltaLink']).toBeUndefined();
    const second = await follow(first.body['@odata.nextLink']);
    expect(members(second)).toHaveLength(20);
    expect(second.body['@odata.deltaLink']).toBeDefined();
  });
});

describe('changes', () => {
  const deltaLink = async (): Promise<unknown> => (await get(`${rig.tasks}/delta`)).body['@odata.deltaLink'];

  test('are whole tasks, each once, and can be asked for again', async () => {
    const kept = await rig.task();
    const gone = await rig.task();
    const link = await deltaLink();
    await patch(kept, { title: 'a' });
    await patch(kept, { title: 'b' });
    await rig.ask('DELETE', `${rig.tasks}/${idIn(gone)}`);
    for (let round = 0; round < 2; round += 1)
      expect(members(await follow(link))).toMatchObject([
        { id: kept['id'], title: 'b', importance: 'normal' },
        { id: gone['id'], '@removed': { reason: 'deleted' } },
      ]);
  });

  test('a move by hand is a removal here and a task with a new id there', async () => {
    const task = await rig.task({ linkedResources: [LINK] });
    const link = await deltaLink();
    const other = rig.graph.person.addList('Other');
    const id = rig.graph.person.move(String(task['id']), other);
    expect(id).not.toBe(task['id']);
    expect(members(await follow(link))).toEqual([{ id: task['id'], '@removed': { reason: 'deleted' } }]);
    expect(members(await get(`${listPath(other)}/tasks`))).toMatchObject([{ id, linkedResources: [LINK] }]);
  });

  test.each([
    ['gone', 410, 'SyncStateNotFound'],
    ['malformed', 400, 'invalidRequest'],
  ] as const)('dead tokens (%s) answer %i; the next are good again', async (answer, status, code) => {
    const link = await deltaLink();
    rig.graph.killDeltaTokens(answer);
    expect(await follow(link)).toMatchObject({ status, code });
    expect((await follow(await deltaLink())).status).toBe(200);
  });

  test('a token of another list is badly formed', async () => {
    const link = String(await deltaLink());
    const other = `${rig.graph.url}${listPath(rig.graph.person.addList('Other'))}/tasks/delta`;
    expect((await follow(`${other}?${link.split('?')[1]!}`)).status).toBe(400);
  });
});

describe('read-after-write lag', () => {
  test('a write shows to readers only later, while writes see it at once', async () => {
    let now = Date.now();
    const lagging = await startRig({ lagMs: 1_000, now: () => now });
    const link = (await lagging.ask('GET', `${lagging.tasks}/delta`)).body['@odata.deltaLink'];
    const task = await lagging.task();
    const path = `${lagging.tasks}/${idIn(task)}`;
    const seen = async () => [
      members(await lagging.ask('GET', lagging.tasks)).length,
      (await lagging.ask('GET', path)).status,
      members(await follow(link)).length,
    ];
    expect(await seen()).toEqual([0, 404, 0]);
    expect((await lagging.ask('PATCH', path, { body: { title: 'Bread' } })).status).toBe(200);
    now += 1_001;
    expect(await seen()).toEqual([1, 200, 1]);
    await lagging.ask('DELETE', path);
    expect(await seen()).toEqual([1, 200, 1]);
    now += 1_001;
    expect(await seen()).toEqual([0, 404, 1]);
    await lagging.graph.close();
  });
});

describe('replicas', () => {
  test('every second read of all tasks is as old as told, all its pages included, and no other read is', async () => {
    let now = Date.now();
    const two = await startRig({ flickerMs: 1_000, now: () => now });
    const gone = two.graph.person.add({ title: 'gone' });
    for (let n = 0; n < 60; n += 1) two.graph.person.add({ title: `task ${n}` });
    now += 2_000;
    two.graph.person.remove(gone);
    const added = two.graph.person.add({ title: 'new' });
    const readAll = async (): Promise<unknown[]> => {
      const first = await two.ask('GET', two.tasks);
      const next = String(first.body['@odata.nextLink']);
      const second = await two.ask('GET', next.slice(two.graph.url.length));
      return [first, second].flatMap((page) => members(page).map(({ title }) => title));
    };
    const [fresh, behind] = [await readAll(), await readAll()];
    expect([fresh.includes('gone'), fresh.includes('new'), fresh.length]).toEqual([false, true, 61]);
    expect([behind.includes('gone'), behind.includes('new'), behind.length]).toEqual([true, false, 61]);
    expect((await two.ask('GET', `${two.tasks}/${encodeURIComponent(added)}`)).status).toBe(200);
    now += 1_001;
    expect([await readAll(), await readAll()]).toEqual([fresh, fresh]);
    await two.graph.close();
  });
});

describe('$batch', () => {
  const post = (title: string): Body => ({ method: 'POST', url: rig.tasks, body: { title } });

  test('a chain runs in order, and nothing behind a failed step', async () => {
    const answers = await rig.batch(chained([post('a'), post(''), post('c')]));
    expect([...answers.values()].map(({ id, status }) => `${String(id)} ${String(status)}`)).toEqual([
      '3 424',
      '2 400',
      '1 201',
    ]);
    expect(answers.get('3')).toMatchObject({ body: { error: { code: 'FailedDependency' } } });
    expect(rig.graph.tasks().map(({ title }) => title)).toEqual(['a']);
  });

  test('a chain counts as one in flight, the steps of a parallel batch each', async () => {
    const twenty = Array.from({ length: 20 }, (_, n) => post(`task ${n}`));
    expect([...(await rig.batch(chained(twenty))).values()].map(({ status }) => status)).not.toContain(429);
    expect(rig.graph.mostInFlight).toBe(1);
    const parallel = chained(twenty).map(({ dependsOn: _, ...step }) => step);
    const statuses = [...(await rig.batch(parallel)).values()];
    expect(statuses.filter(({ status }) => status === 201)).toHaveLength(4);
    expect(statuses.find(({ status }) => status === 429)).toMatchObject({
      headers: { 'Retry-After': '7' },
      body: { error: { code: 'activityLimitReached', innerError: { code: 'ApplicationThrottled' } } },
    });
  });

  test.each([
    ['21 steps', () => chained(Array.from({ length: 21 }, () => post('x')))],
    ['no step', () => []],
    ['a mixture of both orders', () => [...chained([post('a'), post('b')]), { id: '9', ...post('c') }]],
    [
      'a step that waits for one that is not the last',
      () =>
        chained([post('a'), post('b'), post('c')]).map((step, at) => (at === 2 ? { ...step, dependsOn: ['1'] } : step)),
    ],
    [
      'the same id twice',
      () => [
        { id: '1', ...post('a') },
        { id: '1', ...post('b') },
      ],
    ],
    ['an absolute address', () => chained([{ method: 'GET', url: `${rig.graph.url}/me` }])],
    ['a batch in it', () => chained([{ ...post('a'), url: '/$batch' }])],
  ])('with %s is refused whole', async (_, requests) => {
    expect(await rig.ask('POST', '/$batch', { body: { requests: requests() } })).toMatchObject({ status: 400 });
    expect(rig.graph.tasks()).toHaveLength(0);
  });

  test('a step with a body needs its content type', async () => {
    expect((await rig.batch([{ id: '1', ...post('a') }])).get('1')).toMatchObject({ status: 400 });
  });

  test.each(['apply-then-hang', 'apply-then-reset', 'hang', 'reset'] as const)(
    'a step that is struck by %s has no answer',
    async (kind) => {
      rig.graph.steps.add({ operation: 'POST task', fault: { kind } });
      const answers = await rig.batch(chained([post('a'), post('b')]));
      expect([...answers.keys()]).toEqual(['2']);
      expect(answers.get('2')).toMatchObject({ status: 424 });
      expect(rig.graph.tasks()).toHaveLength(kind.startsWith('apply') ? 1 : 0);
    },
  );

  test('a batch that is obeyed, and answered by an error all the same, says when to come back', async () => {
    rig.graph.faults.add({
      operation: '$batch',
      fault: { kind: 'apply-then-error', status: 503, retryAfterSeconds: 4 },
    });
    const answered = await rig.ask('POST', '/$batch', { body: { requests: chained([post('a')]) } });
    expect([answered.status, answered.headers.get('retry-after')]).toEqual([503, '4']);
    expect(rig.graph.tasks()).toHaveLength(1);
  });

  test('a step that is struck late lands behind its answer', async () => {
    rig.graph.steps.add({ operation: 'POST task', fault: { kind: 'apply-late', afterMs: 1 } });
    const landed = new Promise<string>((resolve) => rig.graph.onWrite(({ op }) => resolve(op)));
    expect((await rig.batch(chained([post('a')]))).size).toBe(0);
    expect(await landed).toBe('POST task');
  });

  test.each([
    [{ kind: 'refuse', status: 429, code: 'activityLimitReached', retryAfterSeconds: 3 }, 429, 0],
    [{ kind: 'apply-then-error', status: 504 }, 504, 1],
    [{ kind: 'apply-then-error', status: 503, retryAfterSeconds: 3 }, 503, 1],
    [{ kind: 'garble', body: '<html>' }, 200, 0],
    [{ kind: 'slow', ms: 1 }, 201, 1],
    [{ kind: 'meanwhile', run: () => undefined }, 201, 1],
  ] as const)('a step that is struck by %j answers %i', async (fault, status, tasks) => {
    rig.graph.steps.add({ operation: 'POST task', fault });
    const answer = (await rig.batch(chained([post('a')]))).get('1');
    expect(answer).toMatchObject({ status });
    const { 'Retry-After': pause } = answer?.['headers'] as Record<string, string>;
    expect(pause).toBe('retryAfterSeconds' in fault ? String(fault.retryAfterSeconds) : undefined);
    expect(rig.graph.tasks()).toHaveLength(tasks);
  });
});

describe('limits', () => {
  test('a fifth request in flight is throttled', async () => {
    rig.graph.settings.latencyMs = { read: 60_000, write: 0 };
    const hanging = Array.from({ length: 4 }, () => get('/me').catch(() => 'dropped'));
    while (rig.graph.faults.seen.length < 4) await new Promise((resolve) => setImmediate(resolve));
    rig.graph.settings.latencyMs = { read: 0, write: 0 };
    const fifth = await get('/me');
    expect(fifth).toMatchObject({ status: 429, code: 'activityLimitReached' });
    expect(fifth.headers.get('retry-after')).toBe('7');
    rig.graph.dropConnections();
    await Promise.all(hanging);
  });

  test('the budget of a window counts the steps of a batch, and comes back with the next window', async () => {
    let now = Date.now();
    const limited = await startRig({ budget: { requests: 3, windowMs: 60_000 }, now: () => now });
    const step = { method: 'GET', url: '/me' };
    expect((await limited.batch(chained([step, step]))).size).toBe(2);
    expect((await limited.ask('GET', '/me')).status).toBe(200);
    const over = await limited.ask('GET', '/me');
    expect(over).toMatchObject({ status: 429 });
    expect(over.headers.get('retry-after')).toBe('60');
    now += 60_000;
    expect((await limited.ask('GET', '/me')).status).toBe(200);
    await limited.graph.close();
  });
});

describe('the observer', () => {
  test('sees every accepted write with what was before and after, and whose hand it was', async () => {
    const task = await rig.task();
    const id = String(task['id']);
    rig.graph.person.complete(id);
    rig.graph.person.reopen(id);
    rig.graph.person.addStep(id, 'one');
    rig.graph.person.attach(id);
    rig.graph.person.edit(id, { title: 'Bread' });
    rig.graph.person.removeLink(id);
    rig.graph.person.remove(id);
    expect(rig.graph.log.map(({ by, op }) => `${by} ${op}`)).toEqual([
      'api POST task',
      ...['complete', 'reopen', 'addStep', 'attach', 'edit', 'removeLink', 'remove'].map((op) => `person ${op}`),
    ]);
    expect(rig.graph.log[1]).toMatchObject({ before: { status: 'notStarted' }, after: { status: 'completed' } });
    expect(rig.graph.log.at(-1)).toMatchObject({
      taskId: id,
      before: { title: 'Bread', hasAttachments: true },
      after: null,
    });
    expect(rig.graph.writes).toBe(1);
  });

  test('lists are renamed and removed by hand, the default list is not removed', () => {
    const { person } = rig.graph;
    const id = person.addList('a');
    person.renameList(id, 'b');
    person.removeList(id);
    expect(rig.graph.log.map(({ op }) => op)).toEqual(['addList', 'renameList', 'removeList']);
    expect(() => person.removeList(rig.graph.lists()[0]!.id)).toThrow('default list');
    expect(() => person.remove(id)).toThrow('not found');
  });

  test('each user has a mailbox of their own', () => {
    rig.graph.accept('other', { user: 'other@example.com' });
    rig.graph.personOf('other@example.com').add({ title: 'Theirs' });
    expect(rig.graph.tasks()).toHaveLength(0);
    expect(rig.graph.tasks('other@example.com')).toHaveLength(1);
    expect(() => rig.graph.tasks('nobody@example.com')).toThrow('no mailbox');
  });
});

test('nothing but the API is served', async () => {
  expect((await request(rig.graph.url.replace('v1.0', 'beta/me'), { method: 'GET' })).status).toBe(404);
  expect((await get('/me/messages')).status).toBe(400);
  expect((await rig.ask('POST', rig.tasks, { body: '{' })).status).toBe(400);
  expect((await rig.ask('POST', '/$batch', { body: '{' })).status).toBe(400);
  expect((await rig.ask('POST', rig.tasks, { body: 'x', headers: { 'content-type': 'text/plain' } })).status).toBe(415);
});
