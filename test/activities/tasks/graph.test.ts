/** The client against the stand-in: what every kind of fault becomes, and whether the request may have been obeyed. */
import type { Fault } from '../../../sandbox/faults.ts';
import { startGraph } from '../../../sandbox/graph/stand-in.ts';
import type { GraphStandIn } from '../../../sandbox/graph/stand-in.ts';
import { graphGate, type Gate } from '../../../src/activities/tasks/graph-gate.ts';
import type { GraphOptions } from '../../../src/activities/tasks/graph-request.ts';
import { createGraph } from '../../../src/activities/tasks/graph.ts';
import type { Graph, GraphStep, StepResult } from '../../../src/activities/tasks/services.ts';
import { ServiceError } from '../../../src/policies/service-error.ts';
import { keepToken } from '../../../src/sign-in/keep-token.ts';
import type { Tokens } from '../../../src/sign-in/tokens.ts';

let standIn: GraphStandIn;
let sent: number;

beforeEach(async () => {
  standIn = await startGraph();
  sent = 0;
});
afterEach(() => standIn.close());

const ALWAYS: Tokens = { accessToken: () => Promise.resolve('graph-token') };
const NEVER = new AbortController().signal;
const SHORT = { readMs: 50, writeMs: 50 };

function client(more: Partial<GraphOptions> = {}): Graph {
  return createGraph({
    url: standIn.url,
    mailbox: '/me',
    tokens: ALWAYS,
    gate: graphGate(standIn.url),
    count: () => void (sent += 1),
    mayWrite: () => true,
    now: Date.now,
    timeouts: { readMs: 10_000, writeMs: 10_000 },
    ...more,
  });
}

/** Hands out the tokens in order, the next one whenever one was refused. */
function tokensOf(...tokens: readonly string[]): Tokens & { readonly renewed: () => number } {
  let at = 0;
  const accessToken: Tokens['accessToken'] = (_, options) => {
    if (options?.refused !== undefined && options.refused === tokens[at]) at += 1;
    return Promise.resolve(tokens[at] ?? '');
  };
  return { accessToken, renewed: () => at };
}

const tasksPath = (): string => `/todo/lists/${encodeURIComponent(standIn.lists()[0]!.id)}/tasks`;
const taskPath = (id: string): string => `${tasksPath()}/${encodeURIComponent(id)}`;
const create = (title: string): GraphStep => ({
  method: 'POST',
  path: tasksPath(),
  body: { title },
  name: 'POST task',
});
const titles = (): string[] => standIn.tasks().map(({ title }) => title);

async function errorOf(call: Promise<unknown>): Promise<ServiceError['facts']> {
  const outcome = await call.then(
    () => 'obeyed',
    (cause: unknown) => cause,
  );
  if (outcome instanceof ServiceError) return outcome.facts;
  throw outcome instanceof Error ? outcome : new Error(String(outcome));
}

/** `done`, or how each step failed. */
function told(results: readonly StepResult[]): string[] {
  return results.map((result) => {
    if (result.kind === 'done') return 'done';
    const { kind, outcome, code } = result.error.facts;
    return `${kind} ${outcome} ${String(code)}`;
  });
}

async function everyMember(pages: AsyncIterable<readonly unknown[]>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

describe('single requests', () => {
  test('read and write in the mailbox, and are counted', async () => {
    expect(await client().get('', 'GET me', NEVER)).toMatchObject({ userPrincipalName: 'me@example.com' });
    const call = { name: 'POST list', signal: NEVER };
    expect(await client().post('/todo/lists', { displayName: 'Work' }, call)).toMatchObject({ displayName: 'Work' });
    expect(sent).toBe(2);
  });

  test('an application works in the mailbox of a user', async () => {
    standIn.accept('app', { access: 'application' });
    const graph = client({ mailbox: '/users/me%40example.com', tokens: tokensOf('app') });
    expect(told(await graph.chain([create('a')], NEVER))).toEqual(['done']);
    expect(await everyMember(graph.pages('/todo/lists', 'GET lists', NEVER))).toHaveLength(2);
  });

  test.each<[string, Fault, Partial<ServiceError['facts']>]>([
    [
      'throttled',
      { kind: 'refuse', status: 429, code: 'activityLimitReached', retryAfterSeconds: 7 },
      { kind: 'throttled', outcome: 'not-run', retryAfterMs: 7_000 },
    ],
    [
      'busy, and says when to come back',
      { kind: 'refuse', status: 503, code: 'serviceNotAvailable', retryAfterSeconds: 2 },
      { kind: 'throttled', outcome: 'unknown', retryAfterMs: 2_000 },
    ],
    [
      'busy',
      { kind: 'refuse', status: 503, code: 'serviceNotAvailable' },
      { kind: 'unavailable', outcome: 'unknown', status: 503 },
    ],
    ['timed out inside', { kind: 'refuse', status: 408, code: 'timeout' }, { kind: 'unavailable', outcome: 'unknown' }],
    [
      'forbidden',
      { kind: 'refuse', status: 403, code: 'ErrorAccessDenied' },
      { kind: 'forbidden', outcome: 'not-run', code: 'ErrorAccessDenied' },
    ],
    [
      'not found',
      { kind: 'refuse', status: 404, code: 'ErrorItemNotFound' },
      { kind: 'not-found', outcome: 'not-run' },
    ],
    [
      'in conflict',
      { kind: 'refuse', status: 409, code: 'nameAlreadyExists' },
      { kind: 'conflict', outcome: 'not-run' },
    ],
    [
      'invalid',
      { kind: 'refuse', status: 400, code: 'invalidRequest' },
      { kind: 'invalid', outcome: 'not-run', code: 'invalidRequest' },
    ],
    [
      'obeyed and answered with an error',
      { kind: 'apply-then-error' },
      { kind: 'unavailable', outcome: 'unknown', status: 500 },
    ],
    ['obeyed and reset', { kind: 'apply-then-reset' }, { kind: 'unavailable', outcome: 'unknown', status: null }],
    ['reset', { kind: 'reset' }, { kind: 'unavailable', outcome: 'unknown' }],
    ['garbled', { kind: 'garble', body: '<html>' }, { kind: 'unavailable', outcome: 'unknown', code: 'GARBLED' }],
    ['redirected', { kind: 'garble', body: '', status: 302 }, { kind: 'unavailable', outcome: 'unknown', status: 302 }],
  ])('that are %s say so, and are not sent again', async (_, fault, facts) => {
    standIn.faults.add({ operation: '*', fault, times: Infinity });
    const signal = NEVER;
    const post = client().post('/todo/lists', { displayName: 'Secret plan' }, { name: 'POST list', signal });
    expect(await errorOf(post)).toMatchObject({ service: 'Microsoft To Do', request: 'POST list', ...facts });
    expect(await errorOf(client().get('', 'GET me', signal))).toMatchObject({ request: 'GET me', ...facts });
    expect(await errorOf(client().chain([create('a'), create('b')], signal))).toMatchObject({
      request: '$batch',
      ...facts,
    });
    expect(standIn.faults.seen).toHaveLength(3);
  });

  test.each<Fault>([{ kind: 'hang' }, { kind: 'apply-then-hang' }, { kind: 'apply-late', afterMs: 150 }])(
    'that are not answered in time ($kind) end, and may have been obeyed',
    async (fault) => {
      standIn.faults.add({ operation: '*', fault, times: Infinity });
      const graph = client({ timeouts: SHORT });
      const facts = { kind: 'unavailable', outcome: 'unknown', code: 'TIMEOUT' };
      expect(await errorOf(graph.get('', 'GET me', NEVER))).toMatchObject(facts);
      expect(await errorOf(graph.chain([create('a')], NEVER))).toMatchObject(facts);
    },
  );

  test('slow answers and foreign hands are no failure', async () => {
    standIn.faults.add({ operation: '*', fault: { kind: 'slow', ms: 5 } });
    standIn.faults.add({ operation: '*', fault: { kind: 'meanwhile', run: () => void standIn.person.addList('New') } });
    await client().get('', 'GET me', NEVER);
    expect(await everyMember(client().pages('/todo/lists', 'GET lists', NEVER))).toHaveLength(3);
  });

  test('that reach nobody were never sent', async () => {
    await standIn.close();
    expect(await errorOf(client().chain([create('a')], NEVER))).toMatchObject({
      kind: 'unavailable',
      outcome: 'not-run',
    });
  });

  test('a cancellation ends with its own reason', async () => {
    const cancelled = new AbortController();
    standIn.faults.add({ operation: '*', fault: { kind: 'hang' } });
    const call = client().get('', 'GET me', cancelled.signal);
    while (standIn.faults.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    cancelled.abort(new Error('enough'));
    await expect(call).rejects.toThrow();
    await expect(call).rejects.not.toBeInstanceOf(ServiceError);
    await expect(client().get('', 'GET me', cancelled.signal)).rejects.toThrow('enough');
    expect(standIn.faults.seen).toHaveLength(1);
  });
});

describe('tokens', () => {
  test('a token that expired is renewed once, and the request is sent again', async () => {
    const tokens = tokensOf('old', 'graph-token');
    expect(told(await client({ tokens }).chain([create('a')], NEVER))).toEqual(['done']);
    expect(await client({ tokens }).get('', 'GET me', NEVER)).toBeDefined();
    expect(tokens.renewed()).toBe(1);
    expect(titles()).toEqual(['a']);
  });

  test('one renewal serves all chains that met the same refused token, however late they hear of it', async () => {
    const fault = { kind: 'refuse', status: 401, code: 'InvalidAuthenticationToken' } as const;
    const met = new Set<string>();
    const firstOfEach = ({ body }: { readonly body: string }): boolean => met.size < met.add(body).size;
    standIn.steps.add({ operation: 'POST task', fault, times: 4, when: firstOfEach });
    const given: string[] = [];
    const renew = () => {
      given.push(`token ${given.length}`);
      standIn.accept(given.at(-1) ?? '');
      return Promise.resolve({ value: given.at(-1) ?? '', expiresAt: Infinity });
    };
    const graph = client({ tokens: keepToken({ now: Date.now, renew, isCurrent: () => Promise.resolve(true) }) });
    const chains = Array.from({ length: 4 }, (_, n) => graph.chain([create(`task ${n}`)], NEVER));
    expect((await Promise.all(chains)).flatMap(told)).toEqual(Array(4).fill('done'));
    expect(given).toEqual(['token 0', 'token 1']);
  });

  test('a fresh token that is refused as well ends it (unauthorized)', async () => {
    const facts = await errorOf(client({ tokens: tokensOf('old', 'older') }).get('', 'GET me', NEVER));
    expect(facts).toMatchObject({ kind: 'unauthorized', outcome: 'not-run', code: 'InvalidAuthenticationToken' });
    expect(facts.next).toBeUndefined();
  });

  test('a write is not sent where the right to it is lost while a token is renewed (S1)', async () => {
    let mayWrite = true;
    const tokens = tokensOf('old', 'graph-token');
    const accessToken: Tokens['accessToken'] = (signal, options) => {
      if (options?.refused !== undefined) mayWrite = false;
      return tokens.accessToken(signal, options);
    };
    const graph = client({ tokens: { accessToken }, mayWrite: () => mayWrite });
    expect(await errorOf(graph.chain([create('a')], NEVER))).toMatchObject({ outcome: 'not-run', code: 'NOT_SENT' });
    expect([tokens.renewed(), sent, titles()]).toEqual([1, 1, []]);
  });

  test('a write is not sent where the right to it is lost while it waits for its turn (S1)', async () => {
    let mayWrite = true;
    const gate: Gate = async (work) => {
      await Promise.resolve();
      mayWrite = false;
      return work();
    };
    const graph = client({ gate, mayWrite: () => mayWrite });
    expect(await errorOf(graph.chain([create('a')], NEVER))).toMatchObject({ outcome: 'not-run', code: 'NOT_SENT' });
    expect(sent).toBe(0);
  });

  test('reads go on without the right to write', async () => {
    expect(await client({ mayWrite: () => false }).get('/todo/lists', 'GET lists', NEVER)).toHaveProperty('value');
  });

  test('a token that dies in the middle of a chain is renewed, and the rest is sent again', async () => {
    const fault = { kind: 'refuse', status: 401, code: 'InvalidAuthenticationToken' } as const;
    standIn.steps.add({ operation: 'POST task', fault, after: 1 });
    const tokens = tokensOf('graph-token', 'graph-token');
    expect(told(await client({ tokens }).chain([create('a'), create('b'), create('c')], NEVER))).toEqual(
      Array(3).fill('done'),
    );
    expect(titles()).toEqual(['a', 'b', 'c']);
    expect(tokens.renewed()).toBe(1);
  });

  test('what was done before a token died stays done where the rest is throttled (S1)', async () => {
    const fault = { kind: 'refuse', status: 401, code: 'InvalidAuthenticationToken' } as const;
    standIn.steps.add({ operation: 'POST task', fault, after: 1 });
    standIn.faults.add({ operation: '$batch', fault: { kind: 'refuse', status: 429, code: 'busy' }, after: 1 });
    const results = await client({ tokens: tokensOf('graph-token', 'graph-token') }).chain(
      ['a', 'b'].map(create),
      NEVER,
    );
    expect(told(results)).toEqual(['done', 'throttled not-run busy']);
  });

  test('no error tells a token or the text of a task (A1)', async () => {
    const fault = { kind: 'refuse', status: 400, code: 'Buy a secret gift', message: 'Buy a secret gift' } as const;
    standIn.faults.add({ operation: '*', fault });
    const call = client().post(
      '/todo/lists',
      { displayName: 'Buy a secret gift' },
      { name: 'POST list', signal: NEVER },
    );
    const error = await call.catch((cause: unknown) => cause);
    expect(JSON.stringify([error, String(error)])).not.toMatch(/secret gift|graph-token/);
  });
});

describe('pages', () => {
  const add = (count: number): void => {
    for (let n = 0; n < count; n += 1) standIn.person.add({ title: `task ${n}` });
  };

  test('hold 200 each, to the end', async () => {
    add(450);
    expect(await everyMember(client().pages(tasksPath(), 'GET tasks', NEVER))).toHaveLength(450);
    expect(sent).toBe(3);
  });

  test('an empty page is not the end (S1)', async () => {
    add(450);
    standIn.settings.emptyPages = true;
    expect(await everyMember(client().pages(tasksPath(), 'GET tasks', NEVER))).toHaveLength(450);
  });

  test.each([
    ['another host', () => 'http://198.51.100.7/v1.0/me'],
    ['a host that looks like ours', () => standIn.url.replace('/v1.0', '@198.51.100.7/v1.0/me')],
    ['another root', () => standIn.url.replace('v1.0', 'v1.0-old/me')],
    ['a way out of the root', () => `${standIn.url}/../beta/me`],
    ['no place', () => 'me'],
  ])('a link to %s is not followed: a token must not travel (A1)', async (_, link) => {
    const body = JSON.stringify({ value: [], '@odata.nextLink': link() });
    standIn.faults.add({ operation: 'GET lists', fault: { kind: 'garble', body } });
    const facts = await errorOf(everyMember(client().pages('/todo/lists', 'GET lists', NEVER)));
    expect(facts).toMatchObject({ kind: 'invalid', outcome: 'not-run', code: 'LINK_TO_ANOTHER_PLACE' });
    expect(standIn.faults.seen).toHaveLength(1);
  });

  test.each([
    ['without members', () => '{"value":null}'],
    ['that is null', () => 'null'],
    ['that leads to itself', () => JSON.stringify({ value: [], '@odata.nextLink': `${standIn.url}/me/todo/lists` })],
  ])('a page %s is an error, not the end (S4)', async (_, body) => {
    standIn.faults.add({ operation: 'GET lists', fault: { kind: 'garble', body: body() } });
    const facts = await errorOf(everyMember(client().pages('/todo/lists', 'GET lists', NEVER)));
    expect(facts).toMatchObject({ kind: 'unavailable', code: 'GARBLED' });
  });
});

describe('chains', () => {
  test('answer each step with its own result, whatever the order of the answers', async () => {
    const results = await client().chain(['a', 'b', 'c'].map(create), NEVER);
    expect(results.map((result) => (result.kind === 'done' ? (result.body as { title: string }).title : ''))).toEqual(
      titles(),
    );
    expect(titles()).toEqual(['a', 'b', 'c']);
    expect(sent).toBe(1);
  });

  test('a step is refused where its task is another by now, and nothing behind it runs (S3)', async () => {
    const id = standIn.person.add({ title: 'a' });
    const { etag } = standIn.tasks()[0]!;
    const path = taskPath(id);
    const rename = { method: 'PATCH', path, body: { title: 'b' }, ifMatch: etag, name: 'PATCH task' } as const;
    const drop = { method: 'DELETE', path, name: 'DELETE task' } as const;
    expect(told(await client().chain([rename, rename, drop], NEVER))).toEqual([
      'done',
      'conflict not-run ErrorIrresolvableConflict',
      'unavailable not-run FailedDependency',
    ]);
    expect(told(await client().chain([drop, drop], NEVER))).toEqual(['done', 'not-found not-run ErrorItemNotFound']);
  });

  test.each<[Fault, string]>([
    [
      { kind: 'refuse', status: 429, code: 'activityLimitReached', retryAfterSeconds: 7 },
      'throttled not-run activityLimitReached',
    ],
    [{ kind: 'refuse', status: 403, code: 'ErrorAccessDenied' }, 'forbidden not-run ErrorAccessDenied'],
    [{ kind: 'refuse', status: 400, code: 'invalidRequest' }, 'invalid not-run invalidRequest'],
    [
      { kind: 'refuse', status: 503, code: 'serviceNotAvailable', retryAfterSeconds: 7 },
      'unavailable unknown serviceNotAvailable',
    ],
    [{ kind: 'apply-then-error' }, 'unavailable unknown generalException'],
    [{ kind: 'apply-then-error', status: 408 }, 'unavailable unknown generalException'],
    [{ kind: 'apply-then-reset' }, 'unavailable unknown NO_ANSWER'],
    [{ kind: 'apply-then-hang' }, 'unavailable unknown NO_ANSWER'],
    [{ kind: 'hang' }, 'unavailable unknown NO_ANSWER'],
  ])('a step that meets %j is judged for itself (S1)', async (fault, second) => {
    standIn.steps.add({ operation: 'POST task', fault, after: 1 });
    const results = await client().chain(['a', 'b', 'c'].map(create), NEVER);
    expect(told(results)).toEqual(['done', second, 'unavailable not-run FailedDependency']);
    expect(titles()).not.toContain('c');
    const [, failed] = results;
    if (failed?.kind === 'failed' && 'retryAfterSeconds' in fault) expect(failed.error.facts.retryAfterMs).toBe(7_000);
  });

  test('a chain that lands late is judged as of then: it writes over nobody (S3)', async () => {
    const id = standIn.person.add({ title: 'a' });
    const { etag } = standIn.tasks()[0]!;
    standIn.faults.add({ operation: '$batch', fault: { kind: 'apply-late', afterMs: 100 } });
    const judged = standIn.steps.seen.length + 1;
    const step = { method: 'PATCH', path: taskPath(id), body: { title: 'zombie' }, ifMatch: etag } as const;
    const call = client({ timeouts: SHORT }).chain([{ ...step, name: 'PATCH task' }], NEVER);
    expect(await errorOf(call)).toMatchObject({ kind: 'unavailable', outcome: 'unknown' });
    standIn.person.edit(id, { title: 'b' });
    while (standIn.steps.seen.length < judged) await new Promise((resolve) => setImmediate(resolve));
    expect(titles()).toEqual(['b']);
    expect(standIn.writes).toBe(0);
  });

  test.each(['{}', '[]', 'null', '{"responses":{}}'])('an answer of %s says nothing of any step', async (body) => {
    standIn.faults.add({ operation: '$batch', fault: { kind: 'garble', body } });
    const facts = await errorOf(client().chain([create('a')], NEVER));
    expect(facts).toMatchObject({ kind: 'unavailable', outcome: 'unknown', code: 'GARBLED' });
  });

  test('answers of no form are no answers', async () => {
    const body = JSON.stringify({ responses: [null, { id: 1, status: 201 }, { id: '1', status: 'ok' }] });
    standIn.faults.add({ operation: '$batch', fault: { kind: 'garble', body } });
    expect(told(await client().chain([create('a')], NEVER))).toEqual(['unavailable unknown NO_ANSWER']);
  });

  test('one of 20 steps is sent, one of none is not, one of 21 is a mistake', async () => {
    const steps = Array.from({ length: 20 }, (_, n) => create(`task ${n}`));
    expect(new Set(told(await client().chain(steps, NEVER)))).toEqual(new Set(['done']));
    expect(await client().chain([], NEVER)).toEqual([]);
    await expect(client().chain([...steps, create('x')], NEVER)).rejects.toThrow('at most 20');
    expect(sent).toBe(1);
  });
});

test('all clients of a mailbox together have four requests in flight, and none is throttled', async () => {
  standIn.settings.latencyMs = { read: 0, write: 100 }; // long enough for four to be there at once on any machine
  const chains = Array.from({ length: 12 }, (_, n) => client().chain([create(`a ${n}`), create(`b ${n}`)], NEVER));
  expect(new Set((await Promise.all(chains)).flatMap(told))).toEqual(new Set(['done']));
  expect(standIn.mostInFlight).toBe(4);
  expect(graphGate('one')).not.toBe(graphGate('other'));
});
