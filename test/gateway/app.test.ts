/** The gateway as senders meet it: over HTTP, on a port of its own. */
import { connect } from 'node:net';
import { pino } from 'pino';
import { limitSources } from '../../src/gateway/source-limit.ts';
import type { Hook, Wish } from '../../src/gateway/hook.ts';
import { denied } from '../../src/gateway/hook.ts';
import { gatewayMetrics } from '../../src/gateway/metrics.ts';
import { serveGateway, type Listening } from '../../src/gateway/serve-gateway.ts';

const CANARY = 'canary-5d1c';

let gateway: Listening;
let act: (wish: Wish) => Promise<void>;
let ready = true;
const taken: Wish[] = [];
const logged: string[] = [];

/** Believes whoever says the word. */
const hook: Hook = {
  name: 'todoist',
  read: ({ header }) =>
    Promise.resolve(
      header('x-word') === 'please'
        ? {
            kind: 'wishes',
            wishes: [
              { kind: 'sync', pair: 'one' },
              { kind: 'sync', pair: 'two' },
            ],
          }
        : denied('bad signature'),
    ),
};

beforeAll(async () => {
  const parts = {
    hooks: [hook],
    act: (wish: Wish) => act(wish),
    isReady: () => Promise.resolve(ready),
    metrics: gatewayMetrics(),
    logger: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
    rate: { burst: 1_000, perSecond: 1_000 },
    now: Date.now,
  };
  gateway = await serveGateway(parts, { host: '127.0.0.1', port: 0 });
});
afterAll(() => gateway.close());
beforeEach(() => {
  taken.length = 0;
  act = (wish) => Promise.resolve(void taken.push(wish));
});

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, { method: 'POST', body, headers });
const read = async (path: string) => (await fetch(`http://127.0.0.1:${gateway.port}${path}`)).text();

test('answers 200, the one word that Todoist takes for heard, once Temporal has taken every wish, and counts it', async () => {
  const answered = await post('/hooks/todoist', CANARY, { 'x-word': 'please' });
  expect([answered.status, await answered.text()]).toEqual([200, 'taken\n']);
  expect(taken).toHaveLength(2);
  expect(await read('/metrics')).toMatch(/switchyard_webhooks_total\{hook="todoist",result="taken"\} 1\n/);
  expect(await read('/metrics')).toMatch(/switchyard_webhook_duration_seconds_count 1\n/);
});

test('answers 503 where Temporal has not taken one of them, so that the sender sends again', async () => {
  act = (wish) =>
    wish.kind === 'sync' && wish.pair === 'two' ? Promise.reject(new Error('UNAVAILABLE')) : Promise.resolve();
  const answered = await post('/hooks/todoist', '{}', { 'x-word': 'please' });
  expect([answered.status, answered.headers.get('retry-after')]).toEqual([503, '30']);
});

test('denies without a reason, says nothing of what it was sent, and logs neither', async () => {
  const answered = await post('/hooks/todoist', `{"name":"${CANARY}"}`, { 'x-word': CANARY });
  const text = `${await answered.text()}${JSON.stringify([...answered.headers])}`;
  expect([answered.status, text.includes(CANARY), logged.join('').includes(CANARY)]).toEqual([401, false, false]);
  expect((await post(`/hooks/${CANARY}`, '{}')).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${gateway.port}/hooks/todoist`)).status).toBe(404);
});

test('reads no more than 256 KiB, with or without a length', async () => {
  const large = new Uint8Array(300_000);
  expect((await post('/hooks/todoist', large, { 'x-word': 'please' })).status).toBe(413);
  const chunked = new ReadableStream<Uint8Array>({
    start: (out) => {
      for (let part = 0; part < 30; part += 1) out.enqueue(new Uint8Array(10_000));
      out.close();
    },
  });
  const answered = await fetch(`http://127.0.0.1:${gateway.port}/hooks/todoist`, {
    method: 'POST',
    body: chunked,
    duplex: 'half',
    headers: { 'x-word': 'please' },
  });
  expect([answered.status, taken.length]).toEqual([413, 0]);
});

test('cuts off who begins a request and never ends it', async () => {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.write('POST /hooks/todoist HTTP/1.1\r\nHost: x\r\n');
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  await ended;
}, 20_000);

test('says whether it lives, and whether Temporal does', async () => {
  expect(await read('/healthz')).toBe('ok\n');
  expect((await fetch(`http://127.0.0.1:${gateway.port}/readyz`)).status).toBe(200);
  ready = false;
  expect((await fetch(`http://127.0.0.1:${gateway.port}/readyz`)).status).toBe(503);
});

describe('a source', () => {
  test('may send a burst, and then as much as comes in again; another one is not held up', () => {
    const mayCome = limitSources({ burst: 3, perSecond: 1 });
    expect([0, 0, 0, 0].map((at) => mayCome('10.0.0.1', at))).toEqual([true, true, true, false]);
    expect(mayCome('10.0.0.2', 0)).toBe(true);
    expect([1_000, 1_000].map((at) => mayCome('10.0.0.1', at))).toEqual([true, false]);
  });

  test('of many makes none forget what the busiest has used up', () => {
    const mayCome = limitSources({ burst: 1, perSecond: 0 });
    expect(mayCome('busy', 0)).toBe(true);
    for (let other = 0; other < 5_000; other += 1) mayCome(`other-${other}`, 0);
    expect(mayCome('busy', 0)).toBe(false);
  });
});
