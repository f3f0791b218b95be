/** The rules of Todoist's API v1, a row each, over bare HTTP. https://developer.todoist.com/api/v1/ */
import { startTodoistRig } from './todoist-rig.ts';
import type { Asked, TodoistRig } from './todoist-rig.ts';

/** A Wednesday. */
const NOW = Date.parse('2026-11-25T10:00:00Z');

let rig: TodoistRig;
beforeAll(async () => {
  rig = await startTodoistRig({ now: () => NOW });
});
afterAll(() => rig.close());

const long = (length: number): string => 'x'.repeat(length);

describe('what is wrong is refused, in the form in which Todoist refuses', () => {
  const REFUSED: readonly (readonly [
    rule: string,
    call: readonly [string, string, Asked?],
    tag: string,
    status: number,
  ])[] = [
    ['no token', ['GET', '/user', { token: null }], 'AUTH_INVALID_TOKEN', 401],
    ['an unknown token', ['GET', '/user', { token: 'other' }], 'AUTH_INVALID_TOKEN', 401],
    ['an unknown path', ['GET', '/nothing'], 'NOT_FOUND', 404],
    ['a page of none', ['GET', '/tasks?limit=0'], 'INVALID_ARGUMENT_VALUE', 400],
    ['a page of more than 200', ['GET', '/tasks?limit=201'], 'INVALID_ARGUMENT_VALUE', 400],
    ['a cursor of somewhere else', ['GET', '/tasks?cursor=abc'], 'INVALID_ARGUMENT_VALUE', 400],
    ['a filter without a query', ['GET', '/tasks/filter'], 'ARGUMENT_MISSING', 400],
    ['a task that never was', ['GET', '/tasks/6abc'], 'ITEM_NOT_FOUND', 404],
    ['a task without content', ['POST', '/tasks', { body: {} }], 'ARGUMENT_MISSING', 400],
    ['empty content', ['POST', '/tasks', { body: { content: ' ' } }], 'INVALID_ARGUMENT_VALUE', 400],
    ['content of 501', ['POST', '/tasks', { body: { content: long(501) } }], 'INVALID_ARGUMENT_VALUE', 400],
    [
      'a description of 16384',
      ['POST', '/tasks', { body: { content: 'a', description: long(16_384) } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    ['priority 5', ['POST', '/tasks', { body: { content: 'a', priority: 5 } }], 'INVALID_ARGUMENT_VALUE', 400],
    [
      'a label of 61',
      ['POST', '/tasks', { body: { content: 'a', labels: [long(61)] } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a due string that is none',
      ['POST', '/tasks', { body: { content: 'a', due_string: 'someday' } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a day that is none',
      ['POST', '/tasks', { body: { content: 'a', due_date: '2026-02-30' } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a deadline with a time',
      ['POST', '/tasks', { body: { content: 'a', deadline_date: '2026-02-03T10:00:00' } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a duration in hours',
      ['POST', '/tasks', { body: { content: 'a', duration: 2, duration_unit: 'hour' } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a project that is not there',
      ['POST', '/tasks', { body: { content: 'a', project_id: '6abc' } }],
      'PROJECT_NOT_FOUND',
      404,
    ],
    [
      'a parent that is not there',
      ['POST', '/tasks', { body: { content: 'a', parent_id: '6abc' } }],
      'ITEM_NOT_FOUND',
      404,
    ],
    [
      'a body of more than 1 MiB',
      ['POST', '/tasks', { body: { content: 'a', more: long(1_048_576) } }],
      'REQUEST_TOO_LARGE',
      413,
    ],
    ['a sync without a token or commands', ['POST', '/sync', { body: {} }], 'ARGUMENT_MISSING', 400],
    [
      'a sync token that was never given',
      ['POST', '/sync', { body: { sync_token: 'old' } }],
      'INVALID_SYNC_TOKEN',
      400,
    ],
    [
      'a sync of an unknown resource',
      ['POST', '/sync', { body: { sync_token: '*', resource_types: ['tasks'] } }],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    [
      'a command without a uuid',
      ['POST', '/sync', { body: { commands: [{ type: 'item_close' }] } }],
      'ARGUMENT_MISSING',
      400,
    ],
    [
      '101 commands',
      ['POST', '/sync', { body: { commands: Array(101).fill({ uuid: 'a' }) } }],
      'MAX_COMMANDS_EXCEEDED',
      400,
    ],
    [
      'completed tasks of over three months',
      ['GET', '/tasks/completed/by_completion_date?since=2026-01-01T00:00:00Z&until=2026-04-02T00:00:00Z'],
      'INVALID_ARGUMENT_VALUE',
      400,
    ],
    ['completed tasks without a range', ['GET', '/tasks/completed/by_completion_date'], 'ARGUMENT_MISSING', 400],
  ];

  test.each(REFUSED)('%s', async (_, [method, path, more], tag, status) => {
    const { todoist } = rig;
    const before = { writes: todoist.writes, changes: todoist.log.length };
    const told = await rig.ask(method, path, more);
    expect(told.status).toBe(status);
    expect(told.body).toMatchObject({ error_tag: tag, http_code: status });
    expect(Object.keys(told.body).sort()).toEqual(['error', 'error_code', 'error_extra', 'error_tag', 'http_code']);
    expect({ writes: todoist.writes, changes: todoist.log.length }).toEqual(before);
  });

  test('a forbidden token is 403, and a revoked one 401', async () => {
    rig.todoist.accept('second');
    expect((await rig.ask('GET', '/user', { token: 'second' })).status).toBe(200);
    rig.todoist.forbid('second');
    expect((await rig.ask('GET', '/user', { token: 'second' })).body['error_tag']).toBe('FORBIDDEN');
    rig.todoist.revoke('second');
    expect((await rig.ask('GET', '/user', { token: 'second' })).status).toBe(401);
  });
});

describe('due dates', () => {
  const FIRST: readonly (readonly [text: string, date: string, recurring: boolean])[] = [
    ['today', '2026-11-25', false],
    ['tomorrow', '2026-11-26', false],
    ['2026-12-24', '2026-12-24', false],
    ['today at 9:30', '2026-11-25T09:30:00', false],
    ['every day', '2026-11-25', true],
    ['every wednesday', '2026-11-25', true],
    ['every monday at 08:00', '2026-11-30T08:00:00', true],
  ];
  test.each(FIRST)('%s begins on %s', (text, date, recurring) => {
    const id = rig.todoist.person.add({ content: 'a', due: text });
    expect(rig.todoist.task(id).due).toMatchObject({ date, string: text, is_recurring: recurring });
  });

  const NEXT: readonly (readonly [rule: string, from: string, to: string])[] = [
    ['every day', '2026-11-25', '2026-11-26'],
    ['every 3 days', '2026-11-29', '2026-12-02'],
    ['every week', '2026-11-25', '2026-12-02'],
    ['every monday', '2026-11-30', '2026-12-07'],
    ['every month', '2026-01-31', '2026-02-28'],
    ['every day at 9:30', '2026-11-25T09:30:00', '2026-11-26T09:30:00'],
    // 08:00 in Berlin, before and after the clocks change.
    ['every day', '2026-10-24T06:00:00Z', '2026-10-25T07:00:00Z'],
  ];
  test.each(NEXT)('closing %s of %s moves it to %s, and closing again skips one more', async (rule, from, to) => {
    const id = rig.todoist.person.add({ content: 'a', due: { date: from, string: rule, timezone: 'Europe/Berlin' } });
    await rig.ask('POST', `/tasks/${id}/close`);
    expect(rig.todoist.task(id)).toMatchObject({ checked: false, due: { date: to, is_recurring: true } });
    await rig.ask('POST', `/tasks/${id}/close`);
    expect(rig.todoist.task(id).due?.date).not.toBe(to);
    const closed = rig.todoist.closures().filter(({ taskId }) => taskId === id);
    expect(closed.map(({ occurrence }) => occurrence)).toEqual([from, to]);
  });

  test('no date clears it', async () => {
    const id = rig.todoist.person.add({ content: 'a', due: 'today' });
    await rig.ask('POST', `/tasks/${id}`, { body: { due_string: 'no date' } });
    expect(rig.todoist.task(id).due).toBeNull();
  });
});

describe('the filter language', () => {
  let filtered: TodoistRig;
  beforeAll(async () => {
    filtered = await startTodoistRig({ now: () => NOW });
    const { person } = filtered.todoist;
    const work = person.addProject('Work');
    const clients = person.addProject('Clients & Co', work);
    person.add({ content: 'urgent', project: work, priority: 4, due: '2026-11-25' });
    person.add({ content: 'late', project: work, labels: ['waiting'], due: '2026-11-20' });
    person.add({ content: 'client', project: clients, labels: ['Waiting', 'home'] });
    person.add({ content: 'night', due: { date: '2026-11-24T23:30:00Z', timezone: 'Europe/Berlin' }, priority: 3 });
  });
  afterAll(() => filtered.close());

  test.each([
    ['#work', ['late', 'urgent']],
    ['##Work', ['client', 'late', 'urgent']],
    [String.raw`#Clients \& Co`, ['client']],
    ['#Nowhere', []],
    ['@waiting', ['client', 'late']],
    ['today', ['night', 'urgent']],
    ['overdue', ['late']],
    ['no date', ['client']],
    ['p1 | p2', ['night', 'urgent']],
    ['##Work & !@waiting', ['urgent']],
    ['(today | overdue) & #Work', ['late', 'urgent']],
    ['!(@waiting | @home) & p4', []],
  ])('%s', async (query, contents) => {
    const told = await filtered.ask('GET', `/tasks/filter?${new URLSearchParams({ query }).toString()}`);
    const found = told.body['results'] as readonly { content: string }[];
    expect(found.map(({ content }) => content).sort()).toEqual(contents);
  });

  test.each(['someday', '(today', 'today)', '& p1', 'p1 &', '!', 'p5', 'today, overdue'])(
    '%s is none',
    async (query) => {
      const told = await filtered.ask('GET', `/tasks/filter?${new URLSearchParams({ query }).toString()}`);
      expect(told.body).toMatchObject({ http_code: 400, error_extra: { argument: 'query' } });
    },
  );
});
